"""Rows of limits.csv name a kind, stand once, can answer, and let a unit sign before it must be done."""

from collections.abc import Iterator

from hub.citypack.city import City
from hub.citypack.draft import Draft, Entry, Mistake
from hub.citypack.limits import LIMIT_KINDS, LimitInForce
from hub.citypack.model import LimitRow
from hub.contracts.cases import ClockKind
from hub.contracts.fields import Urgency

_BY_URGENCY = (ClockKind.SIGN_FOR, ClockKind.RESOLVE)


def check(draft: Draft) -> Iterator[Mistake]:
    """Mistakes that a row shows by itself, or beside the others."""
    first: dict[tuple[object, ...], Entry[LimitRow]] = {}
    for entry in draft.limits.entries:
        row = entry.model
        if row.kind not in LIMIT_KINDS:
            fix = "write sign_for, resolve, callback or another"
            yield entry.mistake("kind", f"{row.kind.value} is no limit", fix)
        elif row.hours is None and row.kind not in _BY_URGENCY:
            problem = f"a case must not wait for ever, and {row.kind.value} ends a wait"
            yield entry.mistake("hours", problem, "give hours, or leave the row out: a limit is built in")
        if row.urgency is Urgency.UNKNOWN:
            yield entry.mistake("urgency", "unknown is no urgency", "leave it empty, or write life, utility…")
        earlier = first.setdefault((row.kind, row.category, row.urgency, row.level), entry)
        if earlier is not entry:
            problem = f"line {earlier.line} gives the same limit to the same cases"
            yield entry.mistake("kind", problem, "remove one of the two")
        yield from _silenced(draft, entry)
    if not draft.calendar.model.years:
        yield from _without_holidays(draft)


def _silenced(draft: Draft, entry: Entry[LimitRow]) -> Iterator[Mistake]:
    """A row for all categories and urgencies where city.yaml has an answer for every urgency before it."""
    row = entry.model
    if row.kind not in _BY_URGENCY or row.category is not None or row.urgency is not None:
        return
    by_urgency = draft.settings.model.limits_by_urgency.values()
    hours = [each.sign_for_h if row.kind is ClockKind.SIGN_FOR else each.resolve_h for each in by_urgency]
    if None not in hours:
        problem = "never answers: limits_by_urgency of city.yaml answers for every urgency before it"
        yield entry.mistake("kind", problem, "name an urgency or category here too, or leave theirs out")


def _without_holidays(draft: Draft) -> Iterator[Mistake]:
    """Limits in working hours; for a calendar that lists the holidays of no year."""
    problem = "working hours, but calendar.yaml lists the holidays of no year"
    fix = "list holidays and years there, or write working: false"
    for row in draft.limits.entries:
        if row.model.working:
            yield row.mistake("working", problem, fix)
    for category in draft.categories.entries:
        if category.model.limits is not None and category.model.limits.working:
            yield category.mistake("limits", problem, fix)
    if any(limits.working for limits in draft.settings.model.limits_by_urgency.values()):
        yield draft.settings.mistake("limits_by_urgency", problem, fix)


def check_city(draft: Draft, city: City) -> Iterator[Mistake]:
    """Mistakes of a row against what else is in force for the same cases."""
    for entry in draft.limits.entries:
        row = entry.model
        if row.kind not in _BY_URGENCY:
            continue
        asked = (row.category or "", row.urgency or Urgency.UNKNOWN, row.level)
        sign_for = city.limit_of(ClockKind.SIGN_FOR, *asked)
        resolve = city.limit_of(ClockKind.RESOLVE, *asked)
        if sign_for and resolve and _longer(sign_for, resolve):
            problem = f"sign_for has {sign_for.hours:g} h where resolve has {resolve.hours:g} h"
            yield entry.mistake("hours", problem, "let a case be signed for before it must be resolved")


def _longer(one: LimitInForce, other: LimitInForce) -> bool:
    """Whether a limit is surely longer: working hours and hours of the calendar say nothing of each other."""
    return one.working == other.working and one.millis > other.millis
