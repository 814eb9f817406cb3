"""Sums of what cases count for: parts are added and taken out, in any order, with the same result."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from hub.contracts.scores import HandlingBin, ScoreBy, ScoreCell, ScoreChange, ScorePart
from hub.contracts.trusted import trusted
from hub.domain.scoring.counts import NOTHING, by_name, counts_of
from hub.domain.scoring.handling import bin_of

_make_cell = trusted(ScoreCell)
_make_bin = trusted(HandlingBin)

Name = tuple[str, ScoreBy, str, str]
"""What names a cell: day, kind of subject, subject, district."""


class Delta(NamedTuple):
    """What changes in a cell: counts by name, handling times by bin; below 0 what is taken out."""

    counts: Mapping[str, int]
    handling: Mapping[int, int]


def deltas_of(change: ScoreChange) -> Iterator[tuple[Name, Delta]]:
    """What a change does to each cell; a cell that it leaves as it is is not named."""
    whole = _delta(change.before, change.after)
    if whole.counts or whole.handling:
        day, district = change.day, change.district
        yield (day, ScoreBy.DISTRICT, district, district), whole
        yield (day, ScoreBy.TOWN, change.town, district), whole
        yield (day, ScoreBy.CATEGORY, change.category, district), whole
    units = {part.unit for part in (*change.before, *change.after)}
    for unit in sorted(one for one in units if one is not None):
        own = whole
        if len(units) > 1:
            own = _delta(_of_unit(unit, change.before), _of_unit(unit, change.after))
        if own.counts or own.handling:
            yield (change.day, ScoreBy.UNIT, unit, change.district), own


def _of_unit(unit: str, parts: tuple[ScorePart, ...]) -> tuple[ScorePart, ...]:
    return tuple(part for part in parts if part.unit == unit)


def _delta(before: tuple[ScorePart, ...], after: tuple[ScorePart, ...]) -> Delta:
    was, now = _sums(before), _sums(after)
    handling: dict[int, int] = {}
    for sign, parts in ((-1, before), (1, after)):
        for part in parts:
            if part.handling_s is not None:
                index = bin_of(part.handling_s)
                handling[index] = handling.get(index, 0) + sign
    return Delta(
        {name: count - was[name] for name, count in now.items() if count != was[name]},
        {index: count for index, count in handling.items() if count},
    )


def _sums(parts: tuple[ScorePart, ...]) -> Mapping[str, int]:
    """The counts of all parts together; most cases have but one."""
    if len(parts) == 1:
        return by_name(parts[0].counts)
    counts = {**NOTHING}
    for part in parts:
        for name, count in by_name(part.counts).items():
            counts[name] += count
    return counts


class Sums:
    """Counts and handling times that grow and shrink."""

    __slots__ = ("changes", "counts", "handling")

    def __init__(self, cell: ScoreCell | None = None) -> None:
        self.changes = 0 if cell is None else cell.changes
        self.counts: dict[str, int] = {**(NOTHING if cell is None else by_name(cell.counts))}
        self.handling: dict[int, int] = {} if cell is None else {b.index: b.count for b in cell.handling}

    def add(self, delta: Delta) -> None:
        """Take in one change."""
        self.changes += 1
        for name, count in delta.counts.items():
            self.counts[name] += count
        for index, count in delta.handling.items():
            left = self.handling.get(index, 0) + count
            if left:
                self.handling[index] = left
            else:
                del self.handling[index]

    def cell(self, name: Name) -> ScoreCell:
        """The cell of these sums."""
        day, by, subject, district = name
        return _make_cell(
            day=day,
            by=by,
            subject=subject,
            district=district,
            changes=self.changes,
            counts=counts_of(self.counts),
            handling=tuple(_make_bin(index=at, count=self.handling[at]) for at in sorted(self.handling)),
        )


def cell_key(name: Name) -> str:
    """Key of a cell on its topic and in its table."""
    day, by, subject, district = name
    return f"{day}|{by}|{subject}|{district}"
