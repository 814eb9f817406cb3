"""A first batch that meets no leader yet must not be overtaken by the second: it would be lost, unseen.

librdkafka has several small batches of a partition under way. Where the broker knows nothing of the producer
yet, it takes the second though the first was refused; and the client then holds the first for written, too.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from tests.broker.faults.overtaking import OvertakingRelay
from tests.scenarios.brook import steps

from hub import topics
from hub.runtime.admin import TopicAdmin, TopicSpec
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.kafka_config import HOST
from hub.runtime.publisher import Publisher

PREFIX = "overtaken."
TOPIC, OTHER = PREFIX + topics.HOTLINE, PREFIX + topics.GRID
VALUES = [b"first", b"second", b"third"]
APART_S = 0.5
"""Longer than the producers linger, so that each record is a batch of its own."""


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[tuple[OvertakingRelay, str]]:
    """The relay, and the broker's address past it."""
    relay = OvertakingRelay(TOPIC)
    with EmbeddedBroker(tmp_path / "kafka", relays=(relay.port,)) as broker:
        status = broker.status()
        assert status.nodes[0].relayed is not None
        assert status.bootstrap is not None
        relay.target = status.nodes[0].relayed.port
        TopicAdmin(status.bootstrap).apply([TopicSpec(name, 1, 1, ()) for name in (TOPIC, OTHER)])
        yield relay, status.bootstrap
    relay.close()


def test_a_publishers_first_record_is_not_overtaken(relay: tuple[OvertakingRelay, str]) -> None:
    before, near = relay
    publisher = Publisher(f"{HOST}:{before.port}", prefix=PREFIX)
    publisher.publish_raw(topics.GRID, b"k", b"the broker gives a new producer its id", [])
    publisher.flush()
    for value in VALUES:
        publisher.publish_raw(topics.HOTLINE, b"k", value, [], partition=0)
        time.sleep(APART_S)
    publisher.flush()
    assert before.refused
    assert not before.overtaken
    assert _read(near, 3) == VALUES


def test_a_transactions_first_record_is_not_overtaken(relay: tuple[OvertakingRelay, str]) -> None:
    before, near = relay
    loop = CoreLoop(steps(), CoreConfig(f"{HOST}:{before.port}", "city", "0", PREFIX, 1))
    producer = loop._producer()
    _write_in_transaction(producer)
    assert before.refused
    assert not before.overtaken
    assert _read(near, 3) == VALUES


def _write_in_transaction(producer: Producer) -> None:
    producer.init_transactions(30)
    producer.begin_transaction()
    for value in VALUES:
        producer.produce(TOPIC, value, partition=0)
        time.sleep(APART_S)
    producer.commit_transaction(30)


def _read(brokers: str, count: int) -> list[bytes | None]:
    reader = Consumer({"bootstrap.servers": brokers, "group.id": "overtaken", "log_level": 0})
    try:
        reader.assign([TopicPartition(TOPIC, 0, 0)])
        return [message.value() for message in reader.consume(count, 10)]
    finally:
        reader.close()
