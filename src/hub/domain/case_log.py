"""What is said when a case changes: its event, its public state, the orders of its units, its row."""

from dataclasses import dataclass
from datetime import datetime

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import (
    Case,
    CaseEvent,
    CaseMember,
    CaseMove,
    CaseState,
    ClockKind,
    EventKind,
    OrderKind,
    OrderRole,
    Refusal,
    SeenSignal,
    Stage,
    UnitOrder,
)
from hub.contracts.fields import Feed
from hub.contracts.reasons import Reason
from hub.contracts.trusted import trusted
from hub.domain.case_ids import town_of_case
from hub.domain.tables import CASES, MEMORY, SEEN, action_key, closed_key, signal_key
from hub.flow import Change, Delete, Emit, Outcome, put

make_seen = trusted(SeenSignal)
_make_event = trusted(CaseEvent)
_make_state = trusted(CaseState)
_make_member = trusted(CaseMember)
_make_order = trusted(UnitOrder)
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


CLOCK = "clock"
"""Source of the changes that time itself makes."""

_ORDER_OF = {
    EventKind.DISPATCHED: OrderKind.NEW,
    EventKind.JOINED: OrderKind.SIGNAL_JOINED,
    EventKind.WARNED: OrderKind.WARNED,
    EventKind.BREACHED: OrderKind.BREACHED,
    EventKind.CLOSED: OrderKind.CLOSED,
}
_LEAD_ONLY = frozenset({OrderKind.WARNED, OrderKind.BREACHED})


def changed(city: City, case: Case, moves: tuple[CaseMove, ...], cause: Cause) -> Outcome:
    """The outcome of a change: one event, the new state, the orders, the row (or its memory, once closed)."""
    emits = (_event(city, case, moves, cause), _state(city, case, cause.at), *_orders(case, moves, cause))
    return Outcome(Reason(moves[0].reason), emits, _rows(case, cause))


def refused(cause: Cause, key_town: str, reason: Reason, detail: str, case_id: str | None) -> Outcome:
    """The answer to a signal or action that changes nothing."""
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
    emit = Emit(topics.REFUSALS, key_town, record_id, cause.at, refusal, case_id)
    return Outcome(reason, (emit,), detail=detail)


def remember_action(cause: Cause, case_id: str | None) -> Change:
    """The row by which a repeated action is known again."""
    seen = make_seen(case_id=case_id, time=cause.at, forget_at=cause.at + MEMORY)
    return put(SEEN, action_key(cause.source, cause.source_id), seen)


def _event(city: City, case: Case, moves: tuple[CaseMove, ...], cause: Cause) -> Emit:
    event = _make_event(
        case_id=case.case_id,
        seq=case.seq,
        at=cause.at,
        source=cause.source,
        source_id=cause.source_id,
        feed=cause.feed,
        actor=cause.actor,
        moves=moves,
        stage=case.stage,
        lead_unit=case.lead_unit,
        assist_units=case.assist_units,
        district=city.towns[case.town].district,
        town=case.town,
        category=case.category,
        signal_time=cause.received,
    )
    return Emit(topics.EVENTS, town_of_case(case.case_id), _id(case), cause.at, event, case.case_id)


def _state(city: City, case: Case, at: datetime) -> Emit:
    state = _make_state(
        case_id=case.case_id,
        seq=case.seq,
        members=tuple(
            _make_member(source=m.source, source_id=m.source_id, due=m.due, closed=m.closed, met=m.met)
            for m in case.members
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
    )
    return Emit(topics.STATE, case.case_id, _id(case), at, state, case.case_id)


def due_of_case(case: Case) -> datetime | None:
    """The earliest limit of the open signals; once none is open, the latest limit of all."""
    waiting = [m.due for m in case.members if m.due and m.closed is None]
    if waiting:
        return min(waiting)
    return max((m.due for m in case.members if m.due), default=None)


def met_of_case(case: Case) -> bool | None:
    """False if a signal missed its limit; True if each that has one met it; None while that is open."""
    answers = {m.met for m in case.members if m.due is not None}
    if False in answers:
        return False
    return True if answers == {True} else None


def _orders(case: Case, moves: tuple[CaseMove, ...], cause: Cause) -> list[Emit]:
    """One order to each unit that must hear of the change."""
    kinds = [(_ORDER_OF[move.kind], move.detail) for move in moves if move.kind in _ORDER_OF]
    if not kinds or case.lead_unit is None:
        return []
    kind, reason = kinds[-1] if kinds[-1][0] is OrderKind.CLOSED else kinds[0]
    if kind is OrderKind.CLOSED and len(kinds) > 1:
        return []  # opened and closed at once: there is nothing for a unit to do
    units = [(case.lead_unit, OrderRole.LEAD)]
    if kind not in _LEAD_ONLY:
        units += [(unit, OrderRole.ASSIST) for unit in case.assist_units]
    return [_order(case, unit, role, kind, reason, cause) for unit, role in units]


def _order(case: Case, unit: str, role: OrderRole, kind: OrderKind, reason: str, cause: Cause) -> Emit:
    order = _make_order(
        unit=unit,
        case_id=case.case_id,
        seq=case.seq,
        at=cause.at,
        kind=kind,
        role=role,
        stage=case.stage,
        category=case.category,
        town=case.town,
        cell=case.cell,
        urgency=case.urgency,
        signals=len(case.members),
        summary=case.summary,
        sign_for_by=next((clock.due for clock in case.clocks if clock.kind is ClockKind.SIGN_FOR), None),
        resolve_by=due_of_case(case),
        reason=reason,
        signal_time=cause.received,
    )
    return Emit(topics.ORDERS, unit, f"{_id(case)}/{unit}", cause.at, order, case.case_id)


def _rows(case: Case, cause: Cause) -> tuple[Change, ...]:
    """An open case is kept whole; of a closed one, for a while, who belonged to it."""
    if case.stage is not Stage.CLOSED:
        return (put(CASES, case.case_id, case),)
    seen = make_seen(case_id=case.case_id, time=cause.at, forget_at=cause.at + MEMORY)
    remembered = [put(SEEN, signal_key(m.source, m.source_id), seen) for m in case.members]
    return (Delete(CASES, case.case_id), put(SEEN, closed_key(case.case_id), seen), *remembered)


def _id(case: Case) -> str:
    return f"{case.case_id}/{case.seq}"
