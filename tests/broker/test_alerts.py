"""A real Prometheus finds sensors silent, a real Alertmanager tells the hub, and a case is open: once."""

from __future__ import annotations

import json
import os
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry
from tests import system_tools
from tests.broker.deployment import Deployment
from tests.broker.hub_process import HubProcess
from tests.scenarios.brook import PACK, PARTITIONS, brook, steps_with_state

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, EventKind, Refusal
from hub.contracts.fields import Contract, Feed
from hub.contracts.proactive import ProactiveReport
from hub.demo.monitoring import Monitoring, Programs, free_pair, monitoring, write_files
from hub.exporters.server import MetricsServer
from hub.metrics import HubMetrics
from hub.runtime.admin import TopicAdmin, wanted_topics
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.settings import load_settings
from hub.topics import EVENTS, PROACTIVE, REFUSALS

PATIENCE_S = 40.0
DISTRICT, TOWN = "EAST", "HEATH"
NOBODY = "127.0.0.1:9"
"""A port where nothing listens."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A hub that is watched, and what of its sensors the watching sees."""

    deployment: Deployment
    door: HubProcess
    metrics: HubMetrics
    monitoring: Monitoring
    folder: Path
    works: str
    """Host and port of the worker's page."""

    def silent(self, count: int) -> None:
        """So many of the town's five sensors are silent from now on."""
        for condition, number in (("silent", count), ("online", 5 - count)):
            self.metrics.sensors.labels(condition, DISTRICT, TOWN).set(number)
        self.metrics.sensors.labels("online", "WEST", "MILL").set(45)

    def told(self, topic: str) -> list[Contract]:
        """What a topic holds, decoded."""
        values = []
        for record in self.deployment.records(topic):
            attributes = read_headers(record.headers)
            values.append(decode_trusted(attributes.type, attributes.version, record.value or b""))
        return values

    def opened(self) -> list[CaseEvent]:
        """How cases began."""
        events = (each for each in self.told(EVENTS) if isinstance(each, CaseEvent))
        return [each for each in events if each.moves[0].kind is EventKind.OPENED]

    def inhibited(self) -> set[str]:
        """The alerts that Alertmanager keeps quiet because of another."""
        with urllib.request.urlopen(f"{self.monitoring.alertmanager}/api/v2/alerts", timeout=10) as answer:
            alerts = json.load(answer)
        return {each["labels"]["alertname"] for each in alerts if each["status"]["inhibitedBy"]}

    def workers_at(self, address: str) -> None:
        """Where Prometheus looks for workers from now on."""
        told = json.dumps([{"targets": [address]}])
        (self.folder / "targets" / "workers.yml").write_text(told, "utf-8")


def eventually(what: Callable[[], object], hub: HubProcess) -> None:
    """Wait until it is so; what the hub says, where it never is."""
    deadline = time.monotonic() + PATIENCE_S
    while not what():
        hub.must_run()
        assert time.monotonic() < deadline, hub.said
        time.sleep(0.3)


def netloc_in(said: str) -> str:
    """Host and port of the page that a worker names."""
    found = re.search(r"metrics: http://([^/]+)/", said)
    assert found is not None
    return found[1]


def hasten(folder: Path) -> None:
    """Let rules and routes that ship wait for seconds instead of minutes, and speak of the stories' city."""
    for rules in (folder / "rules").iterdir():
        text = re.sub(r"\bfor: \w+", "for: 0s", rules.read_text("utf-8"))
        rules.write_text(text.replace("sensor.silent.city", "sensor.silent"), "utf-8")
    routes = folder / "alertmanager.yml"
    text = re.sub(r"(group_wait|group_interval|repeat_interval): \w+", r"\1: 1s", routes.read_text("utf-8"))
    routes.write_text(text, "utf-8")


@pytest.fixture
def watched(broker: str, tmp_path: Path) -> Iterator[Watched]:
    """A worker, the door for alerts, a page of figures, and both servers with the files that ship."""
    deployment = Deployment(broker, "alerts.")
    settings = load_settings(topic_prefix=deployment.prefix, partitions=PARTITIONS)
    TopicAdmin(broker).apply(wanted_topics(brook(), steps_with_state(), settings))
    env = {
        **os.environ,
        "HUB_BROKERS": broker,
        "HUB_TOPIC_PREFIX": deployment.prefix,
        "HUB_PARTITIONS": str(PARTITIONS),
        "HUB_CITY": str(PACK),
        "HUB_DATA": str(tmp_path / "data"),
    }
    programs = Programs(system_tools.prometheus(), system_tools.alertmanager())
    registry = CollectorRegistry()
    metrics = HubMetrics(registry)
    folder, ports = tmp_path / "monitoring", free_pair()
    with ExitStack() as stack:
        worker = stack.enter_context(HubProcess(["run", "--demo-key", "--steps", "city"], env, tmp_path))
        door = stack.enter_context(HubProcess(["alerts", "--port", "0"], env, tmp_path))
        page = stack.enter_context(MetricsServer(registry)).port
        eventually(lambda: "/alerts" in door.said, door)
        webhook = next(line for line in door.said.splitlines() if line.endswith("/alerts"))
        eventually(lambda: "metrics: http" in worker.said, worker)
        works = netloc_in(worker.said)
        targets = {
            "city": [f"127.0.0.1:{page}"],
            "workers": [works],
            "alertmanager": [f"127.0.0.1:{ports[1]}"],
        }
        write_files(folder, targets, webhook, every="1s")
        hasten(folder)
        servers = stack.enter_context(monitoring(programs, folder, ports))
        yield Watched(deployment, door, metrics, servers, folder, works)


@pytest.mark.timeout(240)
def test_silent_sensors_become_one_case_that_says_why(watched: Watched) -> None:
    watched.silent(1)
    eventually(lambda: watched.monitoring.ask("sum(hub_sensors)") == {(): 50.0}, watched.door)
    assert not watched.monitoring.ask('ALERTS{alertname="TownSensorsSilent"}')

    watched.silent(4)
    eventually(watched.opened, watched.door)
    (opened,) = watched.opened()
    assert (opened.feed, opened.town, opened.category) == (Feed.PROACTIVE, TOWN, "sensor.silent")
    assert CaseTag.PROACTIVE in opened.tags
    assert opened.source == "alertmanager"
    (report, *_) = [each for each in watched.told(PROACTIVE) if isinstance(each, ProactiveReport)]
    assert report.title == f"{TOWN} 有 4 个传感器离线"
    assert report.evidence.startswith(f"alert TownSensorsSilent\n4 sensors of {TOWN} are silent")

    # Alertmanager tells it again and again, here every second: the hub knows it.
    eventually(lambda: len(watched.told(PROACTIVE)) >= 3, watched.door)
    eventually(lambda: watched.told(REFUSALS), watched.door)
    refusals = [each for each in watched.told(REFUSALS) if isinstance(each, Refusal)]
    assert {refusal.reason for refusal in refusals} == {"duplicate"}
    assert len(watched.opened()) == 1

    # Without its workers the hub's figures mean nothing: what a town would be told is held back.
    watched.workers_at(NOBODY)
    eventually(lambda: "TownSensorsSilent" in watched.inhibited(), watched.door)
    assert "HubWorkerDown" not in watched.inhibited()
    eventually(lambda: "HubWorkerDown" in watched.door.said, watched.door)

    # The end of an alert is noted, and takes no case back.
    watched.workers_at(watched.works)
    eventually(lambda: not watched.inhibited(), watched.door)
    watched.silent(0)
    eventually(lambda: '"resolved", "name": "TownSensorsSilent"' in watched.door.said, watched.door)
    assert len(watched.opened()) == 1
