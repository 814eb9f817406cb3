"""Finds the working calendar that a city reckoned its deadlines by: hours, weekend, days off."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from hub.citypack.calendar import Calendar, Holiday
from hub.citypack.learn.limits import LearnedLimit, judge_limits, learn_limits
from hub.citypack.learn.promises import Promises, WorkedSeconds

OPENINGS = 2
"""How many of the most frequent times of day of a deadline are tried as the opening, beside the given one."""

SHORTEST_DAY_H, LONGEST_DAY_H = 4, 12
"""Between these a closing is tried every half hour after an opening."""

WEEKENDS: tuple[tuple[int, ...], ...] = ((6, 7), (7,), (5, 6), ())
"""The weekends tried, beside the given one."""

QUIET_SHARE = 0.3
"""A day on which fewer than this share of a usual day's deadlines fall may be a day off."""

SAMPLE = 10_000
"""How many deadlines, evenly picked, are enough to tell the hours of a working day."""

LEAST_GAIN = 5
"""How many deadlines more must come near, or exact, for a day to change its kind."""

FOUND = "Day off, found from the deadlines"
"""The name of a holiday that nobody gave."""

Progress = Callable[[str, float], None]
"""Called with what is being looked for, and the share that is done."""


@dataclass(frozen=True, slots=True)
class Search:
    """A calendar on trial against promises in one time zone."""

    promises: Promises
    timezone: str

    def worked(self, calendar: Calendar) -> WorkedSeconds:
        """Working time by a calendar over all the years of the promises."""
        return WorkedSeconds(calendar, self.timezone, self.promises.years)

    def limits(self, calendar: Calendar) -> tuple[LearnedLimit, ...]:
        """The best limits with a calendar."""
        return learn_limits(self.promises, self.worked(calendar))

    def worth(self, calendar: Calendar) -> int:
        """What a calendar is worth with the best limits for it."""
        return sum(limit.fit.worth for limit in self.limits(calendar))

    def worth_with(self, calendar: Calendar, limits: tuple[LearnedLimit, ...]) -> int:
        """What a calendar is worth with given limits."""
        return judge_limits(limits, self.promises, self.worked(calendar)).worth


def learn_calendar(promises: Promises, given: Calendar, timezone: str, progress: Progress) -> Calendar:
    """The calendar that the deadlines speak for, beginning with the given one and its holidays."""
    best, sample = given, Search(promises.thinned(SAMPLE), timezone)
    for doing, variants in (
        ("hours of the working day", [*_hours(sample, given)]),
        ("where a limit ends", [{"ends_at_opening": at_opening} for at_opening in (False, True)]),
        ("weekend", [{"weekend": weekend} for weekend in WEEKENDS]),
    ):
        best = _best(sample, best, variants, partial(progress, doing))
    return _days_off(Search(promises, timezone), best, partial(progress, "days off"))


def _best(
    search: Search, given: Calendar, variants: list[dict[str, Any]], progress: Callable[[float], None]
) -> Calendar:
    """The given calendar or the variant of it that is worth most; the given one, then the first win a tie."""
    best, worth = given, search.worth(given)
    for number, variant in enumerate(variants, start=1):
        calendar = _with(given, variant)
        own = search.worth(calendar)
        if own > worth:
            best, worth = calendar, own
        progress(number / len(variants))
    return best


def _with(given: Calendar, changes: dict[str, Any]) -> Calendar:
    """The calendar with some fields changed; a simple day takes the place of all written hours."""
    kept = {name: getattr(given, name) for name in given.model_fields_set}
    if "work_start" in changes:
        kept = {name: value for name, value in kept.items() if name not in ("hours", "weekday_hours")}
    return Calendar(**(kept | changes))


def _hours(search: Search, given: Calendar) -> Iterator[dict[str, Any]]:
    """Every opening with every closing, as changes of a calendar."""
    for opening in _openings(search, given):
        for half_hours in range(2 * SHORTEST_DAY_H, 2 * LONGEST_DAY_H + 1):
            hour, minute = divmod(opening.hour * 60 + opening.minute + 30 * half_hours, 60)
            if hour < 24:
                yield {"work_start": opening, "work_end": time(hour, minute), "ends_at_opening": True}


def _openings(search: Search, given: Calendar) -> tuple[time, ...]:
    """The given opening and the times of day at which most deadlines fall, to the minute."""
    zone = ZoneInfo(search.timezone)
    ends = Counter(datetime.fromtimestamp(at, zone).strftime("%H:%M") for at in search.promises.due.tolist())
    often = (time.fromisoformat(text) for text, _ in ends.most_common(OPENINGS))
    return tuple(dict.fromkeys((given.hours_on(1)[0].start, *often)))


def _days_off(search: Search, given: Calendar, progress: Callable[[float], None]) -> Calendar:
    """The calendar with days off taken out or put in, one at a time, while deadlines gain by it."""
    best = given
    limits = search.limits(best)
    worth = search.worth_with(best, limits)
    days = _doubtful(search, best, limits)
    for number, day in enumerate(days, start=1):
        changed = _toggled(best, day)
        own = search.worth_with(changed, limits)
        if own >= worth + LEAST_GAIN:
            best = changed
            limits = search.limits(best)
            worth = search.worth_with(best, limits)
        progress(number / len(days))
    return best


def _toggled(calendar: Calendar, day: date) -> Calendar:
    """The calendar with a day off made a working day, or a working day made a day off."""
    others = tuple(holiday for holiday in calendar.holidays if holiday.day != day)
    if len(others) == len(calendar.holidays):
        others = tuple(sorted((*others, Holiday(day=day, name=FOUND)), key=lambda holiday: holiday.day))
    return _with(calendar, {"holidays": others})


def _doubtful(search: Search, calendar: Calendar, limits: tuple[LearnedLimit, ...]) -> list[date]:
    """The days worth a trial: given days off, and working days on which strangely few deadlines fall."""
    promises, zone = search.promises, ZoneInfo(search.timezone)
    by_work = {limit.path for limit in limits if limit.working}
    rows = np.array([path in by_work for path in promises.paths])[promises.category]
    due = Counter(datetime.fromtimestamp(at, zone).date() for at in promises.due[rows].tolist())
    if not due:
        return []
    first, last = min(due), max(due)
    # Far out only few deadlines fall on any day: a quiet one says nothing there.
    usual = median(due.values())
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    weekdays = [day for day in days if day.isoweekday() not in calendar.weekend]
    off = {holiday.day for holiday in calendar.holidays}
    near = {day: _around(due, day) for day in weekdays}
    return [
        day
        for day in weekdays
        if day in off or (near[day] >= usual / 2 and due[day] < QUIET_SHARE * near[day])
    ]


def _around(due: Counter[date], day: date) -> float:
    """How many deadlines fall on a usual day of the weeks around one, of the same weekday."""
    return median(due[day + timedelta(days=7 * weeks)] for weeks in (-2, -1, 1, 2))
