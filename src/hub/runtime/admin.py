"""Topics on a real cluster: made from the map, compared with it, and mended where that loses nothing."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from typing import Any

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ClusterMetadata,
    ConfigEntry,
    ConfigResource,
    NewTopic,
    ResourceType,
)

from hub.errors import HubError
from hub.runtime.topic_specs import (
    Difference,
    DifferenceKind,
    FoundTopic,
    TopicSpec,
    compare,
    topic_spec,
    wanted_topics,
)

__all__ = [
    "Difference",
    "DifferenceKind",
    "TopicAdmin",
    "TopicSpec",
    "compare",
    "topic_spec",
    "wanted_topics",
]

_TIMEOUT_S = 60.0
_CONNECT_S = 10.0
_AT_ONCE = 500
_POLL_S = 0.05


class TopicAdmin:
    """The topics of one cluster. Every call raises HubError where the cluster does not answer or refuses."""

    def __init__(self, brokers: str) -> None:
        self._brokers = brokers
        self._client = AdminClient({"bootstrap.servers": brokers, "log_level": 0})

    def cluster_id(self) -> str:
        """The cluster's own name of itself, which tells it from every other."""
        return str(self._metadata().cluster_id)

    def addresses(self) -> list[str]:
        """Where the brokers are that the cluster knows of now, as host:port."""
        return sorted(f"{broker.host}:{broker.port}" for broker in self._metadata().brokers.values())

    def found(self, names: Iterable[str]) -> dict[str, FoundTopic]:
        """Those of the topics that are there, with partitions and settings."""
        there = self._metadata().topics
        partitions = {name: len(there[name].partitions) for name in names if name in there}
        configs = self._configs(list(partitions))
        return {name: FoundTopic(count, configs[name]) for name, count in partitions.items()}

    def diff(self, wanted: Sequence[TopicSpec]) -> list[Difference]:
        """How the cluster differs from what is wanted; empty if not at all."""
        return compare(wanted, self.found(spec.name for spec in wanted))

    def apply(self, wanted: Sequence[TopicSpec]) -> list[Difference]:
        """Make what is missing, mend settings, wait until that holds; answers the rest: partition counts."""
        differences = self.diff(wanted)
        missing = {one.topic for one in differences if one.kind is DifferenceKind.MISSING}
        self._create([spec for spec in wanted if spec.name in missing])
        self._set([one for one in differences if one.kind is DifferenceKind.CONFIG])
        if all(one.kind is DifferenceKind.PARTITIONS for one in differences):
            return differences
        return self._wait_until_it_holds(wanted)

    def delete(self, names: Iterable[str]) -> None:
        """Remove topics with all that they hold; those that are not there are passed over."""
        gone = self._client.delete_topics(list(names), operation_timeout=_TIMEOUT_S)
        _settle(gone, allowed=KafkaError.UNKNOWN_TOPIC_OR_PART)

    def _wait_until_it_holds(self, wanted: Sequence[TopicSpec]) -> list[Difference]:
        """The controller answers before the brokers know: a topic made just now may be unknown there."""
        deadline = time.monotonic() + _TIMEOUT_S
        while True:
            left = self.diff(wanted)
            if all(one.kind is DifferenceKind.PARTITIONS for one in left):
                return left
            if time.monotonic() > deadline:
                raise HubError(
                    f"{len(left)} topics are still not as wanted after {_TIMEOUT_S:.0f} s",
                    fix="look at `hub topics diff`, and at the brokers' logs",
                )
            time.sleep(_POLL_S)

    def _create(self, specs: Sequence[TopicSpec]) -> None:
        for start in range(0, len(specs), _AT_ONCE):
            new = [
                NewTopic(
                    spec.name,
                    num_partitions=spec.partitions,
                    replication_factor=spec.replication,
                    config=dict(spec.config),
                )
                for spec in specs[start : start + _AT_ONCE]
            ]
            # Another worker may make the same topics at this moment.
            _settle(
                self._client.create_topics(new, operation_timeout=_TIMEOUT_S),
                allowed=KafkaError.TOPIC_ALREADY_EXISTS,
            )

    def _set(self, differences: Iterable[Difference]) -> None:
        by_topic: dict[str, list[ConfigEntry]] = {}
        for one in differences:
            entry = ConfigEntry(one.setting, one.wanted, incremental_operation=AlterConfigOpType.SET)
            by_topic.setdefault(one.topic, []).append(entry)
        resources = [
            ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
            for topic, entries in by_topic.items()
        ]
        if resources:
            _settle(self._client.incremental_alter_configs(resources))

    def _configs(self, names: Sequence[str]) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for start in range(0, len(names), _AT_ONCE):
            resources = [ConfigResource(ResourceType.TOPIC, name) for name in names[start : start + _AT_ONCE]]
            if not resources:
                continue
            for resource, future in self._client.describe_configs(resources).items():
                entries = _result(future, resource.name)
                found[resource.name] = {name: str(entry.value) for name, entry in entries.items()}
        return found

    def _metadata(self) -> ClusterMetadata:
        try:
            return self._client.list_topics(timeout=_CONNECT_S)
        except KafkaException as trouble:
            raise HubError(
                f"No Kafka answers at {self._brokers}: {trouble.args[0].str()}",
                fix="check HUB_BROKERS, or start the embedded broker with `hub broker up`",
            ) from None


def _settle(futures: Mapping[Any, Future[Any]], *, allowed: int | None = None) -> None:
    """Wait for all; raises HubError with the first refusal that is not the allowed one."""
    for name, future in futures.items():
        try:
            future.result()
        except KafkaException as trouble:
            if trouble.args[0].code() != allowed:
                raise _refused(str(name), trouble.args[0]) from None


def _result(future: Future[Any], name: str) -> Any:
    try:
        return future.result()
    except KafkaException as trouble:
        raise _refused(name, trouble.args[0]) from None


def _refused(name: str, error: KafkaError) -> HubError:
    return HubError(
        f"The cluster refuses topic {name}: {error.str()}",
        fix="check HUB_TOPIC_PREFIX, HUB_REPLICATION against the number of brokers, and your rights",
    )
