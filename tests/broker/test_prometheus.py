"""A real Prometheus scrapes the exporter, which reads a real broker, and answers questions about the city."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from confluent_kafka import Consumer, TopicPartition
from tests import system_tools
from tests.broker.deployment import PARTITIONS, Deployment
from tests.exporters.test_mission import warning
from tests.exporters.test_scores import cell as score_cell
from tests.verify.told import LEAD, count, entry, life

from hub.contracts.cases import Stage
from hub.contracts.fields import Contract, Urgency
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.contracts.warnings import Colour
from hub.runtime.ports import free_ports
from hub.topics import ALARMS, EVENTS, HOTLINE, LEDGER, ORDERS, SCORES_DAILY, SIGNALS, WARNINGS

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 20.0
WAITING = 7
CONFIG = """
global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
  - job_name: hub
    static_configs: [{{targets: ["{target}"]}}]
"""


@pytest.fixture(scope="module")
def city(broker: str) -> Deployment:
    """Topics that tell of two closed cases, one at work, one without a unit, an alarm, four tickets."""
    deployment = Deployment(broker, "prometheus.")
    deployment.make_topics()
    with deployment.publisher() as publisher:

        def tell(topic: str, key: str, value: Contract, id: str) -> None:
            publisher.publish(topic, key, value, source="hub:test", id=id, time=datetime.now(UTC))

        lives = [life("110101001-a"), life("110101001-b"), life("110102001-c", "110102")[:5]]
        lost = life("110101001-d")[0].model_copy(update={"lead_unit": None})
        for event in [*(event for told in lives for event in told), lost]:
            tell(EVENTS, event.case_id[:9], event, f"{event.case_id}/{event.seq}")
        publisher.publish_raw(EVENTS, b"110101001", b"\x00", [("ce_id", b"torn")])
        tell(ALARMS, "g1/s1/high", _alarm(), "alarm")
        ends = (count(HOTLINE, Tally.ACCEPTED, 2), count(HOTLINE, Tally.DUPLICATE, 1))
        tell(LEDGER, "a", entry(HOTLINE, 0, 3), "entry-1")
        tell(LEDGER, "b", entry(SIGNALS, 0, 3, 3, *ends, step="cases"), "entry-2")
        cell = score_cell(0, asked_solved=10, solved=8)
        tell(SCORES_DAILY, "cell", cell, "cell-1")
        tell(WARNINGS, "w", warning(1, colour=Colour.RED), "w-1")
        for number in range(10):
            publisher.publish_raw(SIGNALS, b"110101001", b"-", [("ce_id", b"%d" % number)], partition=1)
    _commit(deployment, SIGNALS, 1, 10 - WAITING)
    return deployment


def _alarm() -> Alarm:
    now = datetime.now(UTC)
    return Alarm(
        alarm_id="g1/s1/high/1",
        gateway="g1",
        sensor="s1",
        kind=AlarmKind.HIGH,
        state=AlarmState.ACTIVE_UNACKED,
        raised=now,
        changed=now,
        value=9.0,
        limit=8.0,
        town="110101001",
        cell=None,
    )


def _order(received: datetime) -> UnitOrder:
    return UnitOrder(
        unit=LEAD,
        case_id="110101001-a",
        seq=0,
        at=received,
        kind=OrderKind.NEW,
        role=OrderRole.LEAD,
        stage=Stage.DISPATCHED,
        category="water",
        town="110101001",
        cell=None,
        urgency=Urgency.LIFE,
        signals=1,
        signal_time=received,
    )


def _commit(deployment: Deployment, topic: str, partition: int, offset: int) -> None:
    """Commit as the city's steps would."""
    group = f"{deployment.prefix}hub-city"
    consumer = Consumer({"bootstrap.servers": deployment.brokers, "group.id": group})
    at = TopicPartition(deployment.prefix + topic, partition, offset)
    consumer.commit(offsets=[at], asynchronous=False)
    consumer.close()


@contextmanager
def exporter(deployment: Deployment, folder: Path) -> Iterator[str]:
    """`hub exporter` as a process of its own; the host and port of its page once it is ready."""
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "HUB_BROKERS": deployment.brokers,
        "HUB_TOPIC_PREFIX": deployment.prefix,
        "HUB_PARTITIONS": str(PARTITIONS),
        "HUB_CITY": "beijing",
        "HUB_METRICS_PORT": "0",
    }
    line = [sys.executable, "-c", "from hub.cli import main; main()", "exporter"]
    with (folder / "exporter.err").open("wb") as errors:
        running = subprocess.Popen(
            line, env=env, cwd=folder, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        assert running.stdout is not None
        try:
            url = running.stdout.readline().strip()
            assert url, (folder / "exporter.err").read_text()
            yield urllib.parse.urlsplit(url).netloc
        finally:
            running.send_signal(signal.SIGTERM)
            running.stdout.close()
            assert running.wait(30) == 0, (folder / "exporter.err").read_text()


@pytest.fixture(scope="module")
def binary() -> str:
    """The real Prometheus."""
    return system_tools.prometheus()


@contextmanager
def prometheus(binary: str, target: str, folder: Path) -> Iterator[Callable[[str], list[float]]]:
    """A Prometheus that scrapes one target each second; ask it a query, get the values."""
    (folder / "prometheus.yml").write_text(CONFIG.format(target=target))
    (port,) = free_ports(1)
    line = [
        binary,
        f"--config.file={folder / 'prometheus.yml'}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--log.level=warn",
    ]
    with (folder / "prometheus.err").open("wb") as errors:
        running = subprocess.Popen(line, cwd=folder, stdout=errors, stderr=errors)
        try:
            yield lambda query: ask(f"http://127.0.0.1:{port}", query)
        finally:
            running.terminate()
            running.wait(30)


def ask(server: str, query: str) -> list[float]:
    """The values that a query gives now; none while the server starts."""
    url = f"{server}/api/v1/query?{urllib.parse.urlencode({'query': query})}"
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            result = json.load(answer)["data"]["result"]
    except urllib.error.URLError:
        return []
    return [float(series["value"][1]) for series in result]


def answers(query: Callable[[str], list[float]], wanted: dict[str, list[float]]) -> dict[str, list[float]]:
    """What queries give once it is what is wanted, or at the end of patience."""
    deadline = time.monotonic() + PATIENCE_S
    while (found := {text: query(text) for text in wanted}) != wanted and time.monotonic() < deadline:
        time.sleep(0.3)
    return found


QUESTIONS: dict[str, list[float]] = {
    'up{job="hub"}': [1],
    "sum(hub_cases)": [4],
    'hub_cases{stage="closed", district="110101"}': [2],
    'hub_cases{stage="in_work", district="110102"}': [1],
    'hub_open_cases_warned{district="110102"}': [1],
    "sum(hub_open_cases_breached)": [0],
    "sum(hub_open_cases_without_one_accountable_unit)": [1],
    'hub_alarms{state="active_unacked", kind="high"}': [1],
    "sum(hub_ledger_records_total)": [3],
    f'hub_ledger_imbalance_records{{feed="{HOTLINE}"}}': [1],
    f'hub_feed_age_seconds{{feed="{HOTLINE}"}} < bool 600': [1],
    f'sum(hub_consumer_lag_records{{topic="{SIGNALS}"}})': [WAITING],
    f'hub_exporter_unreadable_total{{topic="{EVENTS}"}}': [1],
    "count(hub_build_info)": [1],
    'hub_unit_open_cases{unit="other", risk="warned"}': [1],
    'hub_town_open_cases{town="110101001", risk="in_time"}': [1],
    'sum(hub_case_moves_total{move="closed"})': [2],
    'sum(hub_sensors{condition="silent"})': [0],
    'hub_score_ratio{by="district", subject="110101", rate="resolution", days="7"}': [0.8],
    'hub_active_warnings{colour="red", district="110101"}': [1],
}


def test_prometheus_answers_for_the_city(binary: str, city: Deployment, tmp_path: Path) -> None:
    with exporter(city, tmp_path) as target, prometheus(binary, target, tmp_path) as query:
        assert answers(query, QUESTIONS) == QUESTIONS
        with city.publisher() as publisher:
            received = datetime.now(UTC) - timedelta(seconds=3)
            publisher.publish(ORDERS, LEAD, _order(received), source="hub:test", id="o1", time=received)
        timed = {'hub_ticket_to_order_seconds_count{urgency="life"}': [1.0]}
        assert answers(query, timed) == timed
        (seconds,) = query("sum(hub_ticket_to_order_seconds_sum)")
        assert 3 <= seconds < 30
        within = 'hub_ticket_to_order_seconds_bucket{urgency="life", le="2.5"}'
        assert query(within) == [0]


def _page(target: str) -> dict[str, float]:
    with urllib.request.urlopen(f"http://{target}/metrics", timeout=5) as answer:
        lines = answer.read().decode().splitlines()
    samples = (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
    # Ages grow and lag is asked for later; everything else comes from the topics.
    return {name: float(value) for name, value in samples if "_age_" not in name and "_lag_" not in name}


def test_a_restarted_exporter_shows_the_same_city(city: Deployment, tmp_path: Path) -> None:
    with exporter(city, tmp_path) as target:
        before = _page(target)
    with exporter(city, tmp_path) as target:
        assert _page(target) == before
    assert before['hub_cases{district="110101",stage="closed"}'] == 2


def test_an_exporter_without_topics_says_what_to_do(broker: str) -> None:
    result = Deployment(broker, "nowhere.").hub("exporter", "--city", "beijing")
    assert result.exit_code == 2
    assert "hub topics apply" in result.output
