"""Each panel of each board, asked of a real Prometheus: beside the demo, or beside what makes it show."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from deploy.grafana.boards import BOARDS
from deploy.grafana.boards.panels import Board, Panel
from prometheus_client import CollectorRegistry
from tests import system_tools

from hub.demo.monitoring import Monitoring, Programs, free_pair, monitoring, write_files
from hub.exporters.server import MetricsServer
from hub.metrics import HubMetrics

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 90.0
PANELS = [(board, panel) for board in BOARDS for row in board.rows for panel in row.panels]
DISTRICT, UNIT = "110101", "water-group"

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def programs() -> Programs:
    return Programs(system_tools.prometheus(), system_tools.alertmanager())


@pytest.fixture(scope="module")
def demo(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    """`hub demo --prometheus`, an hour of the city every six seconds; its Prometheus."""
    folder = tmp_path_factory.mktemp("demo")
    env = {name: value for name, value in os.environ.items() if not name.startswith("HUB_")}
    env |= {"PYTHONPATH": str(PROJECT / "src"), "HUB_DATA": str(folder), "COLUMNS": "200"}
    line = [
        sys.executable,
        "-c",
        "from hub.cli import main; main()",
        "demo",
        "--prometheus",
        "--speed",
        "600",
    ]
    said = folder / "demo.err"
    with said.open("wb") as errors:
        running = subprocess.Popen(line, env=env, cwd=folder, stdout=errors, stderr=errors)
    try:
        servers = Monitoring(_address(said, running), "")
        assert servers.wait_for("max(hub_district_info)", 1.0, PATIENCE_S), "Prometheus scrapes the demo"
        yield servers
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)


def _address(said: Path, running: subprocess.Popen[bytes]) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and running.poll() is None:
        found = re.search(r"Prometheus at (http://[\d.:]+)", said.read_text("utf-8"))
        if found:
            return found[1]
        time.sleep(0.2)
    pytest.fail(f"the demo names no Prometheus: {said.read_text('utf-8')[-2000:]}")


@pytest.fixture(scope="module")
def trouble(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monitoring]:
    """A Prometheus that scrapes a page on which everything happens that is empty when all is well."""
    folder = tmp_path_factory.mktemp("trouble")
    registry = CollectorRegistry()
    metrics = HubMetrics(registry)
    _let_all_happen(metrics)
    with MetricsServer(registry) as server:
        page = server.url.removeprefix("http://").removesuffix("/metrics")
        write_files(
            folder, {"city": [page], "workers": [page], "alertmanager": []}, "http://127.0.0.1:9", "1s"
        )
        with monitoring(programs, folder, free_pair()) as servers:
            assert servers.wait_for('sum(up{job="hub-city"})', 1.0, PATIENCE_S)
            _let_all_happen(metrics)
            yield servers


def _let_all_happen(metrics: HubMetrics) -> None:
    metrics.transactions_aborted.labels("city", "fenced").inc()
    metrics.dead_letters.labels("invalid_field").inc()
    metrics.clock_skew_seconds.labels("city").set(0.2)
    metrics.ledger_records.labels("hotline.tickets", "late").inc()
    metrics.ticket_to_order_seconds.labels("life").observe(0.3)
    metrics.limits_at_risk.labels("resolve", "warned", DISTRICT).set(3)
    metrics.objections.labels(UNIT, "objected").inc()
    for by, subject, district in (("city", "city", ""), ("district", DISTRICT, DISTRICT), ("unit", UNIT, "")):
        for rate in ("response", "resolution", "satisfaction", "score"):
            metrics.score_ratio.labels(by, subject, district, rate, "28").set(0.95)
        metrics.score_handling_seconds.labels(by, subject, district, "0.5", "28").set(7_200)
    metrics.active_warnings.labels("orange", DISTRICT).set(1)
    metrics.recent_warnings.labels("orange", "right", DISTRICT).set(4)
    metrics.district_info.labels(DISTRICT, "东城区").set(1)
    metrics.sensors.labels("online", DISTRICT, f"{DISTRICT}001").set(4)


def _unanswered(servers: Monitoring, shown: list[tuple[Board, Panel]]) -> list[str]:
    """The panels that get no data yet."""
    return [
        f"{board.uid} {panel.zh}: {query.expr}"
        for board, panel in shown
        for query in panel.queries
        if not servers.ask(query.expr.replace("$district", DISTRICT).replace("$unit", UNIT))
    ]


def _until_answered(servers: Monitoring, shown: list[tuple[Board, Panel]]) -> list[str]:
    deadline = time.monotonic() + PATIENCE_S
    while (missing := _unanswered(servers, shown)) and time.monotonic() < deadline:
        time.sleep(1)
    return missing


def test_every_panel_has_data_while_the_demo_runs(demo: Monitoring) -> None:
    assert not _until_answered(demo, [(board, panel) for board, panel in PANELS if not panel.quiet])


def test_what_is_empty_when_all_is_well_shows_when_it_is_not(trouble: Monitoring) -> None:
    quiet = [(board, panel) for board, panel in PANELS if panel.quiet]
    assert quiet
    assert not _until_answered(trouble, quiet)


def test_every_list_to_choose_from_has_entries_with_names(demo: Monitoring) -> None:
    for board in BOARDS:
        for choice in board.choices:
            found = demo.ask(choice.metric)
            assert found, choice.metric
            for labels in found:
                assert {choice.label, choice.shown} <= dict(labels).keys()
