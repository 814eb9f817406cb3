"""What a part of a worker shows of itself while it works: for metrics and health, read from any thread."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from hub.runtime.task import PartitionTask

Partition = tuple[str, int]

PULSE_S = 1.0
"""How old what a turning loop shows of itself may be."""

STATISTICS_MS = 5_000
"""How often the client tells its loop what waits in its queues."""


@dataclass(frozen=True, slots=True)
class Pulse:
    """A part of a worker at one moment. Steps that hold no partition are not named."""

    ready: bool = False
    """Whether its share of the partitions, which may be none, is assigned and restored."""

    held: Mapping[Partition, str] = field(default_factory=dict)
    """The step of each partition."""
    rows: Mapping[str, int] = field(default_factory=dict)
    """Rows of each step that keeps state."""
    row_bytes: Mapping[str, int] = field(default_factory=dict)
    """Their size as they are encoded, without keys and indexes."""
    fetched: int = 0
    """Records that are fetched and not handled yet."""


class Beating(Protocol):
    """A part of a worker that takes records from partitions of its group."""

    @property
    def worker(self) -> str:
        """The last part of its group's name."""

    @property
    def pulse(self) -> Pulse:
        """How it is, from any thread."""


def pulse_of(tasks: Iterable[PartitionTask], *, ready: bool, fetched: int) -> Pulse:
    """What these tasks hold. Costs a microsecond or so for each task; looks at no row."""
    held: dict[Partition, str] = {}
    rows: Counter[str] = Counter()
    size: Counter[str] = Counter()
    for task in tasks:
        held[task.topic, task.partition] = task.step.name
        if task.step.stateful:
            count, encoded = task.state.size()
            rows[task.step.name] += count
            size[task.step.name] += encoded
    return Pulse(ready, held, rows, size, fetched)


def fetched_records(statistics: str) -> int:
    """The length of a consumer's fetch queues, from what librdkafka tells of itself (JSON)."""
    told = json.loads(statistics)
    return sum(
        int(partition["fetchq_cnt"])
        for topic in told.get("topics", {}).values()
        for partition in topic["partitions"].values()
    )
