"""The memory runner: the whole map in one process, with real partitions, offsets and changelogs.

For tests, replays and explanations. It can lose a step's memory at any moment, as a killed worker does.
"""

from collections import defaultdict
from collections.abc import Callable, Container, Iterable
from datetime import datetime

from hub import topics
from hub.contracts.fields import Contract
from hub.flow import Emit, Step
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.keys import partition_of
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.state import RowKey
from hub.runtime.task import Batch, PartitionTask
from hub.runtime.ticker import clocked_topics, ticks

BATCH = 500
"""Records that a step takes at once."""


class MemoryRunner:
    """Runs steps over topics held in memory.

    Delivery is in offset order per partition; steps run in the order of the map. ``on_batch`` hears of each
    committed batch. So that long runs fit, records of topics that are ``heard_only`` are in batches alone,
    and those of topics that are ``passing`` are let go once every step that reads them has.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        partitions: int = 4,
        batch: int = BATCH,
        on_batch: Callable[[Step, Batch], None] | None = None,
        heard_only: Container[str] = (),
        passing: Container[str] = (),
    ) -> None:
        self.steps = tuple(steps)
        self.partitions = partitions
        self._batch = batch
        self._on_batch = on_batch
        self._heard_only = heard_only
        self._passing = passing
        self._passed: defaultdict[tuple[str, int], int] = defaultdict(int)
        self._log: defaultdict[tuple[str, int], list[Record]] = defaultdict(list)
        self._committed: defaultdict[tuple[str, str, int], int] = defaultdict(int)
        self._changelog: defaultdict[tuple[str, int], dict[RowKey, bytes]] = defaultdict(dict)
        self._tasks: dict[tuple[str, str, int], PartitionTask] = {}

    def publish(
        self,
        topic: str,
        key: str,
        value: Contract,
        *,
        source: str,
        id: str,
        time: datetime,
        arrived: datetime | None = None,
    ) -> None:
        """Append a record as a publisher does."""
        emit = Emit(topic, key, id, time, value)
        headers = tuple(write_headers(topics.TOPICS[topic], emit, source=source, causation=None))
        self.publish_raw(topic, key.encode(), encode(value), headers, arrived=arrived or time)

    def publish_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Iterable[tuple[str, bytes | None]],
        *,
        arrived: datetime,
        partition: int | None = None,
    ) -> None:
        """Append bytes as they are, right or wrong, to the key's own partition or to the one given."""
        home = partition_of(key or b"", self.partitions) if partition is None else partition
        log = self._log[topic, home]
        stamp = round(arrived.timestamp() * 1000)
        offset = self._passed[topic, home] + len(log)
        log.append(Record(topic, home, offset, stamp, key, value, tuple(headers)))

    def tick(self, at: datetime) -> None:
        """Move every clock of the city to at least this time."""
        stamp = round(at.timestamp() * 1000)
        for topic in clocked_topics(self.steps):
            for record in ticks(topic, self.partitions, at):
                output = Output(topic, b"", record.value, tuple(record.headers), stamp)
                self._append(output, record.partition)

    def run(self) -> int:
        """Work until nothing is left to read; the number of records handled."""
        handled = 0
        while True:
            done = sum(
                self._advance(step, topic, partition)
                for step in self.steps
                for topic in step.sources
                for partition in range(self.partitions)
            )
            if not done:
                return handled
            handled += done

    def crash(self, step: str, *, while_handling: int = 0) -> None:
        """Kill a step: it handles some more records without committing, then forgets all that it held."""
        found = next(candidate for candidate in self.steps if candidate.name == step)
        for topic in found.sources:
            for partition in range(self.partitions):
                if while_handling:
                    waiting = self._waiting(found, topic, partition)[:while_handling]
                    self._task(found, topic, partition).process(waiting)
                self._tasks.pop((found.name, topic, partition), None)

    def records(self, topic: str) -> list[Record]:
        """What is kept of a topic, by partition and offset."""
        return [record for partition in range(self.partitions) for record in self._log[topic, partition]]

    def logged(self, step: str) -> dict[RowKey, bytes]:
        """The rows that a step's changelog holds, of all partitions."""
        return {
            key: data
            for partition in range(self.partitions)
            for key, data in self._changelog[step, partition].items()
        }

    def task(self, step: str, partition: int) -> PartitionTask:
        """A step's work on one partition, to look at its state."""
        found = next(candidate for candidate in self.steps if candidate.name == step)
        return self._task(found, found.sources[0], partition)

    def _waiting(self, step: Step, topic: str, partition: int) -> list[Record]:
        start = self._committed[step.name, topic, partition] - self._passed[topic, partition]
        return self._log[topic, partition][start : start + self._batch]

    def _advance(self, step: Step, topic: str, partition: int) -> int:
        waiting = self._waiting(step, topic, partition)
        if not waiting:
            return 0
        batch = self._task(step, topic, partition).process(waiting)
        for output in batch.outputs:
            self._append(output)
        rows = self._changelog[step.name, partition]
        for key, data in batch.changes:
            if data is None:
                rows.pop(key, None)
            else:
                rows[key] = data
        self._committed[step.name, topic, partition] += len(waiting)
        if topic in self._passing:
            self._pass(topic, partition)
        if self._on_batch:
            self._on_batch(step, batch)
        return len(waiting)

    def _task(self, step: Step, topic: str, partition: int) -> PartitionTask:
        task = self._tasks.get((step.name, topic, partition))
        if task is None:
            task = PartitionTask(step, topic, partition, self.partitions)
            for key, data in self._changelog[step.name, partition].items():
                task.state.load(key, data)
            self._tasks[step.name, topic, partition] = task
        return task

    def _append(self, output: Output, partition: int | None = None) -> None:
        if output.topic in self._heard_only:
            return
        home = partition_of(output.key, self.partitions) if partition is None else partition
        log = self._log[output.topic, home]
        log.append(output.record(home, self._passed[output.topic, home] + len(log)))

    def _pass(self, topic: str, partition: int) -> None:
        """Let go of what every reader of a topic has handled."""
        readers = (step.name for step in self.steps if topic in step.sources)
        handled = min(self._committed[reader, topic, partition] for reader in readers)
        del self._log[topic, partition][: handled - self._passed[topic, partition]]
        self._passed[topic, partition] = handled
