"""Prometheus's files: valid, alerts tested both ways, asking for metrics that there are, leading to help."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry
from tests.docs.pages import PROJECT, text_of
from tests.docs.test_pages import anchors_of
from tests.system_tools import promtool, said

from hub.citypack.load import load_city
from hub.metrics import LABELS, HubMetrics
from hub.topics import TOPICS

FOLDER = PROJECT / "deploy" / "prometheus"
RULES = sorted((FOLDER / "rules").glob("*.yml"))
TESTS = sorted((FOLDER / "tests").glob("*.yml"))
NOT_OURS = {"up", "alertmanager_notifications_failed_total", "process_resident_memory_bytes"}

Rule = dict[str, Any]


def rules_in(path: Path) -> list[Rule]:
    return [rule for group in yaml.safe_load(text_of(path))["groups"] for rule in group["rules"]]


ALERTS = [rule for path in RULES for rule in rules_in(path) if "alert" in rule]
RECORDED = {rule["record"] for path in RULES for rule in rules_in(path) if "record" in rule}


def name_of(rule: Rule) -> str:
    return str(rule["alert"])


def test_prometheus_takes_the_files() -> None:
    said(promtool(), "check", "config", str(FOLDER / "prometheus.yml"))
    said(promtool(), "check", "rules", *map(str, RULES))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.stem)
def test_alerts_fire_and_are_quiet_as_their_tests_say(path: Path) -> None:
    said(promtool(), "test", "rules", str(path))


def test_every_alert_has_a_test_that_fires_and_one_that_is_quiet() -> None:
    found: dict[str, set[bool]] = defaultdict(set)
    for path in TESTS:
        for test in yaml.safe_load(text_of(path))["tests"]:
            for asked in test["promql_expr_test"]:
                (alert,) = re.findall(r'alertname="(\w+)"', asked["expr"])
                assert test["name"].startswith(f"{alert} ")
                found[alert].add(bool(asked.get("exp_samples")))
    assert found == {name_of(alert): {True, False} for alert in ALERTS}


def test_alerts_have_names_of_their_own() -> None:
    assert len({name_of(alert) for alert in ALERTS}) == len(ALERTS)


@pytest.mark.parametrize("alert", ALERTS, ids=name_of)
def test_an_alert_says_what_is_wrong_and_where_to_read_on(alert: Rule) -> None:
    labels, notes = alert["labels"], alert["annotations"]
    assert labels["severity"] in {"critical", "warning"}
    assert labels["scope"] in {"engine", "city", "district", "town", "unit"}
    assert labels["about"]
    assert re.search(r"[\u4e00-\u9fff]", notes["summary_zh"])
    assert not re.search(r"[\u4e00-\u9fff]", notes["summary"])
    page, _, anchor = notes["runbook_url"].partition("#")
    assert anchor in anchors_of(text_of(PROJECT / page))


def test_the_page_on_monitoring_lists_every_alert_with_its_severity_and_help() -> None:
    page = text_of(PROJECT / "docs" / "monitoring.md")
    rows = re.findall(r"^\| `(\w+)` \| .*(critical|warning) \| \[.*\]\((.*)\) \|$", page, re.MULTILINE)
    assert rows == [
        (
            name_of(alert),
            alert["labels"]["severity"],
            alert["annotations"]["runbook_url"].removeprefix("docs/"),
        )
        for stem in ("slo", "engine", "city", "proactive")
        for alert in rules_in(FOLDER / "rules" / f"{stem}.yml")
    ]


def test_a_critical_alert_about_the_city_waits_or_looks_back() -> None:
    hasty = {name_of(alert) for alert in ALERTS if "for" not in alert}
    assert hasty == {
        "HubStepStalled",
        "HubSessionsLost",
        "HubTransactionsAborted",
        "HubFaultInHandler",
        "HubExporterCannotRead",
        "RedWarning",
    }


def test_rules_ask_for_metrics_that_there_are_by_labels_that_they_have() -> None:
    rows = {row.name: row for row in HubMetrics(CollectorRegistry()).rows}
    for path in RULES:
        for rule in rules_in(path):
            for name in re.findall(
                r"\b(?:\w+:)?(?:hub|process|alertmanager)_\w+(?::\w+)?|\bup\b", rule["expr"]
            ):
                base = re.sub(r"_(bucket|count|sum)$", "", name)
                assert {name, base} & ({*rows} | RECORDED | NOT_OURS), name
            for name, matchers in re.findall(r"\b(hub_\w+)\{([^}]*)\}", rule["expr"]):
                row = rows[re.sub(r"_(bucket|count|sum)$", "", name)]
                asked = set(re.findall(r"(\w+)\s*=", matchers)) - {"le"}
                assert asked <= {*row.labels}, name


def test_each_metric_comes_from_one_job() -> None:
    """A worker's page shows the city, too; with three of them it would be there three times."""
    jobs = yaml.safe_load(text_of(FOLDER / "prometheus.yml"))["scrape_configs"]
    rules = {
        job["job_name"]: job["metric_relabel_configs"] for job in jobs if job["job_name"] != "alertmanager"
    }
    (city,), (worker,) = rules["hub-city"], rules["hub-worker"]
    assert (city["action"], worker["action"]) == ("drop", "keep")
    assert city["regex"] == worker["regex"]
    names = {row.name for row in HubMetrics(CollectorRegistry()).rows}
    engine = {name for name in names if re.fullmatch(worker["regex"], name)}
    assert len(engine) > 20
    words = ("case", "score", "feed", "sensor", "warning", "ledger", "objection", "info")
    assert {name for name in engine if any(word in name for word in words)} == {"hub_build_info"}
    assert {name for name in names - engine if "step" in name or "worker" in name} == set()


def test_feeds_of_rules_are_feeds_of_the_map() -> None:
    named = set(re.findall(r'feed="([\w.]+)"', text_of(FOLDER / "rules" / "recording.yml")))
    assert {name for name in named if TOPICS[name].feed} == named
    assert len(named) >= 5


def test_alerts_that_open_cases_have_what_a_case_needs() -> None:
    city = load_city("beijing")
    opening = [alert for alert in ALERTS if alert["labels"].get("proactive") == "true"]
    assert opening
    for alert in opening:
        assert alert["labels"]["category"] in city.categories
        assert re.search(r"by \([^)]*\btown\b", alert["expr"])


def test_labels_that_route_are_labels_of_metrics() -> None:
    assert {"district", "town", "unit", "feed"} <= LABELS.keys()
