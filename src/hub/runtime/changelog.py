"""The compacted topic that a step's rows are restored from: a record per row, a tombstone where removed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from hub.runtime.offsets import watermarks
from hub.runtime.state import RowKey

_READ_AT_ONCE = 10_000
_POLL_S = 0.2
_TELL_S = 0.5
_TIMEOUT_S = 30.0

PORTION_RECORDS = 500_000
"""Partitions are read together up to so many records, which are held until they are indexed."""

Rows = dict[RowKey, bytes | None]


@dataclass(frozen=True, slots=True)
class RestoreProgress:
    """How far a step's rows are back: changelog records done, of how many, in seconds so far."""

    step: str
    done: int
    total: int
    seconds: float
    finished: bool = False


@dataclass(frozen=True, slots=True)
class Tail:
    """What a partition's changelog holds from an offset on: the newest of each row, and where it ends."""

    rows: Rows
    end: int


Tell = Callable[[RestoreProgress], None]


def row_key(table: str, key: str) -> bytes:
    """The record key of a row."""
    return f"{table}\x00{key}".encode()


def parse_row_key(data: bytes) -> RowKey:
    """Table and key of a row's record key."""
    table, _, key = data.decode().partition("\x00")
    return table, key


def topic_id(brokers: str, topic: str) -> str:
    """What tells a topic from one of the same name before or after it. Raises KafkaException."""
    admin = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
    found = admin.describe_topics(TopicCollection([topic]), request_timeout=_TIMEOUT_S)[topic].result()
    return str(found.topic_id)


def bounds(brokers: str, topic: str, partitions: Iterable[int]) -> dict[int, tuple[int, int]]:
    """First offset and end of partitions, with what is not committed yet. Raises KafkaException.

    Restoring must wait until that is settled: the offsets of a transaction can be stable before its rows
    are, for the broker marks partitions one by one.
    """
    reader = Consumer(_settings(brokers, topic, "read_uncommitted"))
    try:
        return {at: watermarks(reader, TopicPartition(topic, at)) for at in partitions}
    finally:
        reader.close()


def tails(
    brokers: str, topic: str, spans: Mapping[int, tuple[int, int]], progress: Progress
) -> Iterator[tuple[int, Tail]]:
    """What partitions hold between two offsets, some of them at a time; beyond the second if it is there.

    Waits until all before the second offset is committed or aborted. Raises KafkaException.
    """
    reader = Consumer(_settings(brokers, topic, "read_committed"))
    progress.begin(spans)
    try:
        for portion in _portions(spans):
            found = _read_portion(reader, topic, {at: spans[at] for at in portion}, progress)
            while found:
                yield found.popitem()
    finally:
        reader.close()
    progress.finish()


def _portions(spans: Mapping[int, tuple[int, int]]) -> Iterator[list[int]]:
    portion: list[int] = []
    records = 0
    for partition, (start, end) in sorted(spans.items()):
        if portion and records + end - start > PORTION_RECORDS:
            yield portion
            portion, records = [], 0
        portion.append(partition)
        records += end - start
    if portion:
        yield portion


def _read_portion(
    reader: Consumer, topic: str, spans: Mapping[int, tuple[int, int]], progress: Progress
) -> dict[int, Tail]:
    newest: dict[int, Rows] = {partition: {} for partition in spans}
    reading = {partition for partition, (start, end) in spans.items() if start < end}
    reader.assign([TopicPartition(topic, partition, spans[partition][0]) for partition in reading])
    while reading:
        for message in _some(reader):
            error, partition, offset = message.error(), message.partition() or 0, message.offset() or 0
            if error is None:
                newest[partition][parse_row_key(message.key() or b"")] = message.value()
            elif error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            elif offset >= spans[partition][1]:
                reading.discard(partition)
            # an end before the end: a transaction is still open, which the broker ends in time
            progress.reached[partition] = offset
        progress.tell_sometimes()
    return {partition: Tail(rows, spans[partition][1]) for partition, rows in newest.items()}


def _some(reader: Consumer) -> list[Message]:
    first = reader.poll(_POLL_S)
    return [] if first is None else [first, *reader.consume(_READ_AT_ONCE, 0)]


class Progress:
    """Tells how far a step is, now and then; ``tell`` hears the beginning and the end too."""

    def __init__(self, step: str, tell: Tell | None) -> None:
        self._step = step
        self._tell = tell
        self._starts: dict[int, int] = {}
        self._total = 0
        self.reached: dict[int, int] = {}
        self._began = self._told = time.monotonic()

    def begin(self, spans: Mapping[int, tuple[int, int]]) -> None:
        """What is to be read is known."""
        self._starts = {partition: start for partition, (start, _) in spans.items()}
        self._total = sum(end - start for start, end in spans.values())
        self._report(finished=False)

    def tell_sometimes(self) -> None:
        """Tell, unless that was done a moment ago."""
        if time.monotonic() - self._told >= _TELL_S:
            self._report(finished=False)

    def finish(self) -> None:
        """All is read, and what was handed out is done with."""
        self._report(finished=True)

    def _report(self, *, finished: bool) -> None:
        self._told = time.monotonic()
        if self._tell is not None:
            done = sum(offset - self._starts[at] for at, offset in self.reached.items())
            done = self._total if finished else min(done, self._total)
            self._tell(RestoreProgress(self._step, done, self._total, self._told - self._began, finished))


def _settings(brokers: str, topic: str, isolation: str) -> dict[str, str | int | float | bool]:
    return {
        "bootstrap.servers": brokers,
        "group.id": f"{topic}-restore",
        "isolation.level": isolation,
        "enable.auto.commit": False,
        "enable.partition.eof": True,
        "auto.offset.reset": "earliest",
        "fetch.wait.max.ms": 50,
    }
