"""Objection 派单异议: a unit says that a case is not its own, a reviewer rules; and re-dispatch by hand."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from hub.citypack.case_policy import Bears
from hub.citypack.city import City
from hub.contracts.action_terms import Grounds, Ruling
from hub.contracts.case_parts import Objection
from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.clocks import put_off
from hub.domain.consultation import convened
from hub.domain.entitlement import asked_unit, reviewer_of
from hub.domain.escalation import Consequence, Ringing
from hub.domain.moves import HELD, Acting, Actor, Change, Move, Refusal, told
from hub.domain.plans import end_of
from hub.domain.routing import Route, by_catalogue, by_hand, sent_on, settled_dispute, upwards

_make_objection = trusted(Objection)

ENOUGH = 2
"""So many objections to one case are not ruled on by a reviewer: a consultation says who is responsible."""


def object_to(acting: Acting, case: Case) -> Change | Refusal:
    """The unit that shall sign, or has just signed, says why it is not responsible; within the limit."""
    last = end_of(acting.city, case, ClockKind.OBJECT, case.since)
    if last is not None and acting.at > last:
        detail = f"at: the limit to object to a case {case.stage} was over on {last:%Y-%m-%d %H:%M:%S} UTC"
        return Refusal(Reason.TOO_LATE_TO_OBJECT, detail)
    return _contested(acting, case, EventKind.OBJECTED)


def hand_back(acting: Acting, case: Case) -> Change | Refusal:
    """The lead gives back a case that it signed for 退单; it answers for it until another has signed."""
    return _contested(acting, case, EventKind.HANDED_BACK)


def _contested(acting: Acting, case: Case, kind: EventKind) -> Change | Refusal:
    """The objection waits for a ruling; the second one goes to a consultation at once."""
    if case.consulted:
        detail = f"case_id: a consultation has said who is responsible; {asked_unit(case)} has the case"
        return Refusal(Reason.OBJECTION_EXHAUSTED, detail)
    terms, unit = acting.terms, acting.action.unit
    assert unit is not None, "who is entitled is a unit"
    grounds = terms.grounds or Grounds.UNKNOWN
    detail = f"{unit}: {grounds}" + (f", evidence {terms.evidence}" if terms.evidence else "")
    objected = altered(
        case,
        stage=Stage.OBJECTED,
        back_to=case.stage,
        objections=case.objections + 1,
        objection=_make_objection(unit=unit, grounds=grounds, evidence=terms.evidence, at=acting.now),
    )
    move = told(kind, Reason.ALLOWED_MOVE, detail, unit)
    if objected.objections < ENOUGH:
        return Change(objected, (move,))
    consulting, call = convened(objected, reviewer_of(acting.city), (), acting.now, Reason.SECOND_OBJECTION)
    return Change(consulting, (move, call))


def rule(acting: Acting, case: Case) -> Change | Refusal:
    """The reviewer upholds the objection, and the case goes on to another unit; or rejects it."""
    city, terms = acting.city, acting.terms
    if terms.ruling is Ruling.REJECT:
        return _rejected(city, case, acting.now, Reason.ALLOWED_MOVE)
    if terms.ruling is not Ruling.UPHOLD:
        return Refusal(Reason.MISSING_TERMS, "terms.ruling: say uphold or reject")
    route = _ruled(acting, case)
    return route if isinstance(route, Refusal) else _upheld(city, case, route, acting.now)


def _ruled(acting: Acting, case: Case) -> Route | Refusal:
    """Where a case goes whose objection is upheld: as named, else by the catalogue, else upwards."""
    city, terms, objection = acting.city, acting.terms, _pending(case)
    if terms.to_unit is not None:
        route: Route | Refusal | None = by_hand(city, terms)
    elif terms.category is not None:
        route = by_catalogue(city, case, terms.category)
    else:
        route = upwards(city, case, objection.unit)
    if route is None:
        return Refusal(Reason.MISSING_TERMS, f"terms.to_unit: needed, nobody is above {objection.unit}")
    if isinstance(route, Route) and route.unit == objection.unit:
        return Refusal(Reason.SAME_UNIT, f"terms.to_unit: {route.unit} has just objected; name another")
    return route


def _upheld(
    city: City, case: Case, route: Route, now: datetime, reason: Reason = Reason.ALLOWED_MOVE
) -> Change:
    objection = _pending(case)
    nobody = city.settings.cases.upheld_time is Bears.NOBODY
    after, routed = sent_on(city, put_off(city, case, objection.at, now) if nobody else case, route, now)
    detail = f"{objection.unit}: {objection.grounds}"
    return Change(after, (told(EventKind.OBJECTION_UPHELD, reason, detail, objection.unit), routed))


def _rejected(city: City, case: Case, now: datetime, reason: Reason) -> Change:
    """Back to where it was; a unit that had not signed must sign, with the whole limit to do so."""
    objection = _pending(case)
    nobody = city.settings.cases.rejected_time is Bears.NOBODY
    waited = put_off(city, case, objection.at, now) if nobody else case
    after = altered(settled_dispute(waited), stage=case.back_to)
    detail = f"{objection.unit}: {objection.grounds}; {asked_unit(case)} has the case"
    return Change(after, (told(EventKind.OBJECTION_REJECTED, reason, detail, objection.unit),))


def _pending(case: Case) -> Objection:
    assert case.objection is not None, "a case that is objected has an objection"
    return case.objection


def unreviewed(ringing: Ringing, case: Case) -> Change:
    """No ruling came in time: the city's default holds; upheld, the case goes upwards if it can."""
    city = ringing.city
    if city.settings.cases.unreviewed is Ruling.UPHOLD:
        route = upwards(city, case, _pending(case).unit)
        if route is not None:
            return _upheld(city, case, route, ringing.at, Reason.LIMIT_PASSED)
    return _rejected(city, case, ringing.at, Reason.LIMIT_PASSED)


def route(acting: Acting, case: Case) -> Change | Refusal:
    """The reviewer sends a case on by hand; an objection that waits is upheld by it."""
    city, now = acting.city, acting.now
    found = _ruled(acting, case) if case.stage is Stage.OBJECTED else by_hand(city, acting.terms)
    if isinstance(found, Refusal):
        return found
    if case.stage is Stage.OBJECTED:
        return _upheld(city, case, found, now)
    if found.unit == asked_unit(case):
        return Refusal(Reason.SAME_UNIT, f"terms.to_unit: {found.unit} has the case")
    after, routed = sent_on(city, case, found, now)
    return Change(after, (routed,))


MOVES = (
    Move(
        ActionKind.OBJECT,
        frozenset({Stage.DISPATCHED, Stage.SIGNED_FOR}),
        (Stage.OBJECTED, Stage.CONSULTING),
        EventKind.OBJECTED,
        Actor.ASKED,
        object_to,
        ("grounds",),
    ),
    Move(
        ActionKind.HAND_BACK,
        HELD,
        (Stage.OBJECTED, Stage.CONSULTING),
        EventKind.HANDED_BACK,
        Actor.LEAD,
        hand_back,
        ("grounds",),
    ),
    Move(
        ActionKind.RULE,
        frozenset({Stage.OBJECTED}),
        (Stage.DISPATCHED, Stage.SIGNED_FOR, Stage.IN_WORK),
        EventKind.OBJECTION_UPHELD,
        Actor.REVIEWER,
        rule,
        ("ruling",),
    ),
    Move(
        ActionKind.ROUTE,
        HELD | {Stage.DISPATCHED, Stage.OBJECTED},
        (Stage.DISPATCHED,),
        EventKind.ROUTED,
        Actor.REVIEWER,
        route,
        ("to_unit",),
    ),
)

CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.REVIEW: unreviewed})
