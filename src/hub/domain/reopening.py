"""Reopening: a case goes back to its unit 重办, or one level up 提级派单, as often as the city allows."""

from datetime import datetime

from hub.citypack.city import City
from hub.contracts.case_parts import Whistle
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Member, Stage
from hub.contracts.fields import Source
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.clocks import started, without
from hub.domain.moves import Change, told
from hub.domain.plans import end_of
from hub.domain.routing import Route, sent_on


def reopened(city: City, case: Case, now: datetime, reason: Reason, *, up: bool = False) -> Change | None:
    """The case open again: at its unit the first times, then (or with ``up``) at the unit above its lead.

    None where it was reopened as often as the city allows. At the very top it goes back to its unit.
    """
    policy = city.settings.cases
    if case.reopened >= policy.reopen_cap:
        return None
    again = open_again(city, case, now)
    above = next(iter(city.superiors_of(case.lead_unit or "")), None)
    if above is None or not (up or case.reopened >= policy.reopen_same_unit):
        return Change(again, (_told(again, reason, "same unit"),))
    until = f"{case.lead_unit} answers until it has signed"
    sent_up, routed = sent_on(city, again, Route(above, Reason.RAISED_TO_ABOVE, until), now)
    if case.supervisor == above:
        sent_up = altered(sent_up, supervisor=None)  # who takes a case on does not watch over itself
    return Change(sent_up, (routed, _told(again, reason, f"one level up, to {above}")))


def open_again(city: City, case: Case, now: datetime, only: Source | None = None) -> Case:
    """The case in work again, its signals (or only one) open: with a fresh limit where theirs is over.

    What departments were still co-signing they must co-sign again.
    """
    open_case = altered(
        without(case, *ClockKind),
        stage=Stage.IN_WORK,
        closed=None,
        members=signals_again(city, case, now, only),
        whistle=_uncosigned(case.whistle),
        reopened=case.reopened + 1,
        attempts=0,
    )
    fresh = started(city, case, ClockKind.RESOLVE, now, now)
    kept = tuple(clock for clock in case.clocks if clock.kind is ClockKind.EXCLUSION)
    return altered(open_case, clocks=kept if fresh is None else (*kept, fresh))


def signals_again(city: City, case: Case, now: datetime, only: Source | None) -> tuple[Member, ...]:
    """The signals of a case with those open again that were closed, all or the one that is named."""
    return tuple(
        _again(city, case, m, now)
        if m.closed is not None and (only is None or (m.source, m.source_id) == (only.source, only.id))
        else m
        for m in case.members
    )


def _uncosigned(whistle: Whistle | None) -> Whistle | None:
    """The whistle with nothing co-signed, unless the departments had all agreed before."""
    if whistle is None or whistle.agreed is not None:
        return whistle
    return altered(
        whistle, done=None, summoned=tuple(altered(one, cosigned=None) for one in whistle.summoned)
    )


def _again(city: City, case: Case, member: Member, now: datetime) -> Member:
    """A signal open again; that it missed a limit before is not forgotten for the fresh one."""
    if member.due is None or member.due >= now:
        return altered(member, closed=None, met=None)
    fresh = end_of(city, case, ClockKind.RESOLVE, now)
    if fresh is None:
        return altered(member, closed=None, met=False)
    return altered(member, closed=None, met=None, due=fresh, missed=member.missed or member.met is False)


def _told(case: Case, reason: Reason, where: str) -> CaseMove:
    return told(EventKind.REOPENED, reason, f"reopened {case.reopened} time(s); {where}")
