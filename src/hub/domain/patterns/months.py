"""Months of the calendar, in which topics are chosen, towns reviewed and needs measured."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class Month(NamedTuple):
    """A month of a year; months order as time does."""

    year: int
    month: int

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.month, 1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return monthrange(self.year, self.month)[1]

    @property
    def last(self) -> date:
        """Its last day."""
        return date(self.year, self.month, self.days)

    def plus(self, months: int) -> Month:
        """The month so many months later; earlier for a negative number."""
        years, month = divmod(self.month - 1 + months, 12)
        return Month(self.year + years, month + 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def whole_months(days: Iterable[date]) -> tuple[Month, ...]:
    """The months that are known, in order: wholly between the first and the last day, with any day at all."""
    known = set(days)
    if not known:
        return ()
    first, last = min(known), max(known)
    months = sorted({Month.of(day) for day in known})
    return tuple(month for month in months if first <= month.first and month.last <= last)
