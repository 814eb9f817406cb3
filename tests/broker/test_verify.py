"""`hub verify` and `hub ledger` on a real broker: right while a worker works, not fooled by planted lies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.broker.deployment import PARTITIONS, Deployment
from tests.verify.told import count, entry, life, state_of

from hub.citypack.load import load_city
from hub.contracts.feeds import HotlineTicket
from hub.contracts.fields import Contract, PlaceRef
from hub.contracts.operations import Tally
from hub.topics import EVENTS, HOTLINE, LEDGER, STATE
from hub.verify.cluster import Cluster, audit_ledger, verify_cluster

PROJECT = Path(__file__).resolve().parents[2]
ROUNDS = 6
TICKETS = 150
SETTLE_S = 30.0


@pytest.fixture
def working(broker: str, tmp_path: Path) -> Iterator[Deployment]:
    """A worker at work on topics of its own."""
    deployment = Deployment(broker, "verify.")
    assert deployment.hub("topics", "apply").exit_code == 0
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "HUB_BROKERS": broker,
        "HUB_TOPIC_PREFIX": deployment.prefix,
        "HUB_PARTITIONS": str(PARTITIONS),
        "HUB_DATA": str(tmp_path),
        "HUB_CITY": "boston",
        "HUB_TICK_SECONDS": "0.5",
    }
    line = [sys.executable, "-c", "from hub.cli import main; main()", "run", "--demo-key", "--no-exporter"]
    with (tmp_path / "worker.out").open("wb") as out:
        running = subprocess.Popen(line, env=env, cwd=tmp_path, stdout=out, stderr=out)
        try:
            yield deployment
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0, (tmp_path / "worker.out").read_text(encoding="utf-8")


def publish_round(deployment: Deployment, number: int, town: str) -> None:
    """Tickets, one of five a repetition of an earlier one, and some garbage."""
    now = datetime.now(UTC)
    with deployment.publisher() as publisher:
        for one in range(TICKETS):
            name = f"T{number}-{one if one % 5 else 0}"
            ticket = HotlineTicket(
                source="centre", id=name, reported_at=now, category="x", place=PlaceRef(code=town)
            )
            publisher.publish(HOTLINE, name, ticket, source="centre", id=name, time=now)
            if one % 10 == 0:
                publisher.publish_raw(HOTLINE, b"k", b"\xff", [("ce_source", b"centre\x00")])


@pytest.mark.timeout(120)
def test_the_ledger_balances_at_each_moment_while_a_worker_works(working: Deployment) -> None:
    cluster = Cluster(working.brokers, working.prefix)
    town = next(iter(load_city("boston").towns))
    waited = 0
    for number in range(ROUNDS):
        publish_round(working, number, town)
        report = audit_ledger(cluster)
        assert report.violations == ()
        waited += report.waiting
    assert waited > 0, "the worker was never behind: this test proves nothing"
    deadline = time.monotonic() + SETTLE_S
    while audit_ledger(cluster).waiting and time.monotonic() < deadline:
        time.sleep(0.2)
    told = json.loads(working.hub("ledger", "--json").output)
    received = sum(row["received"] for row in told["rows"])
    assert (told["balanced"], told["waiting"], told["violations"]) == (True, 0, [])
    assert received == ROUNDS * TICKETS * 11 // 10
    assert sum(row["duplicate"] for row in told["rows"]) == ROUNDS * (TICKETS // 5 - 1)
    assert sum(row["dead"] for row in told["rows"]) == ROUNDS * TICKETS // 10
    result = working.hub("verify")
    assert result.exit_code == 0, result.output


def test_planted_lies_are_found_and_named(broker: str) -> None:
    lying = Deployment(broker, "lying.")
    lying.make_topics()
    now = datetime.now(UTC)
    with lying.publisher() as publisher:

        def tell(topic: str, key: str, value: Contract, id: str) -> None:
            publisher.publish(topic, key, value, source="hub:test", id=id, time=now)

        for number in range(4):
            publisher.publish_raw(
                HOTLINE, b"k", b"-", [("ce_source", b"centre")], partition=0 if number else 1
            )
        lie = count(HOTLINE, Tally.ACCEPTED, 2, source="centre", hour=now.hour)
        tell(LEDGER, "a", entry(HOTLINE, 0, 0, 1), "1")
        tell(LEDGER, "a", entry(HOTLINE, 2, 2, 1, lie.model_copy(update={"count": 1})), "2")
        tell(LEDGER, "a", entry(HOTLINE, 2, 2, 1), "3")
        publisher.publish_raw(LEDGER, b"a", b"\x00", [("ce_id", b"4")])
        told = life()
        for event in [told[0], told[2], told[5].model_copy(update={"lead_unit": None})]:
            tell(EVENTS, "110101001", event, f"{event.case_id}/{event.seq}")
        tell(STATE, "110101001-x", state_of(told[0]).model_copy(update={"case_id": "110101001-x"}), "s")
    result = lying.hub("verify", "--json")
    assert result.exit_code == 1
    found = {each["kind"] for check in json.loads(result.output)["checks"] for each in check["violations"]}
    assert found >= {
        "line_unreadable",
        "ranges_overlap",
        "record_skipped",
        "range_miscounted",
        "seq_gap",
        "no_lead",
        "lead_changed_silently",
        "state_without_event",
    }
    assert verify_cluster(Cluster(broker, "lying.")).violations
    assert lying.hub("ledger").exit_code == 1
