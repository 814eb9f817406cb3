"""All that deadlines teach: a working calendar, a limit per category, and how well they do. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

from hub.citypack.calendar import Calendar
from hub.citypack.learn.limits import Fit, LearnedLimit, judge_limits, learn_limits
from hub.citypack.learn.profile import Facts
from hub.citypack.learn.promises import Promises, WorkedSeconds
from hub.citypack.learn.tickets import Path
from hub.citypack.learn.working_hours import Progress, learn_calendar
from hub.citypack.model import LimitRow
from hub.contracts.cases import ClockKind
from hub.errors import HubError

_DECIMALS = 4


@dataclass(frozen=True, slots=True)
class LearnedLimits:
    """The calendar and the limits that some deadlines speak for."""

    calendar: Calendar
    limits: tuple[LearnedLimit, ...]
    timezone: str

    def written(self) -> Self:
        """What of it goes into a pack: the limits with enough support."""
        return replace(self, limits=tuple(limit for limit in self.limits if limit.speaks))

    def judge(self, promises: Promises) -> Fit:
        """How deadlines by these limits compare with real ones; those of no limit count as missed."""
        worked = WorkedSeconds(self.calendar, self.timezone, promises.years)
        return judge_limits(self.limits, promises, worked)


def learn_with(promises: Promises, calendar: Calendar, timezone: str) -> LearnedLimits:
    """The limits that fit best if working time is by a given calendar."""
    worked = WorkedSeconds(calendar, timezone, promises.years)
    return LearnedLimits(calendar, learn_limits(promises, worked), timezone)


def learn_from(promises: Promises, facts: Facts, progress: Progress) -> LearnedLimits:
    """The calendar and limits that fit best, beginning with the calendar of the profile."""
    calendar = learn_calendar(promises, facts.calendar, facts.timezone, progress)
    return learn_with(promises, calendar, facts.timezone)


def learn_elapsed(promises: Promises, facts: Facts) -> LearnedLimits:
    """The limits that fit best in hours of the calendar alone, to compare with."""
    worked = WorkedSeconds(facts.calendar, facts.timezone, promises.years)
    return LearnedLimits(facts.calendar, learn_limits(promises, worked, kinds=(False,)), facts.timezone)


def parted(promises: Promises, since: int | None) -> tuple[Promises, Promises]:
    """The promises before and from a moment in seconds since 1970; without one, two thirds into their time.

    Raises HubError if there are none on one side.
    """
    if not len(promises):
        raise HubError(
            "No ticket of the file has a deadline.",
            fix="name the column of the deadline as `due` in the profile, or give another file",
        )
    first, last = int(promises.opened.min()), int(promises.opened.max())
    at = first + (last - first) * 2 // 3 if since is None else since
    before, later = promises.select(promises.opened < at), promises.select(promises.opened >= at)
    if not len(before) or not len(later):
        side = "before" if not len(before) else "on or after"
        raise HubError(f"No ticket with a deadline was opened {side} that day.", fix="choose another day")
    return before, later


def limit_rows(
    limits: tuple[LearnedLimit, ...], code_of: Callable[[Path], str | None]
) -> tuple[LimitRow, ...]:
    """Rows of limits.csv for some limits, by category; without those that have no code."""
    rows = {}
    for limit in limits:
        code = code_of(limit.path)
        if code is not None:
            rows[code] = LimitRow(
                kind=ClockKind.RESOLVE,
                category=code,
                hours=round(limit.seconds / 3600, _DECIMALS),
                working=limit.working,
                note=f"{limit.fit.near} of {limit.fit.tickets} deadlines within an hour of it",
            )
    return tuple(rows[code] for code in sorted(rows))
