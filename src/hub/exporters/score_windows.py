"""Folds the daily sums of scores into those of 7 and 28 days: city, districts, towns, units. Pure."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import NamedTuple

from hub.contracts.scores import ScoreBy, ScoreCell
from hub.domain.scoring.counts import COUNTS, NOTHING, by_name, counts_of
from hub.domain.scoring.merging import Merged

WEEK, MONTH = 7, 28
"""Days of a window, up to the newest that any score is of: whole weeks, so that no weekend weighs twice."""

CITY = "city"
"""Kind and name of the whole city among the scopes."""

_DAYS: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        CITY: (WEEK, MONTH),
        ScoreBy.DISTRICT: (WEEK, MONTH),
        # A town or a unit has few cases in a week.
        ScoreBy.TOWN: (MONTH,),
        ScoreBy.UNIT: (MONTH,),
    }
)


class Scope(NamedTuple):
    """What a figure is of: kind and code of the subject, and how many days."""

    by: str
    subject: str
    days: int


@dataclass(frozen=True, slots=True)
class _Packed:
    """A cell in few bytes: a city has some forty thousand of them in a month."""

    counts: tuple[int, ...]
    bins: "array[int]"
    """Index and count of each bin of handling times, one after the other."""


class ScoreWindows:
    """Takes cells in order; memory grows with the subjects of `MONTH` days."""

    def __init__(self) -> None:
        self._cells: defaultdict[tuple[str, str], dict[tuple[str, str], _Packed]] = defaultdict(dict)
        self._newest: date | None = None
        self._stale: set[tuple[str, str]] = set()
        self._figures: Mapping[Scope, Merged] = {}

    def take(self, cell: ScoreCell) -> None:
        """One cell; it stands in place of the same cell before. Cells by category have no window."""
        if cell.by not in _DAYS:
            return
        day = date.fromisoformat(cell.day)
        if self._newest is None or day > self._newest:
            self._newest = day
            self._forget(before=_first(day, MONTH))
        if cell.day >= _first(self._newest, MONTH):
            self._cells[cell.by, cell.subject][cell.day, cell.district] = _packed(cell)
            self._stale.add((cell.by, cell.subject))

    def figures(self) -> Mapping[Scope, Merged]:
        """The sums of each window as they are now; the same object while nothing changes."""
        if self._stale:
            figures = dict(self._figures)
            for by, subject in self._stale:
                for days in _DAYS[by]:
                    figures[Scope(by, subject, days)] = _merged(self._in_window(by, subject, days))
            for days in _DAYS[CITY]:
                figures[Scope(CITY, CITY, days)] = _city_of(figures, days)
            self._figures = {scope: merged for scope, merged in figures.items() if merged.counts.cases}
            self._stale = set()
        return self._figures

    def _in_window(self, by: str, subject: str, days: int) -> Iterable[_Packed]:
        assert self._newest is not None, "there are cells"
        first = _first(self._newest, days)
        cells = self._cells.get((by, subject), {})
        return [cell for (day, _), cell in cells.items() if day >= first]

    def _forget(self, before: str) -> None:
        """A new day begins: every window moves on."""
        self._stale.update(self._cells)
        for name, cells in list(self._cells.items()):
            for key in [key for key in cells if key[0] < before]:
                del cells[key]
            if not cells:
                del self._cells[name]


def _first(newest: date, days: int) -> str:
    return (newest - timedelta(days=days - 1)).isoformat()


def _packed(cell: ScoreCell) -> _Packed:
    bins = array("q")
    for one in cell.handling:
        bins.extend((one.index, one.count))
    return _Packed(tuple(by_name(cell.counts).values()), bins)


def _merged(cells: Iterable[_Packed]) -> Merged:
    counts = [0] * len(COUNTS)
    handling: defaultdict[int, int] = defaultdict(int)
    for cell in cells:
        counts = [had + more for had, more in zip(counts, cell.counts, strict=True)]
        for at in range(0, len(cell.bins), 2):
            handling[cell.bins[at]] += cell.bins[at + 1]
    return Merged(counts_of(dict(zip(COUNTS, counts, strict=True))), dict(handling))


def _city_of(figures: Mapping[Scope, Merged], days: int) -> Merged:
    """The whole city is the sum of its districts."""
    counts = {**NOTHING}
    handling: defaultdict[int, int] = defaultdict(int)
    for scope, merged in figures.items():
        if scope.by == ScoreBy.DISTRICT and scope.days == days:
            for name, count in by_name(merged.counts).items():
                counts[name] += count
            for index, count in merged.handling.items():
                handling[index] += count
    return Merged(counts_of(counts), dict(handling))
