"""Pauses and more time: a case suspended 挂起 for a while, and its limit extended 延期, both capped."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from hub.citypack.city import City
from hub.citypack.limits import WARN_SHARE, LimitInForce
from hub.citypack.worktime import MILLI, millis_of
from hub.contracts.action_terms import Ruling
from hub.contracts.case_parts import AskedExtension
from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import LimitLayer
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.clocks import ending, put_off, without
from hub.domain.escalation import Consequence, Ringing
from hub.domain.members import due_of_case
from hub.domain.moves import HELD, OPEN, Acting, Actor, Change, Move, Refusal, told
from hub.domain.plans import end_of, limit_of

_make_extension = trusted(AskedExtension)


def suspend(acting: Acting, case: Case) -> Change | Refusal:
    """The work rests for so many hours at most, and the limit to resolve stands still meanwhile."""
    city, allowed = acting.city, acting.city.settings.cases.suspensions
    if case.suspensions >= allowed:
        return Refusal(Reason.OVER_CAP, f"suspend: the city allows {allowed} suspensions of a case")
    asked, cap = _asked(acting), limit_of(case, ClockKind.SUSPEND)
    assert cap is not None, "the limit to suspend has a default"
    if asked > cap.millis:
        return Refusal(Reason.OVER_CAP, f"terms.hours: at most {_in_hours(cap)}")
    due = city.due_after(acting.now, replace(cap, millis=asked))
    clock = ending(city, case, ClockKind.SUSPEND, acting.now, due, acting.now)
    fresh = without(case, ClockKind.SUSPEND)
    after = altered(
        fresh,
        stage=Stage.SUSPENDED,
        back_to=case.stage,
        suspensions=case.suspensions + 1,
        clocks=(*fresh.clocks, clock),
    )
    detail = f"{_grounds(acting)}, until {due:%Y-%m-%d %H:%M} UTC at most"
    return Change(after, (told(EventKind.SUSPENDED, detail=detail),))


def resume(acting: Acting, case: Case) -> Change | Refusal:
    """The work goes on before the time is over."""
    if acting.action.at < case.since:
        return Refusal(Reason.OVERTAKEN, "at: lies before the case was suspended")
    return _resumed(acting.city, case, acting.now, Reason.ALLOWED_MOVE)


def suspension_over(ringing: Ringing, case: Case) -> Change:
    """The time that a case may rest is over: the work goes on by itself."""
    return _resumed(ringing.city, case, ringing.clock.due or ringing.at, Reason.SUSPENSION_OVER)


def _resumed(city: City, case: Case, end: datetime, reason: Reason) -> Change:
    """Back in the stage that the case rested in, its limit put off by the time that it rested."""
    stage = case.back_to or Stage.IN_WORK
    after = altered(put_off(city, case, case.since, end), stage=stage, back_to=None)
    due = due_of_case(after)
    detail = "no limit runs" if due is None else f"to be resolved by {due:%Y-%m-%d %H:%M} UTC"
    return Change(after, (told(EventKind.RESUMED, reason, detail),))


def ask_extension(acting: Acting, case: Case) -> Change | Refusal:
    """The lead asks for more time; it goes on working until the reviewer rules."""
    refusal = _not_extended(acting, case)
    if refusal is not None:
        return refusal
    hours, grounds = acting.terms.hours, acting.terms.grounds
    assert hours is not None, "the table of moves wants hours"
    assert grounds is not None, "the table of moves wants grounds"
    asked = _make_extension(hours=hours, grounds=grounds, at=acting.now)
    ends = [end_of(acting.city, case, ClockKind.EXTENSION, acting.now), due_of_case(case)]
    due = min(end for end in ends if end is not None)
    clock = ending(acting.city, case, ClockKind.EXTENSION, acting.now, due, acting.now)
    fresh = without(case, ClockKind.EXTENSION)
    after = altered(fresh, extension=asked, clocks=(*fresh.clocks, clock))
    detail = f"{hours:g} h, {_grounds(acting)}; to be ruled on by {due:%Y-%m-%d %H:%M} UTC"
    return Change(after, (told(EventKind.EXTENSION_ASKED, detail=detail),))


def _not_extended(acting: Acting, case: Case) -> Refusal | None:
    """Why more time can't be asked for, or None."""
    policy = acting.city.settings.cases
    due = due_of_case(case)
    if case.extension is not None:
        return Refusal(Reason.STILL_PENDING, "ask_extension: the last request waits for its ruling")
    if due is None:
        return Refusal(Reason.NOTHING_PENDING, "ask_extension: the case has no limit to resolve it")
    if case.extensions >= policy.extensions:
        return Refusal(
            Reason.OVER_CAP, f"ask_extension: the city allows {policy.extensions} extensions of a case"
        )
    if due < acting.now:
        return Refusal(Reason.TOO_LATE, f"ask_extension: the limit passed at {due:%Y-%m-%d %H:%M} UTC")
    limit = _limit_to_resolve(case, due)
    cap = replace(limit, millis=int(limit.millis * policy.extension_share))
    if _asked(acting) > cap.millis:
        return Refusal(Reason.OVER_CAP, f"terms.hours: at most {_in_hours(cap)}")
    return None


def _limit_to_resolve(case: Case, due: datetime) -> LimitInForce:
    """The plan's limit; where it has none, what the limit that a signal brought gives in all."""
    limit = limit_of(case, ClockKind.RESOLVE)
    if limit is not None:
        return limit
    return LimitInForce((due - case.opened) // MILLI, False, WARN_SHARE, LimitLayer.OWN)


def rule_extension(acting: Acting, case: Case) -> Change | Refusal:
    """The reviewer grants more time or not; granted, every limit that may still be met is put off."""
    asked, due = case.extension, due_of_case(case)
    if asked is None or due is None:
        return Refusal(Reason.NOTHING_PENDING, "rule_extension: nobody asks for more time")
    match acting.terms.ruling:
        case Ruling.UPHOLD:
            length = replace(_limit_to_resolve(case, due), millis=millis_of(asked.hours))
            end = acting.city.due_after(acting.now, length)
            put_later = without(put_off(acting.city, case, acting.now, end), ClockKind.RESOLVE)
            after = altered(put_later, extension=None, extensions=case.extensions + 1)
            now_due = due_of_case(after)
            detail = f"{asked.hours:g} h, to be resolved by {now_due:%Y-%m-%d %H:%M} UTC"
            return Change(after, (told(EventKind.EXTENDED, detail=detail),))
        case Ruling.REJECT:
            return _refused(case, asked, Reason.ALLOWED_MOVE)
        case _:
            return Refusal(Reason.UNFIT_TERMS, "terms.ruling: give uphold or reject")


def extension_over(ringing: Ringing, case: Case) -> Change:
    """Nobody ruled in time: there is no more time."""
    assert case.extension is not None, "without a request no such clock runs"
    return _refused(case, case.extension, Reason.NO_RULING)


def _refused(case: Case, asked: AskedExtension, reason: Reason) -> Change:
    move = told(EventKind.EXTENSION_REFUSED, reason, f"{asked.hours:g} h, {asked.grounds}")
    return Change(altered(case, extension=None), (move,))


def _asked(acting: Acting) -> int:
    """Milliseconds that are asked for, in whatever time the limit that caps them runs."""
    hours = acting.terms.hours
    assert hours is not None, "the table of moves wants hours"
    return millis_of(hours)


def _in_hours(limit: LimitInForce) -> str:
    return f"{limit.hours:g} {'working hours' if limit.working else 'h'}"


def _grounds(acting: Acting) -> str:
    evidence = acting.terms.evidence
    return f"{acting.terms.grounds}" if evidence is None else f"{acting.terms.grounds}, document {evidence}"


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType(
    {ClockKind.SUSPEND: suspension_over, ClockKind.EXTENSION: extension_over}
)

MOVES = (
    Move(
        ActionKind.SUSPEND,
        HELD,
        (Stage.SUSPENDED,),
        EventKind.SUSPENDED,
        Actor.LEAD,
        suspend,
        needs=("grounds", "hours"),
    ),
    Move(
        ActionKind.RESUME,
        frozenset({Stage.SUSPENDED}),
        (Stage.SIGNED_FOR, Stage.IN_WORK),
        EventKind.RESUMED,
        Actor.LEAD_OR_REVIEWER,
        resume,
    ),
    Move(
        ActionKind.ASK_EXTENSION,
        HELD,
        (),
        EventKind.EXTENSION_ASKED,
        Actor.LEAD,
        ask_extension,
        needs=("grounds", "hours"),
    ),
    Move(
        ActionKind.RULE_EXTENSION,
        OPEN,
        (),
        EventKind.EXTENDED,
        Actor.REVIEWER,
        rule_extension,
        needs=("ruling",),
    ),
)
