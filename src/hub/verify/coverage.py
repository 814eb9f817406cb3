"""Whether a step handled each record of a partition once: ledger entries' offset ranges against records."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from hub.contracts.operations import LedgerEntry
from hub.verify.violations import Violation, ViolationKind

Problems = Iterator[Violation]


@dataclass(frozen=True, slots=True)
class _Range:
    first: int
    last: int
    records: int


@dataclass(slots=True)
class Coverage:
    """The ranges that one step says it handled of one partition; records are then held against them in order.

    Offsets between ranges are normal: ends of transactions take some, and aborted records do.
    """

    where: str
    _ranges: list[_Range] = field(default_factory=list)
    _at: int = 0
    _seen: int = 0
    _first_seen: int | None = None

    def add(self, entry: LedgerEntry) -> Problems:
        """Take the next ledger entry of the partition."""
        told = f"{entry.first_offset} to {entry.last_offset}"
        room = entry.last_offset - entry.first_offset + 1
        counted = sum(count.count for count in entry.counts)
        if entry.records > room or counted > entry.records:
            found = f"offsets {told}, {entry.records} records, {counted} counted"
            yield Violation(ViolationKind.RANGE_IMPOSSIBLE, self.where, found)
        if self._ranges and entry.first_offset <= self._ranges[-1].last:
            before = self._ranges[-1]
            yield Violation(
                ViolationKind.RANGES_OVERLAP, self.where, f"{told}, after {before.first} to {before.last}"
            )
        self._ranges.append(_Range(entry.first_offset, entry.last_offset, entry.records))

    @property
    def truncated(self) -> bool:
        """Whether records that were handled are not kept any more."""
        return bool(self._ranges) and (self._first_seen is None or self._first_seen > self._ranges[0].first)

    def is_waiting(self, offset: int) -> bool:
        """Whether a record has not been handled yet."""
        return not self._ranges or offset > self._ranges[-1].last

    def see(self, offset: int) -> Problems:
        """Hold the next record of the partition against the ranges; call for handled ones only."""
        if self._first_seen is None:
            self._first_seen = offset
        while self._ranges[self._at].last < offset:
            yield from self._leave()
        if self._ranges[self._at].first > offset:
            yield Violation(
                ViolationKind.RECORD_SKIPPED,
                f"{self.where} offset {offset}",
                "no entry covers it, later ones do",
            )
        else:
            self._seen += 1

    def finish(self) -> Problems:
        """What is left to say once all records have been seen."""
        while self._first_seen is not None and self._at < len(self._ranges):
            yield from self._leave()

    def _leave(self) -> Problems:
        """Go on to the next range; one that begins before what is kept can't be counted."""
        now = self._ranges[self._at]
        if self._first_seen is not None and now.first >= self._first_seen and now.records != self._seen:
            found = (
                f"offsets {now.first} to {now.last}: entry says {now.records} records, {self._seen} are there"
            )
            yield Violation(ViolationKind.RANGE_MISCOUNTED, self.where, found)
        self._at += 1
        self._seen = 0
