"""The compacted topic that a step's rows are restored from: a record per row, a tombstone where removed."""

from collections.abc import Iterable, Mapping

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from hub.runtime.offsets import watermarks
from hub.runtime.state import PartitionState, RowKey

_READ_AT_ONCE = 10_000
_POLL_S = 0.2


def row_key(table: str, key: str) -> bytes:
    """The record key of a row."""
    return f"{table}\x00{key}".encode()


def parse_row_key(data: bytes) -> RowKey:
    """Table and key of a row's record key."""
    table, _, key = data.decode().partition("\x00")
    return table, key


def restore(brokers: str, topic: str, states: Mapping[int, PartitionState]) -> int:
    """Load partitions' rows from their changelog up to the last committed one; how many records were read.

    Raises KafkaException where the changelog can't be read to its end.
    """
    ends = _ends_of(brokers, topic, states)
    reader = Consumer(_settings(brokers, topic, "read_committed"))
    newest: dict[int, dict[RowKey, bytes | None]] = {partition: {} for partition in states}
    reading = set(states)
    read = 0
    try:
        reader.assign([TopicPartition(topic, partition, 0) for partition in states])
        while reading:
            first = reader.poll(_POLL_S)
            for message in [] if first is None else [first, *reader.consume(_READ_AT_ONCE, 0)]:
                error, partition = message.error(), message.partition() or 0
                if error is None:
                    newest[partition][parse_row_key(message.key() or b"")] = message.value()
                    read += 1
                elif error.code() != KafkaError._PARTITION_EOF:
                    raise KafkaException(error)
                elif (message.offset() or 0) >= ends[partition]:
                    reading.discard(partition)
                # an end before the end: a transaction is still open, which the broker ends in time
    finally:
        reader.close()
    for partition, rows in newest.items():
        for key, data in rows.items():
            if data is not None:
                states[partition].load(key, data)
    return read


def _ends_of(brokers: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The ends of partitions with what is not committed yet: restoring must wait until that is settled.

    The offsets of a transaction can be stable before its rows are: the broker marks partitions one by one.
    """
    reader = Consumer(_settings(brokers, topic, "read_uncommitted"))
    try:
        return {at: watermarks(reader, TopicPartition(topic, at))[1] for at in partitions}
    finally:
        reader.close()


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
