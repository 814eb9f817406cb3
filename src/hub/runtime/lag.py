"""How far steps are behind: the end of each partition against what their group has committed."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from confluent_kafka import Consumer, IsolationLevel, KafkaError, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from hub.errors import HubError
from hub.runtime.offsets import once_chosen

_TIMEOUT_S = 10.0

# The client leaves these two without types.
_EARLIEST = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]

Partition = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Position:
    """A group's next offset on a partition, and the offset up to which it may read at this moment."""

    committed: int
    end: int

    @property
    def waiting(self) -> int:
        """Offsets that the group has not passed, end marks and aborted records among them."""
        return max(0, self.end - self.committed)


class LagReader:
    """Asks a cluster how many records wait for each group of steps. Reads no record."""

    def __init__(self, brokers: str, prefix: str = "") -> None:
        self._brokers = brokers
        self._prefix = prefix
        self._client = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
        self._groups: dict[str, Consumer] = {}

    def close(self) -> None:
        """Leave the cluster."""
        for consumer in self._groups.values():
            consumer.close()

    def positions(self, group: str, topics: Sequence[str]) -> dict[Partition, Position]:
        """Where a group is on these topics; without topics not made yet. Several groups may read one topic.

        Raises HubError where the cluster does not answer.
        """
        try:
            name, partitions = f"{self._prefix}hub-{group}", self._partitions(topics)
            return once_chosen(partial(self._positions, name, partitions))
        except KafkaException as trouble:
            raise self._no_answer(trouble) from None

    def anything_waits(self, topic: str, partition: int, position: Position) -> bool:
        """Whether a committed record lies behind a position: not only end marks and what was aborted.

        Reads one record. Raises HubError where the cluster does not answer.
        """
        reader = Consumer(
            {
                "bootstrap.servers": self._brokers,
                "group.id": f"{self._prefix}hub-lag",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 50,
                "log_level": 0,
            }
        )
        try:
            reader.assign([TopicPartition(self._prefix + topic, partition, position.committed)])
            deadline = time.monotonic() + _TIMEOUT_S
            while time.monotonic() < deadline:
                message = reader.poll(0.2)
                error = None if message is None else message.error()
                if message is not None and error is None:
                    return True
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    return False
        finally:
            reader.close()
        raise self._no_answer(KafkaException(KafkaError(KafkaError._TIMED_OUT)))

    def _no_answer(self, trouble: KafkaException) -> HubError:
        return HubError(
            f"No answer about lag from {self._brokers}: {trouble.args[0].str()}",
            fix="check HUB_BROKERS and the right to describe groups hub-*",
        )

    def _partitions(self, topics: Iterable[str]) -> list[Partition]:
        there = self._client.list_topics(timeout=_TIMEOUT_S).topics
        names = [self._prefix + topic for topic in topics]
        return [(name, at) for name in names if name in there for at in sorted(there[name].partitions)]

    def _positions(self, group: str, partitions: Sequence[Partition]) -> dict[Partition, Position]:
        if not partitions:
            return {}
        committed = self._committed(group, partitions)
        fresh = [at for at in partitions if at not in committed]
        starts = committed | self._offsets(fresh, _EARLIEST)
        ends = self._offsets(partitions, _LATEST)
        return {
            (topic.removeprefix(self._prefix), partition): Position(starts[topic, partition], end)
            for (topic, partition), end in ends.items()
        }

    def _committed(self, group: str, partitions: Sequence[Partition]) -> dict[Partition, int]:
        # Not by the admin client: librdkafka's crashes where a group's coordinator is not ready yet.
        if group not in self._groups:
            self._groups[group] = Consumer(
                {
                    "bootstrap.servers": self._brokers,
                    "group.id": group,
                    # offsets of open transactions are not waited for
                    "isolation.level": "read_uncommitted",
                    "enable.auto.commit": False,
                    "log_level": 0,
                }
            )
        asked = [TopicPartition(topic, partition) for topic, partition in partitions]
        found = self._groups[group].committed(asked, _TIMEOUT_S)
        return {(at.topic, at.partition): at.offset for at in found if at.offset >= 0}

    def _offsets(self, partitions: Iterable[Partition], spec: OffsetSpec) -> dict[Partition, int]:
        wanted = {TopicPartition(topic, partition): spec for topic, partition in partitions}
        if not wanted:
            return {}
        futures = self._client.list_offsets(
            wanted, isolation_level=IsolationLevel.READ_COMMITTED, request_timeout=_TIMEOUT_S
        )
        return {(at.topic, at.partition): int(future.result().offset) for at, future in futures.items()}
