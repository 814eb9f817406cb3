"""Time on each partition of the events: it never goes back, and no limit rings twice.

Clocks ring in the order of their due times, before the record that shows that it is so late. One that rang
early, or late, would have events before it, or behind it, whose time is on the other side.
"""

from collections.abc import Iterator
from datetime import datetime

from hub.contracts.cases import CaseEvent, EventKind
from hub.verify.violations import Violation, ViolationKind

CLOCK = "clock"
_RINGS = frozenset({EventKind.WARNED, EventKind.BREACHED})


class PartitionTimes:
    """Takes the events of partitions, each partition's in order."""

    def __init__(self) -> None:
        self._now: dict[int, datetime] = {}
        self._rung: set[tuple[str, str, EventKind, datetime]] = set()

    def __len__(self) -> int:
        return len(self._rung)

    def take(self, partition: int, event: CaseEvent) -> Iterator[Violation]:
        """Hold the next event of a partition against the time that it shows, and against rings before."""
        where = f"case {event.case_id} event {event.seq}"
        now = self._now.get(partition, event.at)
        if event.at < now:
            kind = ViolationKind.RANG_LATE if event.source == CLOCK else ViolationKind.RANG_EARLY
            found = f"at {event.at:%Y-%m-%d %H:%M:%S}, behind {now:%Y-%m-%d %H:%M:%S}"
            yield Violation(kind, where, found)
        self._now[partition] = max(now, event.at)
        if event.source != CLOCK:
            return
        for move in event.moves:
            ring = (event.case_id, event.source_id, move.kind, event.at)
            if move.kind in _RINGS and ring in self._rung:
                yield Violation(ViolationKind.RANG_TWICE, where, f"{move.kind} of {event.source_id}")
            self._rung.add(ring)
