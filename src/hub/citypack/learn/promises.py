"""The deadlines that a city gave its tickets, and working time over all of them at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

import numpy as np
from numpy.typing import NDArray

from hub.citypack.calendar import Calendar
from hub.citypack.learn.nearby import Indices, codes
from hub.citypack.learn.tickets import NO_DUE, Bools, Path, Seconds, Tickets
from hub.citypack.worktime import WorkTime

NEAR_S = 3600
"""A deadline worked out anew is near the real one if they are no farther apart than this."""

EXACT_S = 60
"""And exact up to the minute that a clerk's form shows."""


@dataclass(frozen=True, slots=True, eq=False)
class Promises:
    """Tickets that had a deadline: when they were opened, until when they were due, of which category."""

    paths: tuple[Path, ...]
    """The categories, by number."""
    category: Indices
    opened: Seconds
    due: Seconds

    @classmethod
    def of(cls, tickets: Tickets) -> Self:
        """The promises among some tickets."""
        return cls(
            tuple(dict.fromkeys(tickets.paths)), codes(tickets.paths), tickets.opened, tickets.due
        ).select(tickets.due != NO_DUE)

    def __len__(self) -> int:
        return len(self.opened)

    @property
    def years(self) -> range:
        """The years, by UTC, that the promises lie in, and one more on either side for the local ones."""
        first, last = (
            datetime.fromtimestamp(int(at), UTC).year for at in (self.opened.min(), self.due.max())
        )
        return range(first - 1, last + 2)

    def rows_of(self) -> Iterator[tuple[Path, Indices]]:
        """The rows of each category that has any, by number."""
        order = np.argsort(self.category, kind="stable")
        numbers, starts = np.unique(self.category[order], return_index=True)
        for number, rows in zip(numbers.tolist(), np.split(order, starts[1:]), strict=True):
            yield self.paths[number], rows

    def thinned(self, most: int) -> Self:
        """At most so many of the promises, evenly picked in order of opening."""
        step = -(-len(self) // most)
        return self.select(np.arange(len(self)) % step == 0) if step > 1 else self

    def select(self, rows: Bools) -> Self:
        """The promises for which ``rows`` is true; categories keep their numbers."""
        return type(self)(self.paths, self.category[rows], self.opened[rows], self.due[rows])


class WorkedSeconds:
    """`WorkTime` over columns of instants in seconds: the same rules, all rows at once."""

    def __init__(self, calendar: Calendar, timezone: str, years: range) -> None:
        worktime = WorkTime(calendar, timezone)
        stretches = [each for year in years for each in worktime.stretches(year)]
        laid_out: NDArray[np.int64] = np.array(stretches, dtype=np.int64).reshape(-1, 2) // 1000
        self._opens, self._closes = laid_out[:, 0], laid_out[:, 1]
        self._before = np.concatenate(([0], np.cumsum(self._closes - self._opens)))[:-1]
        self._at_opening = calendar.ends_at_opening

    def between(self, start: Seconds, end: Seconds) -> Seconds:
        """Working seconds between instants of the years laid out."""
        worked: Seconds = self._until(end) - self._until(start)
        return worked

    def add(self, start: Seconds, seconds: int) -> Seconds:
        """The instants at which so many working seconds have passed; past the last year it runs on and on."""
        worked = self._until(start) + seconds
        at = np.searchsorted(self._before, worked, side="right" if self._at_opening else "left") - 1
        ended: Seconds = self._opens[at] + worked - self._before[at]
        return ended

    def _until(self, at: Seconds) -> Seconds:
        stretch = np.searchsorted(self._opens, at, side="right") - 1
        known = np.maximum(stretch, 0)
        worked = self._before[known] + np.minimum(at, self._closes[known]) - self._opens[known]
        return np.where(stretch < 0, 0, worked)
