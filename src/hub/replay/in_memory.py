"""The steps behind the towns' log in memory, fed from a tape: no broker, nothing kept but the rows."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol

from hub import topics
from hub.flow import Step
from hub.replay.front import Sent
from hub.runtime.keys import partition_of
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.task import PartitionTask

BATCH = 1_000
"""Records of a partition that are handled at once."""


class Collects(Protocol):
    """Takes what a run gives, record by record."""

    def add(self, topic: str, headers: Sequence[tuple[str, bytes | None]], value: bytes) -> None:
        """Take one record of an output topic."""


def run_in_memory(
    steps: Sequence[Step],
    sent: Iterable[Sent],
    partitions: int,
    into: Collects,
    progress: Callable[[int], None],
) -> int:
    """Play what the front sent through the steps behind the towns' log; the number of records on that log."""
    chain = _Chain(steps, partitions, into, progress)
    for item in sent:
        chain.take(item.output, item.partition)
    return chain.finish()


class _Chain:
    """Steps in the order of the map: what one says is handed to those that read it, batch by batch."""

    def __init__(
        self, steps: Sequence[Step], partitions: int, into: Collects, progress: Callable[[int], None]
    ) -> None:
        self._partitions = partitions
        self._into = into
        self._progress = progress
        self._tasks = {
            (step.name, at): PartitionTask(step, topic, at, partitions)
            for step in steps
            for topic in step.sources
            for at in range(partitions)
        }
        self._readers: defaultdict[str, list[str]] = defaultdict(list)
        for step in steps:
            for topic in step.sources:
                self._readers[topic].append(step.name)
        self._waiting: dict[tuple[str, int], list[Record]] = {key: [] for key in self._tasks}
        self._offsets: defaultdict[tuple[str, int], int] = defaultdict(int)

    def take(self, output: Output, partition: int) -> None:
        """One record, onto a partition of its topic."""
        if output.topic != topics.SIGNALS:
            self._into.add(output.topic, output.headers, output.value)
        readers = self._readers.get(output.topic)
        if readers is None:
            return
        place = output.topic, partition
        record = output.record(partition, self._offsets[place])
        self._offsets[place] += 1
        for name in readers:
            waiting = self._waiting[name, partition]
            waiting.append(record)
            if len(waiting) == BATCH:
                self._handle(name, partition)

    def finish(self) -> int:
        """Handle what still waits, step by step; the number of records that the towns' log had."""
        for name, partition in self._tasks:
            if self._waiting[name, partition]:
                self._handle(name, partition)
        return sum(count for (topic, _), count in self._offsets.items() if topic == topics.SIGNALS)

    def _handle(self, name: str, partition: int) -> None:
        task, records = self._tasks[name, partition], self._waiting[name, partition]
        self._waiting[name, partition] = []
        batch = task.process(records)
        for output in batch.outputs:
            self.take(output, partition_of(output.key, self._partitions))
        if task.topic == topics.SIGNALS:
            self._progress(len(records))
