"""Sums of cells: weeks and months, districts and the whole city, are the cells of their days added up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.contracts.scores import ScoreBy, ScoreCell, ScoreCounts
from hub.domain.scoring.counts import NOTHING, by_name, counts_of
from hub.domain.scoring.periods import Period


@dataclass(frozen=True, slots=True)
class Merged:
    """Counts over any number of cells, and their handling times by bin of the sketch."""

    counts: ScoreCounts = field(default_factory=ScoreCounts)
    handling: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))


def merge(cells: Iterable[ScoreCell]) -> Merged:
    """The sum of cells, whatever their order. Give cells of one kind: a town's lie in its district's, too."""
    counts = {**NOTHING}
    handling: defaultdict[int, int] = defaultdict(int)
    for cell in cells:
        for name, count in by_name(cell.counts).items():
            counts[name] += count
        for one in cell.handling:
            handling[one.index] += one.count
    return Merged(counts_of(counts), MappingProxyType(dict(handling)))


def merged_by_subject(
    cells: Iterable[ScoreCell], by: ScoreBy, period: Period, district: str | None = None
) -> Mapping[str, Merged]:
    """The sums of a period for each subject of a kind, over all districts or in one; by code."""
    found: defaultdict[str, list[ScoreCell]] = defaultdict(list)
    for cell in _of_period(cells, by, period):
        if district is None or cell.district == district:
            found[cell.subject].append(cell)
    merged = ((subject, merge(theirs)) for subject, theirs in sorted(found.items()))
    return MappingProxyType({subject: sums for subject, sums in merged if any_counts(sums)})


def merged_city(cells: Iterable[ScoreCell], period: Period) -> Merged:
    """The sums of a period over the whole city."""
    return merge(_of_period(cells, ScoreBy.DISTRICT, period))


def any_counts(sums: Merged) -> bool:
    """Whether anything counts here; where all cases went elsewhere nothing does."""
    return any(by_name(sums.counts).values())


def _of_period(cells: Iterable[ScoreCell], by: ScoreBy, period: Period) -> Iterable[ScoreCell]:
    return (cell for cell in cells if cell.by is by and period.holds(cell.day))
