"""Names, labels and number of the metrics, and the page that explains them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from itertools import product
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from tests.figures import Tell

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import ClockKind, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Urgency
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason
from hub.contracts.sensing import AlarmKind, AlarmState
from hub.contracts.warnings import Colour, Verdict
from hub.domain.privacy import Pseudonyms
from hub.domain.scoring.rates import Rates
from hub.exporters.disputes import Outcome
from hub.exporters.known import KnownNames
from hub.exporters.open_cases import Risk
from hub.exporters.prometheus import SOURCES
from hub.metrics import LABELS, HubMetrics, metrics_page
from hub.runtime.state_keeper import SnapshotResult
from hub.runtime.trouble import Cause
from hub.topics import TOPICS
from hub.topology import build_steps

PAGE = Path(__file__).parent.parent / "docs/generated/metrics.md"
OPERATIONS, CHANGELOG = PAGE.parents[1] / "operations.md", PAGE.parents[2] / "CHANGELOG.md"
MOST_SERIES = 50_000
CITY_PARTITIONS = 24
BASE_UNITS = (
    "_seconds",
    "_records",
    "_cases",
    "_alarms",
    "_sensors",
    "_warnings",
    "_ratio",
    "_info",
    "_rows",
    "_bytes",
    "_partitions",
)


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
    told = {row.name.removesuffix("_info") for row in metrics.rows}
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


def scopes_of(city: City) -> list[dict[str, str]]:
    """What scores are told of: the city and districts of both windows, towns and units of the longer one."""
    wide = [("city", "city", ""), *(("district", code, code) for code in city.districts)]
    narrow = [("town", code, code[:6]) for code in city.towns]
    narrow += [("unit", code, unit.district or "") for code, unit in city.units.items()]
    days = [(place, "7") for place in wide] + [(place, "28") for place in (*wide, *narrow)]
    return [
        {"by": by, "subject": subject, "district": district, "days": window}
        for (by, subject, district), window in days
    ]


def label_sets(
    names: tuple[str, ...], values: dict[str, list[str]], scopes: list[dict[str, str]]
) -> Iterator[dict[str, str]]:
    """All that the labels may be together; a town lies in one district, and a score's subject, too."""
    joint = scopes if "by" in names else [{}]
    of_town = {"district"} if "town" in names else set()
    free = [name for name in names if name not in {*joint[0], *of_town}]
    for scope, chosen in product(joint, product(*(values[name] for name in free))):
        labels = dict(zip(free, chosen, strict=True))
        home = {"district": labels["town"][:6]} if of_town else {}
        yield {**labels, **scope, **home}


def test_a_whole_city_stays_below_the_limit_of_series(
    metrics: HubMetrics, registry: CollectorRegistry, tell: Tell
) -> None:
    city = load_city("beijing")
    steps = build_steps(city, Pseudonyms(b"k" * 32))
    values: dict[str, list[str]] = {
        "category": [*{*KnownNames.of(city).tops.values()}, "other"],
        "cause": list(Cause),
        "clock": [*ClockKind, "other"],
        "colour": list(Colour),
        "condition": ["online", "silent"],
        "district": [*city.districts, "other"],
        "feed": [*TOPICS, "other"],
        "grade": list(HazardGrade),
        "kind": list(AlarmKind),
        "move": list(EventKind),
        "name": ["the name of each"],
        "outcome": list(Outcome),
        "partition": [str(partition) for partition in range(CITY_PARTITIONS)],
        "quantile": ["0.5", "0.9"],
        "rate": [row.name for row in fields(Rates)],
        "reason": list(Reason),
        "result": list(SnapshotResult),
        "risk": list(Risk),
        "stage": list(Stage),
        "state": list(AlarmState),
        "step": [*(step.name for step in steps), "delivery"],
        "tag": list(CaseTag),
        "tally": list(Tally),
        "topic": [*TOPICS, "other"],
        "town": [*city.towns, "other"],
        "unit": [*city.units, "other"],
        "urgency": list(Urgency),
        "verdict": list(Verdict),
        "worker": sorted({"edges", *(step.worker for step in steps)}),
    }
    for collector in collectors(metrics):
        for labels in label_sets(collector._labelnames, values, scopes_of(city)):
            collector.labels(**labels) if labels else collector
    series = sum(len(family.samples) for family in registry.collect())
    tell(f"metrics: a whole Beijing has {series:,} series at most, of {MOST_SERIES:,}")
    assert 1_000 < series < MOST_SERIES
    assert "_created" not in generate_latest(registry).decode()


def test_lag_is_asked_for_what_each_group_of_steps_reads() -> None:
    steps = build_steps(load_city("beijing"), Pseudonyms(b"k" * 32))
    for group, topics in SOURCES.items():
        read = {topic for step in steps if step.worker == group for topic in step.sources}
        assert set(topics) == read
    assert SOURCES.keys() == {step.worker for step in steps}
