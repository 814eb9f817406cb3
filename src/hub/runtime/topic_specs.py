"""Which topics a deployment needs, and how a cluster differs from that. Pure: asks no cluster."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from hub.topics import DEAD_LETTERS, TOPICS, Topic, changelog, unit_orders

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.settings import Settings

MEBIBYTE = 1 << 20
FEED_BYTES = 12 * MEBIBYTE
"""A feed takes what no step will use, up to here, so that it ends in dead letters and not unseen."""
LETTER_BYTES = 16 * MEBIBYTE
"""A dead letter holds such a record whole, with its headers and the reason."""
OTHER_BYTES = 2 * MEBIBYTE

REMOVALS_KEPT = timedelta(days=1)
"""How long a compacted topic tells that a row was removed: a snapshot must be much younger to be used."""


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic as it must be on the cluster: full name, partitions, copies, settings of its own."""

    name: str
    partitions: int
    replication: int
    config: tuple[tuple[str, str], ...]


class DifferenceKind(StrEnum):
    """How a topic on the cluster differs from the map."""

    MISSING = "missing"
    PARTITIONS = "partitions"
    CONFIG = "config"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference between the map and the cluster, with what to do about it."""

    topic: str
    kind: DifferenceKind
    setting: str
    wanted: str
    found: str
    fix: str


@dataclass(frozen=True, slots=True)
class FoundTopic:
    """A topic as the cluster has it."""

    partitions: int
    config: Mapping[str, str]


def wanted_topics(city: City, stateful_steps: Iterable[str], settings: Settings) -> list[TopicSpec]:
    """Every topic of a deployment: the map's, one of orders for each unit, one changelog for each step."""
    wanted = [*TOPICS.values()]
    wanted += [unit_orders(unit) for unit in sorted(city.units)]
    wanted += [changelog(step) for step in stateful_steps]
    return [topic_spec(topic, settings) for topic in wanted]


def topic_spec(topic: Topic, settings: Settings) -> TopicSpec:
    """One topic of the map with the settings of a deployment."""
    config = {
        "cleanup.policy": "compact" if topic.compacted else "delete",
        "retention.ms": _retention_ms(topic),
        "min.insync.replicas": str(settings.min_insync_replicas),
        "max.message.bytes": str(max_bytes(topic)),
        # What arrived when is the hub's to say, not the publisher's, unless time itself is simulated.
        "message.timestamp.type": "LogAppendTime"
        if topic.feed and not settings.simulated_time
        else "CreateTime",
    }
    if topic.compacted:
        config["delete.retention.ms"] = str(REMOVALS_KEPT // timedelta(milliseconds=1))
    if settings.simulated_time:
        config["retention.ms"] = "-1"
    return TopicSpec(
        settings.topic_prefix + topic.name,
        settings.partitions if topic.partitioned else 1,
        settings.replication,
        tuple(sorted(config.items())),
    )


def compare(wanted: Iterable[TopicSpec], found: Mapping[str, FoundTopic]) -> list[Difference]:
    """What differs, in the order of ``wanted``; topics of others on the cluster are none of ours."""
    differences: list[Difference] = []
    for spec in wanted:
        there = found.get(spec.name)
        if there is None:
            differences.append(
                Difference(spec.name, DifferenceKind.MISSING, "", "", "", "make it with `hub topics apply`")
            )
            continue
        if there.partitions != spec.partitions:
            differences.append(_partitions_differ(spec, there.partitions))
        differences += [
            Difference(
                spec.name,
                DifferenceKind.CONFIG,
                setting,
                value,
                there.config.get(setting, "unset"),
                "set it with `hub topics apply`",
            )
            for setting, value in spec.config
            if there.config.get(setting) != value
        ]
    return differences


def _partitions_differ(spec: TopicSpec, found: int) -> Difference:
    return Difference(
        spec.name,
        DifferenceKind.PARTITIONS,
        "partitions",
        str(spec.partitions),
        str(found),
        f"set HUB_PARTITIONS={found}, or begin a new deployment under another HUB_TOPIC_PREFIX: "
        "keys would move to other partitions and lose their state",
    )


def _retention_ms(topic: Topic) -> str:
    if topic.retention_days is None:
        return "-1"
    return str(timedelta(days=topic.retention_days) // timedelta(milliseconds=1))


def max_bytes(topic: Topic) -> int:
    """Largest record that the topic takes, headers included."""
    if topic.feed:
        return FEED_BYTES
    return LETTER_BYTES if topic.name == DEAD_LETTERS else OTHER_BYTES
