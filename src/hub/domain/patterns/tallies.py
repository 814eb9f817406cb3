"""Daily counts as the patterns need them: what a day brought for one subject in one district."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from hub.contracts.scores import ScoreCell


class Tally(NamedTuple):
    """Counts that add up; see the contract `ScoreCounts` for what each one is."""

    appeals: int = 0
    assessed: int = 0
    repeat: int = 0
    asked_solved: int = 0
    solved: int = 0
    asked_satisfied: int = 0
    satisfied: int = 0

    def plus(self, other: Tally) -> Tally:
        """The sum of both."""
        return Tally(*(one + two for one, two in zip(self, other, strict=True)))


class Daily(NamedTuple):
    """What one day brought for one subject (a category or a town) in one district."""

    day: date
    subject: str
    district: str
    tally: Tally


NONE = Tally()
"""Nothing at all."""


def sums(days: Iterable[Daily], key: Callable[[Daily], str]) -> dict[str, Tally]:
    """The tallies of days, added up by a key."""
    found: dict[str, Tally] = {}
    for one in days:
        at = key(one)
        found[at] = one.tally.plus(found[at]) if at in found else one.tally
    return found


def total(tallies: Iterable[Tally]) -> Tally:
    """The sum of tallies."""
    found = NONE
    for tally in tallies:
        found = found.plus(tally)
    return found


def daily_of(cell: ScoreCell) -> Daily:
    """What a cell of the scores says, as the patterns need it."""
    counts = cell.counts
    tally = Tally(**{name: getattr(counts, name) for name in Tally._fields})
    # A year of a city has a million of these, of a few hundred days, subjects and districts.
    return Daily(_day_of(cell.day), _shared(cell.subject), _shared(cell.district), tally)


_day_of = lru_cache(maxsize=4096)(date.fromisoformat)


@lru_cache(maxsize=65_536)
def _shared(code: str) -> str:
    """The same text for equal codes."""
    return code
