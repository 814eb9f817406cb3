"""The cases step in memory, fed from a tape: no broker, nothing kept but the rows."""

from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from hub import topics
from hub.flow import Step
from hub.replay.front import Sent
from hub.runtime.record import Record
from hub.runtime.task import PartitionTask

BATCH = 1_000
"""Records of a partition that are handled at once."""


class Collects(Protocol):
    """Takes what a run gives, record by record."""

    def add(self, topic: str, headers: Sequence[tuple[str, bytes | None]], value: bytes) -> None:
        """Take one record of an output topic."""


def run_in_memory(
    cases: Step, sent: Iterable[Sent], partitions: int, into: Collects, progress: Callable[[int], None]
) -> int:
    """Play what the front sent through the cases step; the number of records on the towns' logs."""
    tasks = [PartitionTask(cases, topics.SIGNALS, partition, partitions) for partition in range(partitions)]
    waiting: list[list[Record]] = [[] for _ in range(partitions)]
    offsets = [0] * partitions

    def handle(partition: int) -> None:
        batch = tasks[partition].process(waiting[partition])
        for output in batch.outputs:
            into.add(output.topic, output.headers, output.value)
        progress(len(waiting[partition]))
        waiting[partition] = []

    for item in sent:
        output = item.output
        if output.topic != topics.SIGNALS:
            into.add(output.topic, output.headers, output.value)
            continue
        at = item.partition
        waiting[at].append(output.record(at, offsets[at]))
        offsets[at] += 1
        if len(waiting[at]) == BATCH:
            handle(at)
    for partition in range(partitions):
        if waiting[partition]:
            handle(partition)
    return sum(offsets)
