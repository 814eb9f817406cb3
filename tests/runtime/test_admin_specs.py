"""Which topics a deployment needs, and what counts as a difference; no cluster."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest

from hub.citypack.city import City
from hub.runtime.topic_specs import (
    FEED_BYTES,
    LETTER_BYTES,
    DifferenceKind,
    FoundTopic,
    TopicSpec,
    compare,
    wanted_topics,
)
from hub.settings import Settings, load_settings
from hub.topics import TOPICS

CITY = cast(City, SimpleNamespace(units={"water": None, "roads": None}))
DAY_MS = 24 * 3600 * 1000


@pytest.fixture
def settings() -> Settings:
    return load_settings(
        topic_prefix="east.", partitions=24, replication=3, min_insync_replicas=2, brokers="none:1"
    )


@pytest.fixture
def specs(settings: Settings) -> dict[str, TopicSpec]:
    return {spec.name: spec for spec in wanted_topics(CITY, ("cases", "sensing"), settings)}


def found(specs: dict[str, TopicSpec]) -> dict[str, FoundTopic]:
    return {name: FoundTopic(spec.partitions, dict(spec.config)) for name, spec in specs.items()}


def test_all_topics_one_per_unit_and_one_per_stateful_step(specs: dict[str, TopicSpec]) -> None:
    own = {"unit.orders.roads", "unit.orders.water", "hub.cases.changelog", "hub.sensing.changelog"}
    assert set(specs) == {f"east.{name}" for name in {*TOPICS, *own}}


def test_keyed_topics_share_a_count_and_a_units_topic_has_one_partition(specs: dict[str, TopicSpec]) -> None:
    assert {specs[f"east.{name}"].partitions for name in TOPICS} == {24}
    assert specs["east.hub.cases.changelog"].partitions == specs["east.city.signals"].partitions
    assert specs["east.unit.orders.water"].partitions == 1


def test_copies_come_from_the_settings(specs: dict[str, TopicSpec]) -> None:
    assert {spec.replication for spec in specs.values()} == {3}
    assert {dict(spec.config)["min.insync.replicas"] for spec in specs.values()} == {"2"}


@pytest.mark.parametrize(
    ("topic", "policy", "kept_ms"),
    [
        ("hotline.tickets", "delete", 90 * DAY_MS),
        ("city.signals", "delete", 400 * DAY_MS),
        ("case.events", "delete", -1),
        ("case.state", "compact", -1),
        ("hub.cases.changelog", "compact", -1),
        ("unit.orders.water", "delete", 90 * DAY_MS),
    ],
)
def test_keeping_is_as_the_map_says(
    specs: dict[str, TopicSpec], topic: str, policy: str, kept_ms: int
) -> None:
    config = dict(specs[f"east.{topic}"].config)
    assert (config["cleanup.policy"], config["retention.ms"]) == (policy, str(kept_ms))


def test_feeds_carry_the_brokers_time_and_no_other_topic_does(specs: dict[str, TopicSpec]) -> None:
    by_broker = {
        n for n, spec in specs.items() if dict(spec.config)["message.timestamp.type"] == "LogAppendTime"
    }
    assert by_broker == {f"east.{topic.name}" for topic in TOPICS.values() if topic.feed}


def test_a_dead_letter_has_room_for_any_record_of_a_feed(specs: dict[str, TopicSpec]) -> None:
    assert dict(specs["east.hotline.tickets"].config)["max.message.bytes"] == str(FEED_BYTES)
    assert dict(specs["east.dead.letters"].config)["max.message.bytes"] == str(LETTER_BYTES)
    assert FEED_BYTES + 1024 * 1024 <= LETTER_BYTES


def test_what_is_as_wanted_does_not_differ(specs: dict[str, TopicSpec]) -> None:
    others = {"somebody.elses": FoundTopic(7, {})}
    assert compare(specs.values(), found(specs) | others) == []


def test_each_difference_names_topic_setting_and_fix(specs: dict[str, TopicSpec]) -> None:
    there = found(specs)
    del there["east.grid.reports"]
    there["east.city.signals"] = replace(there["east.city.signals"], partitions=12)
    there["east.case.state"] = replace(
        there["east.case.state"], config=dict(there["east.case.state"].config) | {"cleanup.policy": "delete"}
    )
    differences = {one.topic: one for one in compare(specs.values(), there)}
    assert {topic: one.kind for topic, one in differences.items()} == {
        "east.grid.reports": DifferenceKind.MISSING,
        "east.city.signals": DifferenceKind.PARTITIONS,
        "east.case.state": DifferenceKind.CONFIG,
    }
    partitions = differences["east.city.signals"]
    assert (partitions.wanted, partitions.found) == ("24", "12")
    assert "HUB_PARTITIONS=12" in partitions.fix
    config = differences["east.case.state"]
    assert (config.setting, config.wanted, config.found) == ("cleanup.policy", "compact", "delete")
    assert all(
        "hub topics apply" in differences[f"east.{name}"].fix for name in ("grid.reports", "case.state")
    )
