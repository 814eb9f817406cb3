"""Names, labels and number of the metrics, and the page that explains them."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hub.citypack.load import load_city
from hub.contracts.cases import Stage
from hub.contracts.fields import Urgency
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason
from hub.contracts.sensing import AlarmKind, AlarmState
from hub.domain.privacy import Pseudonyms
from hub.exporters.disputes import Outcome
from hub.exporters.known import KnownNames
from hub.exporters.prometheus import SOURCES
from hub.metrics import LABELS, HubMetrics, metrics_page
from hub.runtime.state_keeper import SnapshotResult
from hub.runtime.trouble import Cause
from hub.topics import TOPICS
from hub.topology import build_steps

PAGE = Path(__file__).parent.parent / "docs/generated/metrics.md"
OPERATIONS, CHANGELOG = PAGE.parents[1] / "operations.md", PAGE.parents[2] / "CHANGELOG.md"
MOST_SERIES = 20_000
CITY_PARTITIONS = 24
BASE_UNITS = ("_seconds", "_records", "_cases", "_alarms", "_info", "_rows", "_bytes", "_partitions")


@pytest.fixture
def registry() -> CollectorRegistry:
    return CollectorRegistry()


@pytest.fixture
def metrics(registry: CollectorRegistry) -> HubMetrics:
    return HubMetrics(registry)


def collectors(metrics: HubMetrics) -> list[Counter | Gauge | Histogram]:
    return [each for each in vars(metrics).values() if isinstance(each, Counter | Gauge | Histogram)]


def test_names_begin_with_hub_and_only_counters_end_in_total(metrics: HubMetrics) -> None:
    for row in metrics.rows:
        assert re.fullmatch(r"hub_[a-z_]+", row.name)
        assert row.name.endswith("_total") == (row.type == "counter"), row.name
        assert row.help.endswith("."), row.name
        assert set(row.labels) <= LABELS.keys(), row.name
    assert len({row.name for row in metrics.rows}) == len(metrics.rows)


def test_every_figure_that_is_no_count_names_its_base_unit(metrics: HubMetrics) -> None:
    for row in metrics.rows:
        if row.type != "counter":
            unit = any(unit in row.name for unit in BASE_UNITS)
            assert unit, row.name
            assert not re.search(r"_(ms|millis|minutes|hours|percent|kb|mb)(_|$)", row.name)


def test_rows_tell_what_is_declared(metrics: HubMetrics, registry: CollectorRegistry) -> None:
    declared = {f"{each.name}_total" if each.type == "counter" else each.name for each in registry.collect()}
    told = {
        row.name.removesuffix("_info") if row.name == "hub_build_info" else row.name for row in metrics.rows
    }
    assert {name.removesuffix("_info") for name in declared} == told
    assert len(collectors(metrics)) == len(metrics.rows) - 1, "all but the build information are attributes"


def test_a_process_shows_no_series_that_it_does_not_know(
    metrics: HubMetrics, registry: CollectorRegistry
) -> None:
    shown = [line for line in generate_latest(registry).decode().splitlines() if not line.startswith("#")]
    assert [line.split("{")[0].split()[0] for line in shown] == [
        "hub_build_info",
        "hub_delivery_failures_total",
    ]


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == metrics_page(), "run `make docs`"


def test_the_pages_name_metrics_that_there_are(metrics: HubMetrics) -> None:
    there = {row.name for row in metrics.rows}
    for page in (OPERATIONS, CHANGELOG):
        named = set(re.findall(r"hub_[a-z_]+[a-z]", page.read_text("utf-8")))
        assert {name.removesuffix("_bucket") for name in named} <= there, page.name


def test_a_whole_city_stays_below_the_limit_of_series(
    metrics: HubMetrics, registry: CollectorRegistry
) -> None:
    city = load_city("beijing")
    steps = build_steps(city, Pseudonyms(b"k" * 32))
    values: dict[str, list[str]] = {
        "category": [*{*KnownNames.of(city).tops.values()}, "other"],
        "cause": list(Cause),
        "district": [*city.districts, "other"],
        "feed": [*TOPICS, "other"],
        "kind": list(AlarmKind),
        "outcome": list(Outcome),
        "partition": [str(partition) for partition in range(CITY_PARTITIONS)],
        "reason": list(Reason),
        "result": list(SnapshotResult),
        "stage": list(Stage),
        "state": list(AlarmState),
        "step": [*(step.name for step in steps), "delivery"],
        "tally": list(Tally),
        "topic": [*TOPICS, "other"],
        "unit": [*city.units, "other"],
        "urgency": list(Urgency),
        "worker": sorted({"edges", *(step.worker for step in steps)}),
    }
    for collector in collectors(metrics):
        for labels in product(*(values[label] for label in collector._labelnames)):
            collector.labels(*labels) if labels else collector
    series = sum(len(family.samples) for family in registry.collect())
    print(f"a whole city at most: {series:,} series")
    assert 1_000 < series < MOST_SERIES
    assert "_created" not in generate_latest(registry).decode()


def test_lag_is_asked_for_what_each_group_of_steps_reads() -> None:
    steps = build_steps(load_city("beijing"), Pseudonyms(b"k" * 32))
    for group, topics in SOURCES.items():
        read = {topic for step in steps if step.worker == group for topic in step.sources}
        assert set(topics) == read
    assert SOURCES.keys() == {step.worker for step in steps}
