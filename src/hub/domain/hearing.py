"""Who hears of what: which units get an order when something happens to a case, and in which role. Data."""

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from hub.citypack.city import City
from hub.contracts.case_parts import Summoned
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.orders import OrderKind, OrderRole
from hub.domain.arrivals import called, not_come, unsigned
from hub.domain.entitlement import centre_of, reviewer_of, town_unit
from hub.domain.members import wants_callback

Hears = tuple[OrderRole, OrderKind]

_LEAD = OrderRole.LEAD
_BOTH = (OrderRole.LEAD, OrderRole.ASSIST)

_ABOVE = (OrderRole.SUPERVISOR, OrderRole.CENTRE, OrderRole.SUMMONED)
"""Who may have been asked for something besides; told before lead and assistants, who hear it as such."""

_ASKED = (*_ABOVE, OrderRole.CONSULTED, OrderRole.PROPOSED)
"""All who may be busy with a case besides lead and assistants."""


def _all(roles: Iterable[OrderRole], kind: OrderKind) -> tuple[Hears, ...]:
    return tuple((role, kind) for role in roles)


HEARS: Mapping[EventKind, tuple[Hears, ...]] = MappingProxyType(
    {
        EventKind.DISPATCHED: _all(_BOTH, OrderKind.NEW),
        EventKind.JOINED: _all(_BOTH, OrderKind.SIGNAL_JOINED),
        EventKind.CLOSED: _all((*_ABOVE, *_BOTH), OrderKind.CLOSED),
        EventKind.ROUTED: (
            (OrderRole.ASSIST, OrderKind.CHANGED),
            (OrderRole.PROPOSED, OrderKind.NEW),
            (_LEAD, OrderKind.CHANGED),
        ),
        EventKind.ACCOUNTABLE: (
            (OrderRole.FORMER, OrderKind.WITHDRAWN),
            (_LEAD, OrderKind.CHANGED),
            (OrderRole.ASSIST, OrderKind.CHANGED),
        ),
        EventKind.WARNED: ((_LEAD, OrderKind.WARNED),),
        EventKind.BREACHED: ((_LEAD, OrderKind.BREACHED),),
        EventKind.ESCALATED: ((OrderRole.SUPERVISOR, OrderKind.ESCALATED),),
        EventKind.REMINDED: ((OrderRole.SUPERVISOR, OrderKind.REMINDED), (_LEAD, OrderKind.REMINDED)),
        EventKind.OBJECTED: ((OrderRole.REVIEWER, OrderKind.TO_RULE),),
        EventKind.HANDED_BACK: ((OrderRole.REVIEWER, OrderKind.TO_RULE),),
        EventKind.OBJECTION_UPHELD: _all((OrderRole.REVIEWER, OrderRole.FORMER, _LEAD), OrderKind.RULED),
        EventKind.OBJECTION_REJECTED: _all((OrderRole.REVIEWER, _LEAD, OrderRole.PROPOSED), OrderKind.RULED),
        EventKind.CONVENED: (
            (OrderRole.CONSULTED, OrderKind.TO_RULE),
            (OrderRole.REVIEWER, OrderKind.TO_RULE),
            (_LEAD, OrderKind.CHANGED),
        ),
        EventKind.CONSULTED: (
            (OrderRole.REVIEWER, OrderKind.RULED),
            (OrderRole.FORMER, OrderKind.RULED),
            (OrderRole.ASSIST, OrderKind.CHANGED),
            (_LEAD, OrderKind.RULED),
        ),
        EventKind.WHISTLED: ((OrderRole.SUMMONED, OrderKind.WHISTLED), (_LEAD, OrderKind.CHANGED)),
        EventKind.REPORTED_IN: ((OrderRole.WHISTLER, OrderKind.CHANGED), (_LEAD, OrderKind.CHANGED)),
        EventKind.QUORUM_REACHED: ((OrderRole.WHISTLER, OrderKind.CHANGED), (_LEAD, OrderKind.CHANGED)),
        EventKind.WHISTLE_ENDED: (
            (OrderRole.SUMMONED, OrderKind.CHANGED),
            (OrderRole.WHISTLER, OrderKind.CHANGED),
            (_LEAD, OrderKind.CHANGED),
        ),
        EventKind.COSIGNED: ((OrderRole.CENTRE, OrderKind.TO_CALL_BACK), (_LEAD, OrderKind.CHANGED)),
        EventKind.COSIGN_REFUSED: _all((OrderRole.SUMMONED, _LEAD), OrderKind.CHANGED),
        EventKind.SUSPENDED: _all(_BOTH, OrderKind.CHANGED),
        EventKind.RESUMED: _all(_BOTH, OrderKind.CHANGED),
        EventKind.EXTENSION_ASKED: ((OrderRole.REVIEWER, OrderKind.TO_RULE),),
        EventKind.EXTENDED: _all((OrderRole.REVIEWER, _LEAD), OrderKind.RULED),
        EventKind.EXTENSION_REFUSED: _all((OrderRole.REVIEWER, _LEAD), OrderKind.RULED),
        EventKind.RESOLVED: (
            (OrderRole.CENTRE, OrderKind.TO_CALL_BACK),
            (OrderRole.SUMMONED, OrderKind.TO_COSIGN),
        ),
        EventKind.REOPENED: _all((*_ABOVE, *_BOTH), OrderKind.REOPENED),
        EventKind.LOOK_BACK_DUE: ((OrderRole.CENTRE, OrderKind.TO_LOOK_BACK),),
        EventKind.EXCLUSION_ASKED: ((OrderRole.REVIEWER, OrderKind.TO_RULE),),
        EventKind.EXCLUDED: _all((OrderRole.REVIEWER, _LEAD), OrderKind.RULED),
        EventKind.EXCLUSION_REFUSED: _all((OrderRole.REVIEWER, _LEAD), OrderKind.RULED),
        EventKind.CASE_JOINED: _all(_BOTH, OrderKind.CHANGED),
        EventKind.JOINED_TO: _all((*_ASKED, *_BOTH), OrderKind.WITHDRAWN),
        EventKind.SPLIT_OFF: _all(_BOTH, OrderKind.CHANGED),
        EventKind.RESTORED: _all((*_ASKED, *_BOTH), OrderKind.CHANGED),
        EventKind.SIGNAL_MOVED: _all(_BOTH, OrderKind.CHANGED),
        EventKind.INVALIDATED: _all((*_ABOVE, *_BOTH), OrderKind.CLOSED),
        EventKind.RAISED: ((_LEAD, OrderKind.CHANGED),),
        EventKind.REINSPECTED: ((_LEAD, OrderKind.CHANGED),),
        EventKind.REPEATED: ((_LEAD, OrderKind.CHANGED),),
        EventKind.HELP_NEEDED: ((OrderRole.TOWN, OrderKind.TO_PLAN),),
        EventKind.JOINT_PLAN: ((_LEAD, OrderKind.CHANGED), (OrderRole.ASSIST, OrderKind.NEW)),
    }
)
"""Of several things that happen at once a unit hears the last that concerns it; that a case is new stays."""

WAITS_FOR: Mapping[ClockKind | None, OrderRole] = MappingProxyType(
    {
        ClockKind.SIGN_FOR: OrderRole.PROPOSED,
        ClockKind.REVIEW: OrderRole.REVIEWER,
        ClockKind.CONSULT: OrderRole.REVIEWER,
        ClockKind.EXTENSION: OrderRole.REVIEWER,
        ClockKind.EXCLUSION: OrderRole.REVIEWER,
        ClockKind.ARRIVE: OrderRole.SUMMONED,
        ClockKind.COSIGN: OrderRole.SUMMONED,
        ClockKind.CALLBACK: OrderRole.CENTRE,
        ClockKind.LOOK_BACK: OrderRole.CENTRE,
    }
)
"""Whom a clock warns besides the lead: who must do what it limits."""


_WITHOUT_CALLBACK = frozenset({EventKind.LOOK_BACK_DUE, EventKind.WARNED, EventKind.BREACHED})
"""What the centre hears of even where no citizen wants to be called back."""

_PART_OF_NEW = frozenset({OrderKind.CHANGED, OrderKind.TO_PLAN})

_RINGS = {EventKind.WARNED: OrderKind.WARNED, EventKind.BREACHED: OrderKind.BREACHED}


def hearers(
    city: City, before: Case | None, case: Case, moves: tuple[CaseMove, ...], clock: ClockKind | None
) -> Mapping[str, tuple[OrderRole, OrderKind, str]]:
    """The units that must hear of a change, each once: in which role, why, and the detail of that move.

    The lead hears of every new stage, its own doing included: what it may do next stands in its orders alone.
    Who helped or was heard, and is not any more, hears that too.
    """
    heard: dict[str, tuple[OrderRole, OrderKind, str]] = {}
    for move in _to_be_heard(moves):
        hears = HEARS.get(move.kind, ())
        if clock in WAITS_FOR and move.kind in _RINGS:
            hears = (*hears, (WAITS_FOR[clock], _RINGS[move.kind]))
        for role, kind in hears:
            for unit in units_in(city, case, role, move):
                if kind in _PART_OF_NEW and unit in heard and heard[unit][1] is OrderKind.NEW:
                    continue  # what is new to a unit it reads as a whole
                heard[unit] = (role, kind, move.detail)
    if before is None:
        return heard
    detail = moves[-1].detail
    if before.stage is not case.stage and case.lead_unit is not None:
        heard.setdefault(case.lead_unit, (_LEAD, OrderKind.MOVED, detail))
    for unit, kind in _let_go(before, case):
        heard.setdefault(unit, (OrderRole.FORMER, kind, detail))
    return heard


def _let_go(before: Case, case: Case) -> Iterator[tuple[str, OrderKind]]:
    """Units that the case needs no more: helpers that a ruling left out, units that a consultation heard."""
    here = {case.lead_unit, case.proposed_unit, *case.assist_units}
    for unit in before.assist_units:
        if unit not in here:
            yield unit, OrderKind.WITHDRAWN
    if before.consultation is not None and case.consultation is None:
        for unit in before.consultation.units:
            yield unit, OrderKind.RULED


def _to_be_heard(moves: tuple[CaseMove, ...]) -> tuple[CaseMove, ...]:
    """The moves that units may hear of; of a case opened and closed at once only what comes after that."""
    kinds = [move.kind for move in moves]
    if kinds[0] is not EventKind.OPENED or EventKind.CLOSED not in kinds:
        return moves
    return moves[kinds.index(EventKind.CLOSED) + 1 :]


def units_in(city: City, case: Case, role: OrderRole, move: CaseMove) -> tuple[str, ...]:
    """The units that are this to a case; a lead or assistant is not summoned or asked besides."""
    match role:
        case OrderRole.LEAD:
            found: tuple[str | None, ...] = (case.lead_unit,)
        case OrderRole.ASSIST:
            found = case.assist_units
        case OrderRole.PROPOSED:
            found = (case.proposed_unit,)
        case OrderRole.SUPERVISOR:
            found = (case.supervisor,)
        case OrderRole.SUMMONED:
            found = tuple(one.unit for one in _meant(case, move.kind))
        case OrderRole.WHISTLER:
            found = (case.whistle.by,) if case.whistle else ()
        case OrderRole.CONSULTED:
            found = case.consultation.units if case.consultation else ()
        case OrderRole.REVIEWER:
            found = (reviewer_of(city),)
        case OrderRole.CENTRE:
            calls = wants_callback(case) and case.stage is not Stage.COSIGNING
            found = (centre_of(city),) if calls or move.kind in _WITHOUT_CALLBACK else ()
        case OrderRole.FORMER:
            found = (move.unit,)
        case OrderRole.TOWN:
            found = (town_unit(city, case.town),)
        case _:
            found = ()
    return tuple(unit for unit in found if unit is not None)


def _meant(case: Case, kind: EventKind) -> tuple[Summoned, ...]:
    """The departments of a whistle that are meant: those that must co-sign, that have not come, or all."""
    rings = kind in _RINGS
    if kind is EventKind.RESOLVED or (rings and case.stage in (Stage.COSIGNING, Stage.RESOLVED)):
        return unsigned(case)
    return not_come(case) if rings or kind is EventKind.WHISTLE_ENDED else called(case)
