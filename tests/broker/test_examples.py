"""The examples that departments copy: a ticket published by one comes back as an order, read by the other."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from examples import publish_ticket, read_orders

PREFIX = "examples."
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def worker(broker: str, tmp_path: Path) -> Iterator[str]:
    """A worker of Beijing on topics of its own; the brokers."""
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "HUB_BROKERS": broker,
        "HUB_TOPIC_PREFIX": PREFIX,
        "HUB_PARTITIONS": "2",
        "HUB_DATA": str(tmp_path),
        "HUB_CITY": "beijing",
    }
    hub = [sys.executable, "-c", "from hub.cli import main; main()"]
    subprocess.run([*hub, "topics", "apply"], env=env, check=True, cwd=tmp_path, stdout=subprocess.DEVNULL)
    with (tmp_path / "worker.out").open("wb") as out:
        running = subprocess.Popen([*hub, "run", "--demo-key"], env=env, cwd=tmp_path, stdout=out, stderr=out)
        try:
            yield broker
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0, (tmp_path / "worker.out").read_text(encoding="utf-8")


def test_a_ticket_published_by_the_example_is_an_order_that_the_other_reads_once(worker: str) -> None:
    for _ in range(2):  # sent again, as after a broken connection
        publish_ticket.publish(worker, "T-1", f"{PREFIX}hotline.tickets")
    found = read_orders.orders(worker, f"{PREFIX}unit.orders.water-group", "example", idle_ms=30_000)
    order = next(found)
    assert (order["kind"], order["role"], order["category"]) == ("new", "lead", "water.supply.burst")
    assert order["summary"] == "Water runs down the street"
    found.close()
    again = read_orders.orders(worker, f"{PREFIX}unit.orders.water-group", "another", idle_ms=2_000)
    assert [one["seq"] for one in again] == [0]
