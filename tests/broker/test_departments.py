"""What departments do with a worker at work: publish by the example, read their orders by the other, once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from confluent_kafka import Producer
from examples import publish_ticket, read_orders

from hub import topics
from hub.contracts.orders import UnitOrder
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers

PREFIX = "examples."
PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def worker(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A worker of Beijing on topics of its own; the brokers."""
    folder = tmp_path_factory.mktemp("departments")
    env = {
        **os.environ,
        "PYTHONPATH": str(PROJECT / "src"),
        "HUB_BROKERS": broker,
        "HUB_TOPIC_PREFIX": PREFIX,
        "HUB_PARTITIONS": "2",
        "HUB_DATA": str(folder),
        "HUB_CITY": "beijing",
    }
    hub = [sys.executable, "-c", "from hub.cli import main; main()"]
    subprocess.run([*hub, "topics", "apply"], env=env, check=True, cwd=folder, stdout=subprocess.DEVNULL)
    with (folder / "worker.out").open("wb") as out:
        running = subprocess.Popen([*hub, "run", "--demo-key"], env=env, cwd=folder, stdout=out, stderr=out)
        try:
            yield broker
        finally:
            running.send_signal(signal.SIGTERM)
            assert running.wait(30) == 0, (folder / "worker.out").read_text(encoding="utf-8")


def test_a_ticket_published_by_the_example_is_an_order_that_the_other_reads_once(worker: str) -> None:
    for _ in range(2):  # sent again, as after a broken connection
        publish_ticket.publish(worker, "T-1", f"{PREFIX}hotline.tickets")
    topic = f"{PREFIX}unit.orders.water-group"
    with closing(read_orders.orders(worker, topic, "example", idle_ms=30_000)) as found:
        order = next(found)
    assert (order["kind"], order["role"], order["category"]) == ("new", "lead", "water.supply.burst")
    assert order["summary"] == "Water runs down the street"
    again = read_orders.orders(worker, topic, "another", idle_ms=2_000)
    assert [one["seq"] for one in again] == [0]


def publish_order(brokers: str, summary: str, *, commit: bool) -> None:
    """An order on the common topic as the core writes it, in a transaction that is committed or aborted."""
    text = (PROJECT / "schemas" / "UnitOrder" / "examples" / "new-case-to-lead.json").read_text(
        encoding="utf-8"
    )
    order = UnitOrder.model_validate_json(text).model_copy(
        update={"unit": "water-affairs", "summary": summary, "case_id": summary}
    )
    emit = Emit(topics.ORDERS, order.unit, summary, order.at, order, order.case_id)
    headers = write_headers(topics.TOPICS[topics.ORDERS], emit, source="hub:test", causation=None)
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": f"{PREFIX}orders"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(f"{PREFIX}{topics.ORDERS}", encode(order), order.unit, headers=[*headers])
    producer.flush(30)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.abort_transaction(30)


def test_an_order_of_an_aborted_transaction_never_reaches_its_unit(worker: str) -> None:
    publish_order(worker, "never happened", commit=False)
    publish_order(worker, "happened", commit=True)
    topic = f"{PREFIX}unit.orders.water-affairs"
    with closing(read_orders.orders(worker, topic, "aborted", idle_ms=40_000)) as found:
        while next(found)["summary"] != "happened":  # a worker that starts just now takes its time
            pass
    with closing(read_orders.orders(worker, topic, "later", idle_ms=5_000)) as found:
        heard = [order["summary"] for order in found]
    assert "never happened" not in heard
