"""Signals of a case: what a case keeps of each, when it counts as done, whether it met its limit."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.cases import Case, ClockKind, Member, Stage
from hub.contracts.fields import Feed, Urgency
from hub.contracts.signals import Signal
from hub.contracts.trusted import altered, trusted

_URGENCIES = tuple(Urgency)

_make_member = trusted(Member)

GRACE = timedelta(minutes=15)
"""How long after it was done an action may arrive and still count from when it was done."""


def member_of(city: City, signal: Signal) -> Member:
    """What a case keeps of a signal."""
    return _make_member(
        source=signal.source,
        source_id=signal.id,
        feed=signal.feed,
        category=signal.category,
        urgency=signal.urgency,
        town=signal.town,
        cell=signal.cell,
        point=signal.point,
        site=signal.site,
        time=signal.time,
        due=due_of(city, signal),
        closed=None,
        met=None,
        wants_callback=signal.wants_callback,
        hazard=signal.hazard,
        appellant=signal.appellant if city.repeats.help is not None else None,
    )


def due_of(city: City, signal: Signal) -> datetime | None:
    """A signal's limit: its own, or the one of its category and urgency, from its event time."""
    if signal.due is not None:
        return signal.due
    limit = city.limit_of(ClockKind.RESOLVE, signal.category, signal.urgency)
    return None if limit is None else city.due_after(signal.time, limit)


def judged_at(at: datetime, arrived: datetime) -> datetime:
    """The time that counts for an action: when it was done, or its arrival if that is past the grace."""
    return at if timedelta(0) <= arrived - at <= GRACE else arrived


def close_member(member: Member, at: datetime) -> Member:
    """The signal closed; it met its limit if it was closed by it."""
    return altered(member, closed=at, met=None if member.due is None else at <= member.due)


def with_all_closed(case: Case, at: datetime) -> Case:
    """The case with every signal closed that was not."""
    return altered(case, members=tuple(m if m.closed else close_member(m, at) for m in case.members))


def has_met(member: Member) -> bool | None:
    """Whether a signal met its limit; one that missed it before its case was reopened did not."""
    return False if member.missed else member.met


def with_reopened(case: Case, closed_at: datetime) -> Case:
    """The case with the signals open again that were closed at that time; limits over by then are missed."""
    members = tuple(
        mark_overdue(altered(m, closed=None, met=None), closed_at) if m.closed == closed_at else m
        for m in case.members
    )
    return altered(case, members=members)


def is_waiting(member: Member) -> bool:
    """Whether a signal has a limit that it may still meet."""
    return member.closed is None and member.met is None and member.due is not None


def mark_overdue(member: Member, now: datetime) -> Member:
    """The signal marked as late, if its limit has passed while it is open."""
    late = is_waiting(member) and member.due is not None and member.due < now
    return altered(member, met=False) if late else member


def signals_of(case: Case) -> tuple[Member, ...]:
    """The signals of a case; those of one that was joined are the other case's, and counted there."""
    return () if case.stage is Stage.JOINED else case.members


def due_of_case(case: Case) -> datetime | None:
    """The earliest limit of the open signals; once none is open, the latest limit of all."""
    signals = signals_of(case)
    waiting = [m.due for m in signals if m.due and m.closed is None]
    if waiting:
        return min(waiting)
    return max((m.due for m in signals if m.due), default=None)


def met_of_case(case: Case) -> bool | None:
    """False if a signal missed its limit; True if each that has one met it; None while that is open."""
    answers = {has_met(m) for m in signals_of(case) if m.due is not None}
    if False in answers:
        return False
    return True if answers == {True} else None


def highest(urgencies: Iterable[Urgency]) -> Urgency:
    """The highest of some urgencies."""
    return max(urgencies, key=_URGENCIES.index)


def wants_callback(case: Case) -> bool:
    """Whether a citizen of the case wants to be called back."""
    return any(member.wants_callback for member in case.members)


def is_hazard(case: Case) -> bool:
    """Whether an inspector's finding is among the signals of a case."""
    return any(member.hazard is not None for member in case.members)


def is_complaint(case: Case) -> bool:
    """Whether a citizen or a sensor speaks of a case, and no inspector."""
    return not is_hazard(case) and any(member.feed in _SPEAKS for member in case.members)


_SPEAKS = frozenset({Feed.HOTLINE, Feed.SENSOR})
