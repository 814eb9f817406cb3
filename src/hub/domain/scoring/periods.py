"""Periods that scores are read by: days, ISO weeks and months of the city's own calendar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Self

_DAY = timedelta(days=1)
_MONTH = re.compile(r"\d{4}-\d\d")
_WEEK = re.compile(r"\d{4}-W\d\d")


class PeriodKind(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    """From Monday to Sunday, numbered as ISO 8601 does."""
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both among them; ISO days compare as text."""

    name: str
    first: date
    last: date

    @classmethod
    def named(cls, name: str) -> Self:
        """The period called 2015-03-02, 2015-W10 or 2015-03. Raises ValueError for another name."""
        if _MONTH.fullmatch(name):
            first = date.fromisoformat(f"{name}-01")
            return cls(name, first, (first.replace(day=28) + 4 * _DAY).replace(day=1) - _DAY)
        first = date.fromisoformat(name)
        if _WEEK.fullmatch(name):
            return cls(name, first, first + 6 * _DAY)
        if first.isoformat() != name:
            raise ValueError(f"{name} is no period")
        return cls(name, first, first)

    @classmethod
    def of(cls, day: str, kind: PeriodKind) -> Self:
        """The period of a kind that a day such as 2015-03-02 lies in."""
        match kind:
            case PeriodKind.DAY:
                return cls.named(day)
            case PeriodKind.WEEK:
                year, week, _ = date.fromisoformat(day).isocalendar()
                return cls.named(f"{year:04}-W{week:02}")
            case PeriodKind.MONTH:
                return cls.named(day[:7])

    def holds(self, day: str) -> bool:
        """Whether a day such as 2015-03-02 lies in it."""
        return self.first.isoformat() <= day <= self.last.isoformat()

    def days(self) -> Iterator[str]:
        """Its days in order."""
        for number in range((self.last - self.first).days + 1):
            yield (self.first + number * _DAY).isoformat()
