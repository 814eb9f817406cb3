"""How far topics and groups are: ends of partitions, committed offsets."""

from collections.abc import Iterable

from confluent_kafka import Consumer, KafkaException, TopicPartition

from hub.errors import HubError

_TIMEOUT_S = 30.0


def end_offsets(brokers: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """One past the last record of each partition, with what is not committed yet. Raises HubError."""
    reader = _client(brokers, f"{topic}-ends")
    try:
        return {
            partition: int(
                reader.get_watermark_offsets(TopicPartition(topic, partition), timeout=_TIMEOUT_S)[1]
            )
            for partition in partitions
        }
    except KafkaException as trouble:
        raise _no_answer(brokers, trouble) from None
    finally:
        reader.close()


def committed_offsets(brokers: str, group: str, topic: str, partitions: Iterable[int]) -> dict[int, int]:
    """The next offset that a group will read of each partition; 0 where it never committed. Raises HubError."""
    reader = _client(brokers, group)
    try:
        asked = [TopicPartition(topic, partition) for partition in partitions]
        return {at.partition: max(at.offset, 0) for at in reader.committed(asked, _TIMEOUT_S)}
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
