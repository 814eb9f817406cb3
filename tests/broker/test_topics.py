"""Topics on a real broker: made, compared, mended; partition counts never touched."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from types import SimpleNamespace
from typing import cast

import pytest
from click.testing import CliRunner, Result

from hub.citypack.city import City
from hub.cli import main
from hub.runtime.admin import DifferenceKind, TopicAdmin, TopicSpec, wanted_topics
from hub.settings import load_settings

BIG_CITY = cast(City, SimpleNamespace(units={f"unit-{number}": None for number in range(440)}))
SMALL_CITY = cast(City, SimpleNamespace(units={"water": None}))


def specs(city: City, prefix: str) -> list[TopicSpec]:
    return wanted_topics(city, ("cases", "sensing"), load_settings(topic_prefix=prefix, partitions=2))


def changed(spec: TopicSpec, **config: str) -> TopicSpec:
    return replace(spec, config=tuple(sorted((dict(spec.config) | config).items())))


def test_the_topics_of_a_big_city_are_made_within_seconds(broker: str) -> None:
    admin, wanted = TopicAdmin(broker), specs(BIG_CITY, "big.")
    started = time.monotonic()
    assert admin.apply(wanted) == []
    assert time.monotonic() - started < 20
    assert len(wanted) > 450
    assert admin.diff(wanted) == []
    admin.delete(spec.name for spec in wanted)


def test_applying_twice_changes_nothing(broker: str) -> None:
    admin, wanted = TopicAdmin(broker), specs(SMALL_CITY, "twice.")
    admin.apply(wanted)
    before = admin.found(spec.name for spec in wanted)
    assert admin.apply(wanted) == []
    assert admin.found(spec.name for spec in wanted) == before


def test_what_differs_is_told_and_mended(broker: str) -> None:
    admin, wanted = TopicAdmin(broker), specs(SMALL_CITY, "mend.")
    missing, other, *rest = wanted
    admin.apply([changed(other, **{"retention.ms": "1000", "cleanup.policy": "compact"}), *rest])
    told = [(one.topic, one.kind, one.setting, one.found) for one in admin.diff(wanted)]
    assert told == [
        (missing.name, DifferenceKind.MISSING, "", ""),
        (other.name, DifferenceKind.CONFIG, "cleanup.policy", "compact"),
        (other.name, DifferenceKind.CONFIG, "retention.ms", "1000"),
    ]
    assert admin.apply(wanted) == []
    assert admin.diff(wanted) == []


def test_partitions_are_told_and_left_alone(broker: str) -> None:
    admin, wanted = TopicAdmin(broker), specs(SMALL_CITY, "parts.")
    admin.apply(wanted)
    more = [replace(spec, partitions=spec.partitions + 1) for spec in wanted]
    left = admin.apply(more)
    assert {one.kind for one in left} == {DifferenceKind.PARTITIONS}
    assert len(left) == len(wanted)
    assert admin.diff(wanted) == []


def hub(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


def test_the_commands_make_compare_and_tell_by_exit_code(
    broker: str, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    monkeypatch.chdir(tmp_path_factory.mktemp("work"))
    monkeypatch.setenv("HUB_BROKERS", broker)
    monkeypatch.setenv("HUB_TOPIC_PREFIX", "commands.")
    monkeypatch.setenv("HUB_CITY", "boston")
    differs = hub("topics", "diff", "--json")
    assert differs.exit_code == 1
    assert {row["kind"] for row in json.loads(differs.output)} == {"missing"}
    assert hub("topics", "apply").exit_code == 0
    same = hub("topics", "diff")
    assert same.exit_code == 0, same.output
    assert "as wanted" in same.output
    listed = json.loads(hub("topics", "list", "--json").output)
    assert {row["name"] for row in listed} > {"commands.city.signals", "commands.hub.cases.changelog"}
    monkeypatch.setenv("HUB_PARTITIONS", "3")
    refused = hub("topics", "apply")
    assert refused.exit_code == 1
    assert "HUB_PARTITIONS=4" in refused.output


def test_a_cluster_that_is_not_there_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_BROKERS", "127.0.0.1:1")
    monkeypatch.setattr("hub.runtime.admin._CONNECT_S", 1.0)
    result = hub("topics", "diff", "--city", "boston")
    assert result.exit_code == 2
    assert "No Kafka answers at 127.0.0.1:1" in result.stderr
