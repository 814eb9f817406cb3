"""How far delivery says it is: past the ends of transactions, or a restart would deliver all orders again."""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from confluent_kafka import Producer
from tests.broker.hub_process import OwnTopics
from tests.scenarios.brook import PARTITIONS
from tests.scenarios.orders import hall_order

from hub import topics
from hub.runtime.keys import partition_of
from hub.runtime.offsets import committed_offsets

TRANSACTIONS = 60
PATIENCE_S = 60.0


@pytest.mark.timeout(240)
def test_orders_of_many_transactions_are_committed_as_soon_as_they_are_delivered(
    broker: str, tmp_path: Path
) -> None:
    own = OwnTopics(broker, f"commits-{uuid.uuid4().hex[:8]}.", tmp_path)
    own.make()
    _write_orders(own)
    home = partition_of(b"hall", PARTITIONS)
    with own.start("run", "--demo-key", "--no-exporter") as worker:
        deadline = time.monotonic() + PATIENCE_S
        while (done := _committed(own, home)) < 2 * TRANSACTIONS - 1:
            worker.must_run()
            assert time.monotonic() < deadline, f"committed up to {done}; the worker says:\n{worker.said}"
            time.sleep(0.5)


def _committed(own: OwnTopics, partition: int) -> int:
    group, topic = f"{own.prefix}hub-edges", own.prefix + topics.ORDERS
    return committed_offsets(own.brokers, group, topic, [partition])[partition]


def _write_orders(own: OwnTopics) -> None:
    """Each order in a transaction of its own: its end takes an offset behind it."""
    writer = Producer(
        {
            "bootstrap.servers": own.brokers,
            "transactional.id": f"{own.prefix}writer",
            "partitioner": "murmur2_random",
        }
    )
    writer.init_transactions(30)
    for number in range(TRANSACTIONS):
        value, headers = hall_order(number, f"order-{number}")
        writer.begin_transaction()
        writer.produce(own.prefix + topics.ORDERS, value, b"hall", headers=list(headers))
        writer.commit_transaction(30)
