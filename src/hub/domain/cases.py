"""The cases step: signals join or open cases, actions move them, clocks fire. One town, one ordered log."""

from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.case_memory import Observation
from hub.contracts.cases import Case, EventKind
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction, ClockTick, Signal
from hub.contracts.standing import TownStatus
from hub.contracts.trusted import altered, trusted
from hub.domain.acting import act
from hub.domain.case_ids import case_id_of
from hub.domain.case_log import Cause, make_seen, refused, told_of
from hub.domain.dispatch import choose_units
from hub.domain.endings import closing
from hub.domain.hazards import with_signal
from hub.domain.matching import Match, find_case, find_closed
from hub.domain.members import highest, member_of
from hub.domain.moves import CaseRules, Change, told
from hub.domain.opening import new_case
from hub.domain.plans import at_urgency
from hub.domain.remediation import heed, with_standing
from hub.domain.repeats import with_history
from hub.domain.ringing import ring
from hub.domain.tables import CASES, CASES_BY_SIGNAL, MEMORY, OBSERVATIONS, ONE_MS, SEEN, signal_key
from hub.flow import Arrival, Delete, Outcome, State, Table, put
from hub.flow import Change as RowChange

_make_observation = trusted(Observation)


def handle(rules: CaseRules, state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """One record of a town's log."""
    match body:
        case Signal():
            return receive(rules, state, body, now)
        case CaseAction():
            return act(rules, state, body, now)
        case TownStatus():
            return heed(rules.city, state, body, arrival)
        case ClockTick():
            return Outcome(Reason.CLOCK_MOVED)
        case _:
            return Outcome(Reason.WRONG_CONTRACT, detail=f"a town's log takes no {type(body).__name__}")


def receive(rules: CaseRules, state: State, signal: Signal, now: datetime) -> Outcome:
    """A signal joins the open case that it is about, or opens one."""
    cause = Cause(
        signal.source,
        signal.id,
        now,
        feed=signal.feed,
        received=signal.arrived,
        title=signal.summary,
        happened=signal.time,
        category=signal.category,
    )
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
    before, taken = _take(rules, state, signal, now)
    change, remembered = with_history(rules.city, state, signal, taken, now)
    outcome = told_of(rules.city, before, change, cause)
    return outcome._replace(changes=(*outcome.changes, *observed, *remembered))


def _take(rules: CaseRules, state: State, signal: Signal, now: datetime) -> tuple[Case | None, Change]:
    """The case that the signal joins, as it is and as it becomes; or the one that it opens."""
    if signal.closed_at is not None:
        return None, _open_solved(rules, state, signal, signal.closed_at, now)
    match = find_case(rules.city, rules.by_place, state, signal)
    if match is None:
        return None, _open(rules, state, signal, now)
    return match.case, _join(rules.city, state, match, signal)


def _known_signal(state: State, source: str, source_id: str) -> str | None:
    """The case of a signal handled before; empty if it was handled without one; None if it is news."""
    key = signal_key(source, source_id)
    for _, case in state.scan(CASES_BY_SIGNAL, key):
        return case.case_id
    seen = state.get(SEEN, key)
    return None if seen is None else seen.case_id or ""


def _observe(city: City, state: State, signal: Signal, now: datetime) -> tuple[tuple[RowChange, ...], bool]:
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


def _new_case(rules: CaseRules, state: State, signal: Signal, now: datetime) -> Change:
    """A case received and dispatched at once; one that comes back soon is linked to the closed one."""
    city = rules.city
    back = find_closed(city, rules.by_place, state, signal)
    units = choose_units(city, signal)
    case_id = case_id_of(signal.key_town, signal.time, signal.source, signal.id)
    first = new_case(city, case_id, member_of(city, signal), units, signal.summary, now)
    case = first if back is None else altered(first, previous=back.case_id)
    why = Reason.OPENED_NEW if back is None else Reason.CAME_BACK
    moves = (
        told(EventKind.OPENED, why, "; ".join(signal.trace)),
        told(EventKind.DISPATCHED, units.reason, units.detail),
    )
    return Change(case, moves, other_case=case.previous)


def _open(rules: CaseRules, state: State, signal: Signal, now: datetime) -> Change:
    change = with_signal(rules.city, state, None, _new_case(rules, state, signal, now))
    return with_standing(rules.city, state, signal.key_town, change)


def _open_solved(
    rules: CaseRules, state: State, signal: Signal, closed_at: datetime, now: datetime
) -> Change:
    """What a grid worker solved on the spot: a case that is counted, and closed at once."""
    opened = _new_case(rules, state, signal, now)
    solved = closing(rules.city, opened.case, closed_at, now, Reason.SOLVED_ON_SPOT)
    return opened._replace(case=solved.case, moves=(*opened.moves, *solved.moves))


def _join(city: City, state: State, match: Match, signal: Signal) -> Change:
    """The signal becomes a member; the case takes the higher urgency with its plan, the earlier limit."""
    case = match.case
    higher = at_urgency(city, case, highest((case.urgency, signal.urgency)))
    joined = altered(higher, members=(*case.members, member_of(city, signal)))
    move = told(EventKind.JOINED, match.reason, match.detail)
    return with_signal(city, state, case, Change(joined, (move,)))


def fire(rules: CaseRules, state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    """A row's time has come: a clock of a case warns or is over, or a memory is forgotten."""
    if table.name != CASES.name:
        return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))
    case = state.get(CASES, key)
    assert case is not None, "a due case is in its table"
    return ring(rules, state, case, due)
