"""Asks a cluster what rules judge: brokers, versions, copies of partitions, groups, open transactions.

By kafka-python's admin client, which alone speaks of versions and transactions; it has no types.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Self

from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from hub.errors import HubError
from hub.runtime.admin import TopicAdmin
from hub.runtime.cluster_facts import BrokerFacts, ClusterFacts, GroupFacts, OpenTransaction, PartitionFacts

_CONNECT_MS = 10_000
_TRANSACTIONS = "transaction.version"
_UNDER_WAY = ("Ongoing", "PrepareCommit", "PrepareAbort", "PrepareEpochFence")


class ClusterLook:
    """Looks at a cluster and changes nothing; as a context manager it closes. Raises HubError on silence."""

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        # Where nobody answers, this client leaves its sockets behind and fills the log: it gets living ones.
        living = TopicAdmin(brokers).addresses()
        logging.getLogger("kafka").setLevel(logging.CRITICAL)
        with self._asking():
            self._client: Any = KafkaAdminClient(
                bootstrap_servers=living, client_id="hub-look", bootstrap_timeout_ms=_CONNECT_MS
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def cluster(self) -> ClusterFacts:
        """The brokers, and what they have agreed on."""
        with self._asking():
            described = self._client.describe_cluster()
            features = self._client.describe_features()
        controller = described["controller_id"]
        return ClusterFacts(
            brokers=tuple(self._broker(one) for one in described["brokers"]),
            controller=None if controller is None or controller < 0 else controller,
            transaction_version=features.get(_TRANSACTIONS, {}).get("finalized", (0, 0))[1],
        )

    def topics(self) -> list[str]:
        """The names of all topics that are not Kafka's own."""
        with self._asking():
            return sorted(name for name in self._client.list_topics() if not name.startswith("__"))

    def partitions(self, topics: Sequence[str]) -> list[PartitionFacts]:
        """The copies of each partition of topics that are there."""
        with self._asking():
            described = self._client.describe_topics(list(topics)) if topics else []
        return [
            PartitionFacts(
                topic["name"],
                one["partition_index"],
                one["leader_id"] >= 0,
                len(one["replica_nodes"]),
                len(one["isr_nodes"]),
            )
            for topic in described
            for one in topic["partitions"]
        ]

    def groups(self, names: Iterable[str]) -> dict[str, GroupFacts]:
        """Groups by name; one that was never used is there too, without members."""
        with self._asking():
            found = self._client.describe_groups(sorted(set(names)))
        return {
            name: GroupFacts(name, group["group_state"], len(group["members"]))
            for name, group in found.items()
        }

    def open_transactions(self, prefix: str) -> list[OpenTransaction]:
        """Transactions under way on topics that begin with a prefix."""
        with self._asking():
            listed = self._client.list_transactions()
            ids = [
                one.transactional_id for found in listed.values() for one in found if one.state in _UNDER_WAY
            ]
            described = self._client.describe_transactions(ids)
        now = time.time()
        return [
            OpenTransaction(
                transactional_id,
                max(0.0, now - one.transaction_start_time_ms / 1000),
                one.transaction_timeout_ms / 1000,
                frozenset(
                    (at.topic, at.partition) for at in one.topic_partitions if at.topic.startswith(prefix)
                ),
            )
            for transactional_id, one in described.items()
            if one.state in _UNDER_WAY
        ]

    def _broker(self, described: dict[str, Any]) -> BrokerFacts:
        id = described["broker_id"]
        try:
            version = tuple(self._client.get_broker_version_data(id).broker_version[:2])
        except KafkaError:
            return BrokerFacts(id, f"{described['host']}:{described['port']}", None)
        return BrokerFacts(id, f"{described['host']}:{described['port']}", (version[0], version[1]))

    @contextmanager
    def _asking(self) -> Iterator[None]:
        try:
            yield
        except KafkaError as trouble:
            raise HubError(
                f"No Kafka answers at {self._brokers}: {trouble}",
                fix="check HUB_BROKERS, or start the embedded broker with `hub broker up`",
            ) from None
