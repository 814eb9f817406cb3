"""The compacted topic that a step's rows are restored from: a record per row, a tombstone where removed."""

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from hub.runtime.state import PartitionState, RowKey

_READ_AT_ONCE = 10_000


def row_key(table: str, key: str) -> bytes:
    """The record key of a row."""
    return f"{table}\x00{key}".encode()


def parse_row_key(data: bytes) -> RowKey:
    """Table and key of a row's record key."""
    table, _, key = data.decode().partition("\x00")
    return table, key


def restore(brokers: str, topic: str, partition: int, state: PartitionState) -> int:
    """Load a partition's rows from its changelog up to the last committed one; how many records were read.

    Raises KafkaException where the changelog can't be read to its end.
    """
    end = _end_of(brokers, topic, partition)
    reader = Consumer(_settings(brokers, topic, "read_committed"))
    newest: dict[RowKey, bytes | None] = {}
    read = 0
    try:
        reader.assign([TopicPartition(topic, partition, 0)])
        while True:
            for message in reader.consume(_READ_AT_ONCE, 0.2):
                error = message.error()
                if error is None:
                    newest[parse_row_key(message.key() or b"")] = message.value()
                    read += 1
                elif error.code() == KafkaError._PARTITION_EOF:
                    if (message.offset() or 0) < end:
                        continue  # a transaction is still open; the broker ends it in time
                    for key, data in newest.items():
                        if data is not None:
                            state.load(key, data)
                    return read
                else:
                    raise KafkaException(error)
    finally:
        reader.close()


def _end_of(brokers: str, topic: str, partition: int) -> int:
    """The end of a partition with what is not committed yet: restoring must wait until that is settled.

    The offsets of a transaction can be stable before its rows are: the broker marks partitions one by one.
    """
    reader = Consumer(_settings(brokers, topic, "read_uncommitted"))
    try:
        return int(reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=30.0)[1])
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
    }
