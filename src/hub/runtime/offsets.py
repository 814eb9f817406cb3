"""How far topics and groups are: ends of partitions, committed offsets."""

import time
from collections.abc import Callable, Iterable
from typing import TypeVar

from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from hub.errors import HubError

_TIMEOUT_S = 30.0
_PAUSE_S = 0.1

_CHOOSING = frozenset(
    {
        KafkaError.NOT_LEADER_FOR_PARTITION,
        KafkaError.LEADER_NOT_AVAILABLE,
        KafkaError.NOT_COORDINATOR,
        KafkaError.COORDINATOR_NOT_AVAILABLE,
        KafkaError.COORDINATOR_LOAD_IN_PROGRESS,
    }
)
"""What brokers say while a leader or a group's coordinator is being chosen: at first use, or after a loss."""

Answer = TypeVar("Answer")


def watermarks(reader: Consumer, at: TopicPartition) -> tuple[int, int]:
    """First offset and one past the last of a partition; waits for its leader. Raises KafkaException."""
    low, high = once_chosen(lambda: reader.get_watermark_offsets(at, timeout=_TIMEOUT_S))
    return int(low), int(high)


def once_chosen(ask: Callable[[], Answer]) -> Answer:
    """What the brokers answer, once they have settled who does. Raises KafkaException."""
    deadline = time.monotonic() + _TIMEOUT_S
    while True:
        try:
            return ask()
        except KafkaException as trouble:
            if trouble.args[0].code() not in _CHOOSING or time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE_S)


def end_offsets(brokers: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """One past the last record of each partition, with what is not committed yet. Raises HubError."""
    reader = _client(brokers, f"{topic}-ends")
    try:
        return {
            partition: watermarks(reader, TopicPartition(topic, partition))[1] for partition in partitions
        }
    except KafkaException as trouble:
        raise _no_answer(brokers, trouble) from None
    finally:
        reader.close()


def committed_offsets(brokers: str, group: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The next offset that a group will read of each partition, 0 if it never committed. Raises HubError."""
    reader = _client(brokers, group)
    try:
        asked = [TopicPartition(topic, partition) for partition in partitions]
        found = once_chosen(lambda: reader.committed(asked, _TIMEOUT_S))
        return {at.partition: max(at.offset, 0) for at in found}
    except KafkaException as trouble:
        raise _no_answer(brokers, trouble) from None
    finally:
        reader.close()


def _client(brokers: str, group: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": group,
            "isolation.level": "read_uncommitted",
            "enable.auto.commit": False,
            "log_level": 0,
        }
    )


def _no_answer(brokers: str, trouble: KafkaException) -> HubError:
    problem = trouble.args[0].str()
    return HubError(f"Kafka at {brokers} does not answer: {problem}", fix="see `hub broker status`")
