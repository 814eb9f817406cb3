"""The cases step: signals join or open cases, actions move them, clocks fire. One town, one ordered log."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.cases import (
    Case,
    CaseMove,
    Clock,
    ClockKind,
    EventKind,
    Member,
    Observation,
    Stage,
)
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Contract, Urgency
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.contracts.trusted import altered, trusted
from hub.domain.case_ids import case_id_of
from hub.domain.case_log import CLOCK, Cause, changed, make_seen, refused, remember_action
from hub.domain.deadlines import (
    close_member,
    due_of,
    judged_at,
    mark_overdue,
    sign_for_clock,
    with_resolve_clock,
)
from hub.domain.dispatch import choose_units
from hub.domain.lifecycle import MOVES, refusal_of
from hub.domain.matching import Match, find_case
from hub.domain.tables import (
    CASES,
    CASES_BY_SIGNAL,
    MEMORY,
    OBSERVATIONS,
    ONE_MS,
    SEEN,
    action_key,
    closed_key,
    signal_key,
)
from hub.flow import Arrival, Change, Delete, GroupIndex, Outcome, State, Table, put

_URGENCIES = tuple(Urgency)

_make_case = trusted(Case)
_make_member = trusted(Member)
_make_move = trusted(CaseMove)
_make_observation = trusted(Observation)


@dataclass(frozen=True, slots=True)
class CaseRules:
    """What the rules of cases need: the city, and the index that finds open cases by place."""

    city: City
    by_place: GroupIndex[Case]


def handle(rules: CaseRules, state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """One record of a town's log."""
    match body:
        case Signal():
            return receive(rules, state, body, now)
        case CaseAction():
            return act(rules, state, body, now)
        case ClockTick():
            return Outcome(Reason.CLOCK_MOVED)
        case _:
            return Outcome(Reason.WRONG_CONTRACT, detail=f"a town's log takes no {type(body).__name__}")


def receive(rules: CaseRules, state: State, signal: Signal, now: datetime) -> Outcome:
    """A signal joins the open case that it is about, or opens one."""
    cause = Cause(signal.source, signal.id, now, feed=signal.feed, received=signal.arrived)
    known = _known_signal(state, signal.source, signal.id)
    if known is not None:
        detail = f"this signal belongs to {known}" if known else "this signal was handled before"
        return refused(cause, signal.key_town, Reason.DUPLICATE, detail, known or None)
    if signal.time < now - MEMORY:
        detail = f"time: lies more than {MEMORY.days} days back, so a repetition could not be told from news"
        return refused(cause, signal.key_town, Reason.OLDER_THAN_MEMORY, detail, None)
    observed, enough = _observe(rules.city, state, signal, now)
    if not enough:
        seen = make_seen(case_id=None, time=now, forget_at=now + MEMORY)
        changes = (*observed, put(SEEN, signal_key(signal.source, signal.id), seen))
        return Outcome(Reason.OBSERVED, changes=changes)
    taken = _take(rules, state, signal, cause)
    return taken._replace(changes=(*taken.changes, *observed)) if observed else taken


def _take(rules: CaseRules, state: State, signal: Signal, cause: Cause) -> Outcome:
    if signal.closed_at is not None:
        return _open_solved(rules.city, signal, cause)
    match = find_case(rules.city, rules.by_place, state, signal)
    if match is None:
        return _open(rules.city, signal, cause)
    return _join(rules.city, match, signal, cause)


def _known_signal(state: State, source: str, source_id: str) -> str | None:
    """The case of a signal handled before; empty if it was handled without one; None if it is news."""
    key = signal_key(source, source_id)
    for _, case in state.scan(CASES_BY_SIGNAL, key):
        return case.case_id
    seen = state.get(SEEN, key)
    return None if seen is None else seen.case_id or ""


def _observe(city: City, state: State, signal: Signal, now: datetime) -> tuple[tuple[Change, ...], bool]:
    """What is remembered of a finding, and whether it is a case: some count only when they come back.

    What counts are its times at the site, those that were a case included, in whatever order they arrive.
    """
    repeat = city.repeat_of(signal.category)
    if repeat is None or signal.site is None:
        return (), True
    key = f"{signal.category}\x1f{signal.site}"
    window = timedelta(days=repeat.within_days)
    before = state.get(OBSERVATIONS, key)
    times = sorted({*(before.seen if before else ()), signal.time})
    runs = zip(times, times[repeat.times - 1 :], strict=False)
    came_back = any(last - first <= window and first <= signal.time <= last for first, last in runs)
    newest = tuple(t for t in times if times[-1] - t <= window)
    row = _make_observation(seen=newest, forget_at=max(now, times[-1]) + window + ONE_MS)
    return (put(OBSERVATIONS, key, row),), came_back


def _member(city: City, signal: Signal) -> Member:
    return _make_member(
        source=signal.source,
        source_id=signal.id,
        feed=signal.feed,
        category=signal.category,
        town=signal.town,
        cell=signal.cell,
        point=signal.point,
        site=signal.site,
        time=signal.time,
        due=due_of(city, signal),
        closed=None,
        met=None,
    )


def _new_case(city: City, signal: Signal, now: datetime) -> tuple[Case, tuple[CaseMove, ...]]:
    """A case received and dispatched at once, and the moves that say so."""
    units = choose_units(city, signal)
    limits = city.limits_of(signal.category, signal.urgency)
    case = _make_case(
        case_id=case_id_of(signal.key_town, signal.time, signal.source, signal.id),
        seq=0,
        town=signal.town,
        cell=signal.cell,
        category=signal.category,
        urgency=signal.urgency,
        stage=Stage.DISPATCHED,
        opened=signal.time,
        changed=now,
        lead_unit=units.lead,
        assist_units=units.assist,
        catalogue_row=units.row,
        summary=signal.summary,
        members=(_member(city, signal),),
        clocks=sign_for_clock(limits, signal.time, now),
    )
    opened = _make_move(kind=EventKind.OPENED, reason=Reason.OPENED_NEW, detail="; ".join(signal.trace))
    dispatched = _make_move(kind=EventKind.DISPATCHED, reason=units.reason, detail=units.detail)
    return with_resolve_clock(city, case), (opened, dispatched)


def _open(city: City, signal: Signal, cause: Cause) -> Outcome:
    case, moves = _new_case(city, signal, cause.at)
    return changed(city, case, moves, cause)


def _open_solved(city: City, signal: Signal, cause: Cause) -> Outcome:
    """What a grid worker solved on the spot: a case that is counted, and closed at once."""
    case, moves = _new_case(city, signal, cause.at)
    solved = _make_move(kind=EventKind.CLOSED, reason=Reason.SOLVED_ON_SPOT)
    return changed(city, _closed(case, signal.closed_at or cause.at), (*moves, solved), cause)


def _join(city: City, match: Match, signal: Signal, cause: Cause) -> Outcome:
    """The signal becomes a member; the case takes the higher urgency and the earlier limit."""
    case = match.case
    joined = altered(
        case,
        seq=case.seq + 1,
        changed=cause.at,
        urgency=max(case.urgency, signal.urgency, key=_URGENCIES.index),
        members=(*case.members, _member(city, signal)),
    )
    move = _make_move(kind=EventKind.JOINED, reason=match.reason, detail=match.detail)
    return changed(city, with_resolve_clock(city, joined), (move,), cause)


def act(rules: CaseRules, state: State, action: CaseAction, now: datetime) -> Outcome:
    """An action moves its case, or changes nothing and is answered with the reason."""
    cause = Cause(action.source, action.id, now, actor=action.unit, received=action.arrived)
    key = action_key(action.source, action.id)
    seen = state.get(SEEN, key)
    if seen is not None:
        detail = "this action was handled before"
        return refused(cause, action.key_town, Reason.DUPLICATE, detail, seen.case_id)
    if action.at < now - MEMORY:
        detail = f"at: lies more than {MEMORY.days} days back, so a repetition could not be told from news"
        return refused(cause, action.key_town, Reason.OLDER_THAN_MEMORY, detail, action.case_id)
    found = _case_of_action(state, action)
    if isinstance(found, Case):
        refusal = refusal_of(rules.city, found, action)
        moved = _moved(rules.city, found, action, cause) if refusal is None else None
        if moved is not None:
            return moved
        found = (*(refusal or (Reason.ALREADY_CLOSED, "signal: it is closed")), found.case_id)
    reason, detail, case_id = found
    outcome = refused(cause, action.key_town, reason, detail, case_id)
    return Outcome(reason, outcome.emits, (remember_action(cause, case_id),), detail=detail)


def _case_of_action(state: State, action: CaseAction) -> Case | tuple[Reason, str, str | None]:
    """The open case that an action is about, or why there is none."""
    if action.case_id is not None:
        case = state.get(CASES, action.case_id)
        if case is not None:
            return case
        if state.get(SEEN, closed_key(action.case_id)) is not None:
            return Reason.ALREADY_CLOSED, "case_id: this case is closed", action.case_id
        return Reason.UNKNOWN_CASE, "case_id: no case has this id, or it was closed long ago", None
    if action.signal is None:
        return Reason.UNKNOWN_CASE, "case_id: needed", None
    key = signal_key(action.signal.source, action.signal.id)
    for _, case in state.scan(CASES_BY_SIGNAL, key):
        return case
    seen = state.get(SEEN, key)
    if seen is not None and seen.case_id is None:
        return Reason.OBSERVED, "signal: was observed only and opened no case; there is nothing to move", None
    if seen is not None:
        return Reason.ALREADY_CLOSED, "signal: its case is closed", seen.case_id
    return (
        Reason.UNKNOWN_SIGNAL,
        "signal: no open case has this signal; was it rejected, or published elsewhere?",
        None,
    )


def _moved(city: City, case: Case, action: CaseAction, cause: Cause) -> Outcome | None:
    """The case after an allowed action; None if the action's signal is closed already."""
    move = MOVES[action.kind]
    at = judged_at(action.at, action.arrived)
    base = altered(case, seq=case.seq + 1, changed=cause.at, stage=move.to or case.stage)
    moves: tuple[CaseMove, ...] = (
        _make_move(kind=move.event, reason=Reason.ALLOWED_MOVE, detail=f"{action.kind}"),
    )
    if action.kind is ActionKind.CLOSE_SIGNAL and action.signal is not None:
        members = tuple(
            close_member(m, at)
            if m.closed is None and (m.source, m.source_id) == (action.signal.source, action.signal.id)
            else m
            for m in case.members
        )
        if members == case.members:
            return None
        base = altered(base, members=members)
        moves = (_make_move(kind=move.event, reason=Reason.CLOSED_BY_SOURCE),)
        if all(m.closed for m in members):
            moves = (*moves, _make_move(kind=EventKind.CLOSED, reason=Reason.LAST_SIGNAL_CLOSED))
            base = _closed(base, at)
    elif move.to in (Stage.RESOLVED, Stage.CLOSED):
        members = tuple(m if m.closed else close_member(m, at) for m in case.members)
        base = altered(base, members=members)
        base = _closed(base, at) if move.to is Stage.CLOSED else base
    clocks = base.clocks
    if base.stage is not Stage.DISPATCHED:
        clocks = tuple(clock for clock in clocks if clock.kind is not ClockKind.SIGN_FOR)
    after = with_resolve_clock(city, altered(base, clocks=clocks))
    outcome = changed(city, after, moves, cause)
    remembered = (*outcome.changes, remember_action(cause, case.case_id))
    return Outcome(outcome.reason, outcome.emits, remembered)


def _closed(case: Case, at: datetime) -> Case:
    members = tuple(m if m.closed else close_member(m, at) for m in case.members)
    return altered(case, stage=Stage.CLOSED, closed=at, members=members, clocks=())


def fire(rules: CaseRules, state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    """A row's time has come: a clock of a case warns or is breached, or a memory is forgotten."""
    if table.name != CASES.name:
        return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))
    case = state.get(CASES, key)
    assert case is not None, "a due case is in its table"
    return _ring(rules.city, case, due)


def _ring(city: City, case: Case, now: datetime) -> Outcome:
    """The clock of a case that is due now; where the limit to resolve is passed, late signals are marked."""
    clock, breached = _due_clock(case, now)
    at = max(now, case.changed)
    rung = altered(clock, due=None if breached else clock.due, warn_at=None)
    clocks = tuple(rung if c is clock else c for c in case.clocks)
    missed = breached and clock.kind is ClockKind.RESOLVE
    members = tuple(mark_overdue(m, at) for m in case.members) if missed else case.members
    running = tuple(c for c in clocks if c.due)
    after = altered(case, seq=case.seq + 1, changed=at, members=members, clocks=running)
    move = _make_move(
        kind=EventKind.BREACHED if breached else EventKind.WARNED,
        reason=Reason.LIMIT_PASSED if breached else Reason.WARN_SHARE_REACHED,
        detail=f"limit to {clock.kind.replace('_', ' ')}: {clock.due:%Y-%m-%d %H:%M:%S} UTC",
    )
    cause = Cause(CLOCK, f"{clock.kind}/{move.kind}", at)
    return changed(city, with_resolve_clock(city, after), (move,), cause)


def _due_clock(case: Case, now: datetime) -> tuple[Clock, bool]:
    """The clock that fires now, and whether it is a breach (a breach goes before a warning)."""
    for clock in case.clocks:
        if clock.due is not None and clock.due + ONE_MS <= now:
            return clock, True
    return next((clock, False) for clock in case.clocks if clock.warn_at is not None and clock.warn_at <= now)
