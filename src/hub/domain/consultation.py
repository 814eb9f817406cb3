"""Joint consultation 疑难会商: the units concerned are heard, then a ruling that holds names the lead."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from hub.citypack.case_policy import Bears
from hub.citypack.city import City
from hub.contracts.case_parts import Consultation
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.clocks import put_off
from hub.domain.entitlement import reviewer_of
from hub.domain.escalation import Consequence, Ringing
from hub.domain.moves import HELD, Acting, Actor, Change, Move, Refusal, told
from hub.domain.plans import plan_of
from hub.domain.routing import by_hand, helpers_beside, in_words, sent_on, settled_dispute, unknown_term

_make_consultation = trusted(Consultation)


def convened(
    case: Case, by: str, units: tuple[str, ...], now: datetime, reason: Reason = Reason.ALLOWED_MOVE
) -> tuple[Case, CaseMove]:
    """The case in consultation: who objects, who leads it, who led it before and those named are heard."""
    before = case.consultation
    present = before.units if before else _concerned(case)
    heard = tuple(dict.fromkeys((*present, *units)))
    consulting = altered(
        case,
        stage=Stage.CONSULTING,
        back_to=case.stage if case.back_to is None else case.back_to,
        consultation=altered(before, units=heard)
        if before
        else _make_consultation(by=by, units=heard, at=now),
    )
    return consulting, told(EventKind.CONVENED, reason, f"heard: {in_words(heard)}")


def _concerned(case: Case) -> tuple[str, ...]:
    objecting = case.objection.unit if case.objection else None
    return tuple(unit for unit in (objecting, case.proposed_unit, case.lead_unit, case.former_lead) if unit)


def convene(acting: Acting, case: Case) -> Change | Refusal:
    """The reviewer convenes a consultation, or has more units heard by one under way."""
    unknown = unknown_term(acting.city, acting.terms)
    if unknown is not None:
        return unknown
    by = acting.action.unit or reviewer_of(acting.city)
    consulting, move = convened(case, by, acting.terms.units, acting.now)
    return Change(consulting, (move,))


def rule_consultation(acting: Acting, case: Case) -> Change | Refusal:
    """The ruling names the lead and who helps; nobody may object to it any more."""
    city, now = acting.city, acting.now
    route = by_hand(city, acting.terms)
    if isinstance(route, Refusal):
        return route
    route = route._replace(assist=route.assist or (), detail="named by the consultation")
    helping = f", with {in_words(route.assist)}" if route.assist else ""
    ruled = told(
        EventKind.CONSULTED, Reason.ALLOWED_MOVE, f"{route.unit} leads{helping}", _not_the_lead(case)
    )
    waited = altered(_with_time(city, case, now), consulted=True)
    if route.unit == case.lead_unit and case.back_to in HELD and route.category is None:
        kept = altered(
            settled_dispute(waited),
            stage=case.back_to,
            assist_units=helpers_beside(case.lead_unit, route.assist or ()),
        )
        return Change(kept, (ruled,))
    after, routed = sent_on(city, waited, route, now)
    return Change(after, (ruled, routed))


def unruled(ringing: Ringing, case: Case) -> Change:
    """The consultation came to no ruling in time: the lead keeps the case, and that holds."""
    city, lead = ringing.city, case.lead_unit or ""
    kept = altered(
        settled_dispute(_with_time(city, case, ringing.at)),
        stage=case.back_to,
        proposed_unit=None,
        lead_assists=False,
        consulted=True,
        plan=plan_of(city, case.category, case.urgency, lead) if case.proposed_unit else case.plan,
    )
    detail = f"no ruling came: {lead} keeps the case"
    return Change(kept, (told(EventKind.CONSULTED, Reason.LIMIT_PASSED, detail, _not_the_lead(case)),))


def _with_time(city: City, case: Case, now: datetime) -> Case:
    """The case with its limits put off by the time since it is disputed, where the city says so."""
    assert case.consultation is not None, "a case in consultation has one"
    if city.settings.cases.consultation_time is not Bears.NOBODY:
        return case
    return put_off(city, case, case.objection.at if case.objection else case.consultation.at, now)


def _not_the_lead(case: Case) -> str | None:
    """Who hears of the ruling besides the lead: the unit that objected, or that has yet to sign."""
    return case.objection.unit if case.objection else case.proposed_unit


MOVES = (
    Move(
        ActionKind.CONVENE,
        HELD | {Stage.DISPATCHED, Stage.OBJECTED, Stage.CONSULTING},
        (Stage.CONSULTING,),
        EventKind.CONVENED,
        Actor.REVIEWER,
        convene,
        ("units",),
    ),
    Move(
        ActionKind.RULE_CONSULTATION,
        frozenset({Stage.CONSULTING}),
        (Stage.DISPATCHED, Stage.SIGNED_FOR, Stage.IN_WORK),
        EventKind.CONSULTED,
        Actor.REVIEWER,
        rule_consultation,
        ("to_unit",),
    ),
)

CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.CONSULT: unruled})
