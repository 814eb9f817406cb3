"""What is said when a case changes: its event, its public state, the orders of its units, its row."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from hub import topics
from hub.citypack.city import City
from hub.contracts.case_memory import ClosedCase, SeenSignal
from hub.contracts.cases import ENDED, Case, CaseEvent, CaseMember, CaseState, ClockKind, Refusal
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Feed
from hub.contracts.orders import FeedCount, OrderKind, OrderRole, UnitOrder
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.allowed import allowed_actions
from hub.domain.case_ids import town_of_case
from hub.domain.clocks import STAGE_CLOCK, next_deadline, settled
from hub.domain.hearing import hearers
from hub.domain.members import due_of_case, has_met, met_of_case, signals_of
from hub.domain.moves import Change
from hub.domain.tables import ARCHIVED, CASES, MEMORY, SEEN, signal_key
from hub.flow import Change as RowChange
from hub.flow import Delete, Emit, Outcome, put

make_seen = trusted(SeenSignal)
_make_archived = trusted(ClosedCase)
_make_event = trusted(CaseEvent)
_make_state = trusted(CaseState)
_make_member = trusted(CaseMember)
_make_order = trusted(UnitOrder)
_make_count = trusted(FeedCount)
_make_refusal = trusted(Refusal)


@dataclass(frozen=True, slots=True)
class Cause:
    """What made a case change: a signal, an action or a clock."""

    source: str
    source_id: str
    at: datetime
    feed: Feed = Feed.UNKNOWN
    actor: str | None = None
    received: datetime | None = None
    clock: ClockKind | None = None
    title: str = ""
    """Masked title of a signal."""
    happened: datetime | None = None
    """Event time of a signal."""
    category: str | None = None
    """Category of a signal."""


CLOCK = "clock"
"""Source of the changes that time itself makes."""


def told_of(city: City, before: Case | None, change: Change, cause: Cause) -> Outcome:
    """The outcome of a change: of each case its event, its new state, its orders and its row."""
    after = settled(city, before, change.case, cause.at)
    emits = (
        _event(city, after, change, cause),
        _state(city, after, cause.at),
        *_orders(city, before, after, change, cause),
    )
    changes: tuple[RowChange, ...] = (put(CASES, after.case_id, after),)
    for other_before, other in change.others:
        outcome = told_of(city, other_before, other, cause)
        emits, changes = (*emits, *outcome.emits), (*changes, *outcome.changes)
    return Outcome(Reason(change.moves[0].reason), emits, changes)


def archived(case: Case) -> Outcome:
    """A case that is over for good: of it and its signals only what knows repetitions again is kept."""
    forget_at = case.changed + MEMORY
    row = _make_archived(acted=case.acted, forget_at=forget_at)
    seen = make_seen(case_id=case.case_id, time=case.changed, forget_at=forget_at)
    gone = (case.case_id, *(one.case_id for one in case.absorbed))
    return Outcome(
        Reason.FORGOTTEN,
        changes=(
            *(Delete(CASES, case_id) for case_id in gone),
            *(put(ARCHIVED, case_id, row) for case_id in gone),
            *(put(SEEN, signal_key(m.source, m.source_id), seen) for m in case.members),
        ),
    )


def refused(cause: Cause, key_town: str, reason: Reason, detail: str, case_id: str | None) -> Outcome:
    """The answer to a signal or action that changes nothing; a unit reads its own among its orders."""
    refusal = _make_refusal(
        source=cause.source,
        source_id=cause.source_id,
        at=cause.at,
        reason=reason,
        detail=detail,
        case_id=case_id,
        unit=cause.actor,
    )
    record_id = f"{cause.source}/{cause.source_id}/{reason}"
    told = Emit(topics.REFUSALS, key_town, record_id, cause.at, refusal, case_id)
    if cause.actor is None:
        return Outcome(reason, (told,), detail=detail)
    answer = Emit(topics.ORDERS, cause.actor, record_id, cause.at, refusal, case_id)
    return Outcome(reason, (told, answer), detail=detail)


def _event(city: City, case: Case, change: Change, cause: Cause) -> Emit:
    signals = signals_of(case)
    event = _make_event(
        case_id=case.case_id,
        seq=case.seq,
        at=cause.at,
        source=cause.source,
        source_id=cause.source_id,
        feed=cause.feed,
        actor=cause.actor,
        moves=change.moves,
        stage=case.stage,
        lead_unit=case.lead_unit,
        assist_units=case.assist_units,
        district=city.towns[case.town].district,
        town=case.town,
        category=case.category,
        signal_time=cause.received,
        proposed_unit=case.proposed_unit,
        level=case.level,
        signals=len(signals),
        next_due=_next_due(case),
        answers=change.answers,
        other_case=change.other_case,
        opened=case.opened,
        cell=case.cell,
        urgency=case.urgency,
        appeals=sum(1 for member in signals if member.feed is Feed.HOTLINE),
        hazard=_worst_hazard(case),
        tags=case.tags,
        happened=cause.happened,
        signal_category=cause.category,
    )
    return Emit(topics.EVENTS, town_of_case(case.case_id), _id(case), cause.at, event, case.case_id)


def _state(city: City, case: Case, at: datetime) -> Emit:
    state = _make_state(
        case_id=case.case_id,
        seq=case.seq,
        members=tuple(
            _make_member(source=m.source, source_id=m.source_id, due=m.due, closed=m.closed, met=has_met(m))
            for m in signals_of(case)
        ),
        lead_unit=case.lead_unit,
        assist_units=case.assist_units,
        district=city.towns[case.town].district,
        town=case.town,
        cell=case.cell,
        category=case.category,
        urgency=case.urgency,
        stage=case.stage,
        opened=case.opened,
        due=due_of_case(case),
        closed=case.closed,
        met=met_of_case(case),
        since=case.since,
        next_due=_next_due(case),
        proposed_unit=case.proposed_unit,
        supervisor=case.supervisor,
        level=case.level,
        reopened=case.reopened,
        exclusion=case.exclusion,
        priority=case.priority,
        previous=case.previous,
        into=case.into,
        hazard=_worst_hazard(case),
        failed=case.failed,
        site=next((m.site for m in case.members if m.hazard), None),
        tags=case.tags,
    )
    return Emit(topics.STATE, case.case_id, _id(case), at, state, case.case_id)


def _worst_hazard(case: Case) -> HazardGrade | None:
    return max((m.hazard for m in case.members if m.hazard), key=_GRADES.index, default=None)


def _next_due(case: Case) -> datetime | None:
    """The next deadline as others see it: how long a case that is over is kept is nobody's deadline."""
    return None if case.stage in ENDED else next_deadline(case)


def _orders(city: City, before: Case | None, case: Case, change: Change, cause: Cause) -> list[Emit]:
    """One order to each unit that must hear of the change; what they share is worked out once."""
    heard = hearers(city, before, case, change.moves, cause.clock)
    if not heard:
        return []
    shared, name = _order(city, case, cause), _id(case)
    orders = []
    for unit, (role, kind, reason) in heard.items():
        order = altered(
            shared,
            unit=unit,
            kind=kind,
            role=role,
            reason=reason,
            summary="" if role is OrderRole.FORMER else case.summary,
            newest=cause.title if kind is OrderKind.SIGNAL_JOINED else "",
            allowed=allowed_actions(city, case, unit),
        )
        orders.append(Emit(topics.ORDERS, unit, f"{name}/{unit}", cause.at, order, case.case_id))
    return orders


def _order(city: City, case: Case, cause: Cause) -> UnitOrder:
    """What the orders of a change have in common."""
    due = {clock.kind: clock.due for clock in case.clocks}
    stage_clock = STAGE_CLOCK.get(case.stage)
    resolve_by = due_of_case(case)
    return _make_order(
        unit="",
        case_id=case.case_id,
        seq=case.seq,
        at=cause.at,
        kind=OrderKind.UNKNOWN,
        role=OrderRole.UNKNOWN,
        stage=case.stage,
        category=case.category,
        town=case.town,
        cell=case.cell,
        urgency=case.urgency,
        signals=len(case.members),
        priority=case.priority,
        sign_for_by=due.get(ClockKind.SIGN_FOR),
        resolve_by=resolve_by,
        working_left_h=None if resolve_by is None else _working_hours(city, cause.at, resolve_by),
        stage_due=None if stage_clock is None else due.get(stage_clock),
        assist_units=case.assist_units,
        lead_unit=case.lead_unit,
        feeds=_feeds(case),
        signal_time=cause.received,
        tags=case.tags,
    )


def _feeds(case: Case) -> tuple[FeedCount, ...]:
    counts = Counter(member.feed for member in case.members)
    return tuple(_make_count(feed=feed, signals=count) for feed, count in counts.items())


def _working_hours(city: City, start: datetime, end: datetime) -> float:
    """Working hours from one time to another; below 0 where the second lies before the first."""
    if end >= start:
        return round(city.worktime.between(start, end) / _HOUR, 2)
    return -round(city.worktime.between(end, start) / _HOUR, 2)


_HOUR = timedelta(hours=1)


_GRADES = tuple(HazardGrade)


def _id(case: Case) -> str:
    return f"{case.case_id}/{case.seq}"
