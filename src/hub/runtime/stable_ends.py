"""How far readers of committed records may read, against what there is: an open transaction holds them up."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec

from hub.errors import HubError
from hub.runtime.cluster_facts import HeldUp, Partition
from hub.runtime.offsets import once_chosen

_TIMEOUT_S = 30.0
# The client leaves this one without a type.
_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]


@dataclass(frozen=True, slots=True)
class StableEnds:
    """The ends of partitions at a time of a monotonic clock: of what is committed, and of all there is."""

    at: float
    committed: Mapping[Partition, int]
    all: Mapping[Partition, int]

    @classmethod
    def look(cls, brokers: str, partitions: Sequence[Partition]) -> StableEnds:
        """Ask for both ends. Raises HubError where the cluster does not answer."""
        client = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
        # What is committed is asked for first: what ends between the questions holds nobody up.
        committed = _ends(client, brokers, partitions, IsolationLevel.READ_COMMITTED)
        return cls(
            time.monotonic(), committed, _ends(client, brokers, partitions, IsolationLevel.READ_UNCOMMITTED)
        )

    def held_up(self, later: StableEnds) -> HeldUp:
        """Partitions that stood still until a later look, with something behind where they stand."""
        return HeldUp(
            later.at - self.at,
            {
                at: later.all[at] - end
                for at, end in later.committed.items()
                if self.committed.get(at) == end and self.all[at] > end and later.all[at] > end
            },
        )


def _ends(
    client: AdminClient, brokers: str, partitions: Sequence[Partition], level: IsolationLevel
) -> dict[Partition, int]:
    if not partitions:
        return {}
    asked = {TopicPartition(topic, partition): _LATEST for topic, partition in partitions}

    def ask() -> dict[Partition, int]:
        futures = client.list_offsets(asked, isolation_level=level, request_timeout=_TIMEOUT_S)
        return {(at.topic, at.partition): int(future.result().offset) for at, future in futures.items()}

    try:
        return once_chosen(ask)
    except KafkaException as trouble:
        raise HubError(
            f"No answer about offsets from {brokers}: {trouble.args[0].str()}",
            fix="see `copies`: a partition without a leader has no offsets",
        ) from None
