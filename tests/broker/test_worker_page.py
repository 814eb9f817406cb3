"""The page of a real worker: it is ready, alive, and shows how its engine is while it works."""

from __future__ import annotations

import json
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.broker.hub_process import HubProcess, OwnTopics
from tests.broker.test_start_and_stop import wait_until
from tests.scenarios.brook import heath, mill, quay
from tests.scenarios.heard import Heard
from tests.scenarios.language import minute
from tests.scenarios.reports import ticket

from hub.runtime.admin import TopicAdmin
from hub.runtime.publisher import Publisher

PATIENCE_S = 120.0
TICKETS = 40
STEPS = {
    "intake_hotline",
    "intake_grid",
    "intake_inspections",
    "intake_actions",
    "intake_proactive",
    "sensing",
    "cases",
    "scores",
    "totals",
    "warnings",
    "delivery",
}


class Page:
    """The page of a worker."""

    def __init__(self, worker: HubProcess) -> None:
        wait_until(worker, "waits for its page", "metrics: http")
        address = next(line for line in worker.said.splitlines() if line.startswith("metrics: "))
        self._base = address.removeprefix("metrics: ").removesuffix("/metrics")

    def read(self, path: str) -> str:
        with urllib.request.urlopen(self._base + path, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def samples(self) -> dict[tuple[str, str], float]:
        """What it shows, by name and the value of the label that all of ours have: step or worker."""
        return {
            (sample.name, sample.labels.get("step") or sample.labels.get("worker") or ""): sample.value
            for family in text_string_to_metric_families(self.read("/metrics"))
            for sample in family.samples
        }

    def wait_for(self, name: str, label: str, least: float) -> dict[tuple[str, str], float]:
        """Until a figure is that high; all of them."""
        deadline = time.monotonic() + PATIENCE_S
        while (found := self.samples()).get((name, label), -1.0) < least:
            assert time.monotonic() < deadline, f"{name} of {label} stays {found.get((name, label))}"
            time.sleep(0.5)
        return found


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[HubProcess]:
    own = OwnTopics(broker, f"page-{uuid.uuid4().hex[:8]}.", tmp_path)
    own.make()
    with Publisher(broker, prefix=own.prefix) as publisher:
        for number in range(TICKETS):
            place = (mill(), quay(400), heath())[number % 3]
            one = ticket(f"T-{number}", "bill", place)(minute(number / 10), Heard())
            publisher.publish_raw(one.topic, one.key, one.value, list(one.headers), timestamp=one.arrived)
    with own.start("run", "--demo-key") as running:
        yield running
    TopicAdmin(broker).delete(spec.name for spec in own.specs())


@pytest.mark.timeout(300)
def test_a_worker_shows_how_it_is(worker: HubProcess) -> None:
    page = Page(worker)
    page.wait_for("hub_step_records_total", "cases", TICKETS)
    shown = page.wait_for("hub_state_rows", "cases", TICKETS)
    shown = page.wait_for("hub_held_partitions", "delivery", 1)
    assert {step for name, step in shown if name == "hub_step_lag_records"} == STEPS
    assert {step for name, step in shown if name == "hub_step_stalled_seconds"} == STEPS
    assert shown["hub_state_bytes", "cases"] > 100 * TICKETS
    assert shown["hub_step_batch_records_count", "cases"] >= 1
    assert shown["hub_step_batch_records_sum", "cases"] >= TICKETS
    assert shown["hub_commit_seconds_count", "city"] >= 1
    assert abs(shown["hub_last_commit_timestamp_seconds", "cases"] - time.time()) < PATIENCE_S
    assert ("hub_producer_queue_records", "city") in shown
    assert ("hub_fetch_queue_records", "city") in shown
    assert shown["hub_event_loop_stall_seconds_count", "edges"] > 0
    assert ("hub_clock_skew_seconds", "edges") not in shown, "time is simulated"
    assert shown["process_resident_memory_bytes", ""] > 1 << 20
    for path in ("/healthz", "/readyz"):
        told = json.loads(page.read(path))
        assert (told["ready"], told["alive"]) == (True, True)
