"""Working time 工作时间 of a city: how much of it lies between two instants, and when so much has passed.

Pure but for the years that it has laid out once. Local hours become instants one by one, so a stretch of work
over a change of the clocks is as long as people really worked.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hub.citypack.calendar import Calendar, WorkHours
from hub.contracts.fields import EARLIEST, LATEST, to_millis_utc

MILLI = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY = timedelta(days=1)


def millis_of(hours: float) -> int:
    """Hours as whole milliseconds, cut as contracts cut an instant; raises ValueError below zero."""
    if hours < 0:
        raise ValueError(f"hours must not be negative, they are {hours:g}")
    return timedelta(hours=hours) // MILLI


@dataclass(frozen=True, slots=True)
class _Year:
    """The stretches of work that begin in one local year, in milliseconds since 1970."""

    opens: tuple[int, ...]
    closes: tuple[int, ...]
    before: tuple[int, ...]
    """Milliseconds worked in the year before each stretch."""
    total: int

    def worked_until(self, at: int) -> int:
        """Milliseconds worked in this year before an instant."""
        stretch = bisect_right(self.opens, at) - 1
        if stretch < 0:
            return 0
        return self.before[stretch] + min(at, self.closes[stretch]) - self.opens[stretch]

    def instant_of(self, worked: int, *, at_opening: bool) -> int:
        """The first or last instant at which so much was worked in this year, which must lie in it."""
        stretch = (bisect_right if at_opening else bisect_left)(self.before, worked) - 1
        return self.opens[stretch] + worked - self.before[stretch]


class WorkTime:
    """The working time of one calendar in one time zone, between the years 2000 and 2100."""

    def __init__(self, calendar: Calendar, timezone: str) -> None:
        self._calendar = calendar
        self._zone = ZoneInfo(timezone)
        self._hours = {weekday: calendar.hours_on(weekday) for weekday in range(1, 8)}
        self._holidays = frozenset(holiday.day for holiday in calendar.holidays)
        self._workdays = frozenset(calendar.workdays)
        self._weekend = frozenset(calendar.weekend)
        self._years: dict[int, _Year] = {}

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
        number = begun.astimezone(self._zone).year - 1
        # The last stretch of the year before may reach into this one.
        left = millis + self._worked_before(number, begun)
        at_opening = self._calendar.ends_at_opening
        while left > (year := self._year(number)).total or (at_opening and left == year.total):
            left -= year.total
            number += 1
        return to_millis_utc(_EPOCH + year.instant_of(left, at_opening=at_opening) * MILLI)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time between two instants; negative if the end lies before the start."""
        if end < start:
            return -self.between(end, start)
        begun, ended = to_millis_utc(start), to_millis_utc(end)
        first, last = (at.astimezone(self._zone).year for at in (begun, ended))
        whole = sum(self._year(number).total for number in range(first - 1, last - 1))
        return (whole + self._worked_before(last - 1, ended) - self._worked_before(first - 1, begun)) * MILLI

    def stretches(self, year: int) -> tuple[tuple[int, int], ...]:
        """When work opens and closes in a local year, in order, in milliseconds since 1970."""
        laid_out = self._year(year)
        return tuple(zip(laid_out.opens, laid_out.closes, strict=True))

    def _worked_before(self, number: int, at: datetime) -> int:
        """Milliseconds worked from the beginning of a year until an instant in it or in the next one."""
        moment = (at - _EPOCH) // MILLI
        return self._year(number).worked_until(moment) + self._year(number + 1).worked_until(moment)

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            if not EARLIEST.year - 2 <= number <= LATEST.year:
                raise ValueError(f"working time must end before {LATEST.year}")
            year = self._years[number] = _laid_out(list(self._stretches(number)))
        return year

    def _stretches(self, number: int) -> Iterator[tuple[int, int]]:
        """The stretches of work that begin in a local year, as instants in order, without overlap."""
        day, shut = date(number, 1, 1), 0
        while day.year == number:
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


def _laid_out(stretches: list[tuple[int, int]]) -> _Year:
    before, worked = [], 0
    for opens, closes in stretches:
        before.append(worked)
        worked += closes - opens
    return _Year(tuple(o for o, _ in stretches), tuple(c for _, c in stretches), tuple(before), worked)


def _length(stretch: WorkHours) -> timedelta:
    end = timedelta(days=1) if stretch.end == time(0) else _since_midnight(stretch.end)
    return end - _since_midnight(stretch.start)


def _since_midnight(at: time) -> timedelta:
    return timedelta(hours=at.hour, minutes=at.minute, seconds=at.second, microseconds=at.microsecond)
