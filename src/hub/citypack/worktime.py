"""Working time 工作时间 of a city: how much of it lies between two instants, and when so much has passed.

Pure but for the years that it keeps laid out. Local hours become instants one by one, so a stretch of work
over a change of the clocks is as long as people really worked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate
from zoneinfo import ZoneInfo

from hub.citypack.calendar import Calendar, WorkHours
from hub.contracts.fields import LATEST, to_millis_utc

MILLI = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def millis_of(hours: float) -> int:
    """Hours as whole milliseconds, cut as contracts cut an instant; raises ValueError below zero."""
    if hours < 0:
        raise ValueError(f"hours must not be negative, they are {hours:g}")
    return timedelta(hours=hours) // MILLI


class WorkTime:
    """The working time of one calendar in one time zone, between the years 2000 and 2100."""

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self._calendar = calendar
        self._zone = ZoneInfo(timezone)
        self._hours = {weekday: calendar.hours_on(weekday) for weekday in range(1, 8)}
        self._holidays = frozenset(holiday.day for holiday in calendar.holidays)
        self._workdays = frozenset(calendar.workdays)
        self._weekend = frozenset(calendar.weekend)
        self._years = range(0)
        # The stretches of work of those years, in milliseconds since 1970, and what was worked before each.
        self._opens: list[int] = []
        self._closes: list[int] = []
        self._before: list[int] = []
        self._total = 0

    def local(self, at: datetime) -> datetime:
        """An instant as the city's clocks show it."""
        return at.astimezone(self._zone)

    @property
    def working_day_hours(self) -> float:
        """Hours of a usual working day: the longest of the week's working days."""
        days = (self._hours[weekday] for weekday in range(1, 8) if weekday not in self._weekend)
        return max(sum(map(_length, day), timedelta(0)) for day in days) / timedelta(hours=1)

    def works_on(self, day: date) -> bool:
        """Whether a local day is a working day."""
        if day in self._workdays:
            return True
        return day.isoweekday() not in self._weekend and day not in self._holidays

    def is_working(self, at: datetime) -> bool:
        """Whether an instant lies in working time; the end of a stretch does not."""
        return self.between(at, at + MILLI) > timedelta(0)

    def add(self, start: datetime, hours: float) -> datetime:
        """The instant at which so many working hours have passed, in UTC to the millisecond.

        A start outside working time counts from the next opening. Hours that end with a stretch of work end
        there, or at the next opening if the calendar says so. No hours at all lead back to the start. Raises
        ValueError beyond 2100.
        """
        return self.add_millis(start, millis_of(hours))

    def add_millis(self, start: datetime, millis: int) -> datetime:
        """As `add`, for whole milliseconds of working time."""
        if millis < 0:
            raise ValueError(f"working time must not be negative, it is {millis} ms")
        begun = to_millis_utc(start)
        if not millis:
            return begun
        at_opening = self._calendar.ends_at_opening
        self._lay_out(begun.year, begun.year)
        worked = self._worked_until(begun) + millis
        while worked > self._total or (at_opening and worked == self._total):
            if self._years.stop > LATEST.year + 1:
                raise ValueError(f"working time must end before {LATEST.year}")
            # Twice as far each time: a far end is found by laying out few times.
            farther = self._years.stop + len(self._years)
            self._lay_out(begun.year, min(farther, LATEST.year))
        stretch = (bisect_right if at_opening else bisect_left)(self._before, worked) - 1
        ended = self._opens[stretch] + worked - self._before[stretch]
        return to_millis_utc(_EPOCH + ended * MILLI)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; negative if the end lies before the start."""
        begun, ended = to_millis_utc(start), to_millis_utc(end)
        self._lay_out(min(begun.year, ended.year), max(begun.year, ended.year))
        return (self._worked_until(ended) - self._worked_until(begun)) * MILLI

    def stretches(self, year: int) -> tuple[tuple[int, int], ...]:
        """When work opens and closes in a local year, in order, in milliseconds since 1970."""
        return tuple(self._stretches(year))

    def _worked_until(self, at: datetime) -> int:
        """Milliseconds worked from the first year laid out until an instant of those years."""
        moment = (at - _EPOCH) // MILLI
        stretch = bisect_right(self._opens, moment) - 1
        if stretch < 0:
            return 0
        return self._before[stretch] + min(moment, self._closes[stretch]) - self._opens[stretch]

    def _lay_out(self, first: int, last: int) -> None:
        """Lay out some years, by UTC, and one more on either side: there the local year may be another."""
        if self._years and first > self._years.start and last < self._years.stop - 1:
            return
        known = self._years or range(first, last + 1)
        years = range(min(known.start, first - 1), max(known.stop, last + 2))
        stretches = [each for year in years for each in self._stretches(year)]
        self._opens, self._closes = [opens for opens, _ in stretches], [closes for _, closes in stretches]
        lengths = accumulate((closes - opens for opens, closes in stretches), initial=0)
        *self._before, self._total = lengths
        self._years = years

    def _stretches(self, year: int) -> Iterator[tuple[int, int]]:
        """The stretches of work that begin in a local year, as instants in order, without overlap."""
        day, shut = date(year, 1, 1), 0
        while day.year == year:
            if self.works_on(day):
                for stretch in self._hours[day.isoweekday()]:
                    opens, closes = self._instants(day, stretch)
                    # Where the clocks go forward, a stretch may begin in the hour that there is not.
                    opens = max(opens, shut)
                    if opens < closes:
                        yield opens, closes
                        shut = closes
            day += _DAY

    def _instants(self, day: date, stretch: WorkHours) -> tuple[int, int]:
        until = day if stretch.end != time(0) else day + _DAY
        return self._instant(day, stretch.start), self._instant(until, stretch.end)

    def _instant(self, day: date, local: time) -> int:
        return (datetime.combine(day, local, self._zone) - _EPOCH) // MILLI


def _length(stretch: WorkHours) -> timedelta:
    end = timedelta(days=1) if stretch.end == time(0) else _since_midnight(stretch.end)
    return end - _since_midnight(stretch.start)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
