"""The front of a replay: intake and sensing in one defined order, up to the towns' log.

Both runners then read the same log, so they give the same files.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby
from operator import attrgetter

from hub import topics
from hub.contracts.operations import LedgerEntry, Tally
from hub.flow import Step
from hub.runtime.codec import decode
from hub.runtime.keys import partition_of
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.task import Batch, PartitionTask
from hub.runtime.ticker import ticks

HOUR = timedelta(hours=1)
CHUNK = 500
"""Records of one kind that are handled at once."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One record that the front sends: on the towns' log with its partition, elsewhere as it is."""

    output: Output
    partition: int


@dataclass(slots=True)
class Ledger:
    """How the records of each publisher ended."""

    ends: Counter[tuple[str, Tally]] = field(default_factory=Counter)

    def add(self, entry: LedgerEntry) -> None:
        """Count what one transaction says."""
        for count in entry.counts:
            self.ends[count.source, count.tally] += count.count


class Front:
    """Intake of all feeds in one order, and sensing by partition, with ticks once per city hour."""

    def __init__(self, steps: Iterable[Step], partitions: int) -> None:
        found = tuple(steps)
        intake = [step for step in found if not step.stateful]
        sensing = next(step for step in found if topics.READINGS in step.sources)
        self.partitions = partitions
        self.ledger = Ledger()
        self._intake = {
            topic: PartitionTask(replace(step, name="intake"), topic, 0, 1)
            for step in intake
            for topic in step.sources
        }
        self._sensing = [PartitionTask(sensing, topics.READINGS, p, partitions) for p in range(partitions)]
        self._sequence = 0

    def run(self, records: Iterable[Record], until: datetime | None = None) -> Iterator[Sent]:
        """What goes out for records in order of arrival; ticks between them, and one at ``until``."""
        ticked: datetime | None = None
        for (_, hour), chunk in groupby(records, key=self._kind_and_hour):
            if ticked is None or hour > ticked:
                yield from self._ticks_between(ticked, hour)
                ticked = hour
            held: list[Record] = []
            for record in chunk:
                held.append(record)
                if len(held) == CHUNK:
                    yield from self._handle(held)
                    held = []
            yield from self._handle(held)
        if until is not None:
            if ticked is not None:
                yield from self._ticks_between(ticked, until)
            yield from self._tick(until)

    def _kind_and_hour(self, record: Record) -> tuple[str, datetime]:
        kind = "feeds" if record.topic in self._intake else record.topic
        at = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
        return kind, at.replace(minute=0, second=0, microsecond=0)

    def _ticks_between(self, last: datetime | None, until: datetime) -> Iterator[Sent]:
        at = until if last is None else last + HOUR
        while at <= until:
            yield from self._tick(at)
            at += HOUR

    def _tick(self, at: datetime) -> Iterator[Sent]:
        stamp = round(at.timestamp() * 1000)
        if any(len(task.state) for task in self._sensing):  # else no gateway was heard: nothing can be due
            for tick in ticks(topics.READINGS, self.partitions, at):
                output = Output(tick.topic, b"", tick.value, tuple(tick.headers), stamp)
                yield from self._sense(tick.partition, [self._numbered(output, tick.partition)])
        for tick in ticks(topics.SIGNALS, self.partitions, at):
            yield Sent(Output(tick.topic, b"", tick.value, tuple(tick.headers), stamp), tick.partition)

    def _numbered(self, output: Output, partition: int) -> Record:
        self._sequence += 1
        return output.record(partition, self._sequence)

    def _handle(self, records: list[Record]) -> Iterator[Sent]:
        if not records:
            return
        if records[0].topic in self._intake:
            for feed, few in groupby(records, key=attrgetter("topic")):
                yield from self._route(self._intake[feed].process(few))
            return
        # Packs of one moment go to sensing together; of two moments, the earlier one's alarms come first.
        for _, moment in groupby(records, key=attrgetter("timestamp_ms")):
            for partition, packs in self._by_partition(moment):
                yield from self._sense(partition, packs)

    def _by_partition(self, records: Iterable[Record]) -> list[tuple[int, list[Record]]]:
        found: defaultdict[int, list[Record]] = defaultdict(list)
        for record in records:
            partition = partition_of(record.key or b"", self.partitions)
            found[partition].append(record._replace(partition=partition))
        return sorted(found.items())

    def _sense(self, partition: int, records: list[Record]) -> Iterator[Sent]:
        yield from self._route(self._sensing[partition].process(records))

    def _route(self, batch: Batch) -> Iterator[Sent]:
        """Send on what a batch gave: acknowledgements to sensing at once, ledger entries are summed."""
        for output in batch.outputs:
            partition = partition_of(output.key, self.partitions)
            if output.topic == topics.READINGS:
                self._sequence += 1
                stamp, headers = output.timestamp_ms, output.headers
                record = Record(
                    output.topic, partition, self._sequence, stamp, output.key, output.value, headers
                )
                yield from self._sense(partition, [record])
            elif output.topic == topics.LEDGER:
                entry = decode("LedgerEntry", 1, output.value)
                assert isinstance(entry, LedgerEntry)
                self.ledger.add(entry)
            else:
                yield Sent(output, partition)
