"""How far steps are behind: the end of each partition against what their group has committed."""

from collections.abc import Iterable, Mapping, Sequence

from confluent_kafka import Consumer, IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from hub.errors import HubError

_TIMEOUT_S = 10.0

# The client leaves these two without types.
_EARLIEST = OffsetSpec.earliest()  # type: ignore[no-untyped-call]
_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]

Partition = tuple[str, int]


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

    def read(self, sources: Mapping[str, Sequence[str]]) -> dict[Partition, int]:
        """Waiting records by topic and partition, given each group's topics; without topics not made yet.

        The end mark of a transaction counts as one. Raises HubError where the cluster does not answer.
        """
        try:
            waiting: dict[Partition, int] = {}
            for group, topics in sources.items():
                waiting |= self._waiting(f"{self._prefix}hub-{group}", self._partitions(topics))
            return waiting
        except KafkaException as trouble:
            raise HubError(
                f"No answer about lag from {self._brokers}: {trouble.args[0].str()}",
                fix="check HUB_BROKERS and the right to describe groups hub-city and hub-sensing",
            ) from None

    def _partitions(self, topics: Iterable[str]) -> list[Partition]:
        there = self._client.list_topics(timeout=_TIMEOUT_S).topics
        names = [self._prefix + topic for topic in topics]
        return [(name, at) for name in names if name in there for at in sorted(there[name].partitions)]

    def _waiting(self, group: str, partitions: Sequence[Partition]) -> dict[Partition, int]:
        if not partitions:
            return {}
        committed = self._committed(group, partitions)
        fresh = [at for at in partitions if at not in committed]
        starts = committed | self._offsets(fresh, _EARLIEST)
        ends = self._offsets(partitions, _LATEST)
        return {
            (topic.removeprefix(self._prefix), partition): max(0, end - starts[topic, partition])
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
