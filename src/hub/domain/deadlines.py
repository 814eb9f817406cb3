"""Clocks of a case: limits, warnings, breaches. They fire from the log's own time."""

from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.citypack.model import Limits
from hub.contracts.cases import Case, Clock, ClockKind, Member, Stage
from hub.contracts.fields import to_millis_utc
from hub.contracts.signals import Signal
from hub.contracts.trusted import altered, trusted

_make_clock = trusted(Clock)

GRACE = timedelta(minutes=15)
"""How long after it was done an action may arrive and still count from when it was done."""


def due_of(city: City, signal: Signal) -> datetime | None:
    """A signal's limit: its own, or the one of its category and urgency, from its event time."""
    if signal.due is not None:
        return signal.due
    hours = city.limits_of(signal.category, signal.urgency).resolve_h
    return _after(signal.time, hours) if hours is not None else None


def sign_for_clock(limits: Limits, opened: datetime, now: datetime) -> tuple[Clock, ...]:
    """The clock that runs until the accountable unit signs for the case, if the category has one."""
    if limits.sign_for_h is None:
        return ()
    due = _after(opened, limits.sign_for_h)
    return (_make_clock(kind=ClockKind.SIGN_FOR, warn_at=_warn_at(limits, opened, due, now), due=due),)


def _after(start: datetime, hours: float) -> datetime:
    """So many hours later, to the millisecond as contracts hold it."""
    return to_millis_utc(start + timedelta(hours=hours))


def with_resolve_clock(city: City, case: Case) -> Case:
    """The case with its resolve clock set to the earliest limit that its open signals have yet to meet."""
    others = tuple(clock for clock in case.clocks if clock.kind is not ClockKind.RESOLVE)
    waiting = [m for m in case.members if m.closed is None and m.met is None and m.due is not None]
    if case.stage in (Stage.RESOLVED, Stage.CLOSED) or not waiting:
        return altered(case, clocks=others)
    first = min(waiting, key=lambda member: (member.due, member.time))
    old = next((clock for clock in case.clocks if clock.kind is ClockKind.RESOLVE), None)
    if old is not None and old.due == first.due:
        return case
    limits = city.limits_of(case.category, case.urgency)
    warn_at = _warn_at(limits, first.time, first.due, case.changed) if first.due else None
    clock = _make_clock(kind=ClockKind.RESOLVE, warn_at=warn_at, due=first.due)
    return altered(case, clocks=(*others, clock))


def _warn_at(limits: Limits, start: datetime, due: datetime, now: datetime) -> datetime | None:
    """A share of the limit, to the millisecond; None where it is too late to warn."""
    if due <= start:
        return None
    millis = int((due - start) / timedelta(milliseconds=1) * limits.warn_share)
    warn_at = start + timedelta(milliseconds=millis)
    return warn_at if warn_at > now else None


def judged_at(at: datetime, arrived: datetime) -> datetime:
    """The time that counts for an action: when it was done, or its arrival if that is past the grace."""
    return at if timedelta(0) <= arrived - at <= GRACE else arrived


def close_member(member: Member, at: datetime) -> Member:
    """The signal closed; it met its limit if it was closed by it."""
    return altered(member, closed=at, met=None if member.due is None else at <= member.due)


def mark_overdue(member: Member, now: datetime) -> Member:
    """The signal marked as late, if its limit has passed while it is open."""
    late = member.closed is None and member.met is None and member.due is not None and member.due < now
    return altered(member, met=False) if late else member
