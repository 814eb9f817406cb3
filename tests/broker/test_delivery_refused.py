"""A unit's topic that takes nothing: its orders become dead letters, all others go on, and none is lost."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from tests.broker.hub_process import OwnTopics
from tests.scenarios.brook import PARTITIONS
from tests.scenarios.orders import order_of

from hub import topics
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.runtime import delivery_loop
from hub.runtime.admin import TopicAdmin
from hub.runtime.codec import decode
from hub.runtime.delivery_loop import DeliveryLoop
from hub.runtime.headers import read_headers
from hub.runtime.offsets import committed_offsets
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole

PATIENCE_S = 60.0
UNITS = ("hall", "mill")
EACH = 30
OWN = {unit: topics.unit_orders(unit).name for unit in UNITS}


@pytest.fixture
def own(broker: str, tmp_path: Path) -> OwnTopics:
    """Orders of two units, by turns."""
    own = OwnTopics(broker, f"refused-{uuid.uuid4().hex[:8]}.", tmp_path)
    own.make()
    with Publisher(broker, prefix=own.prefix) as publisher:
        for number in range(EACH):
            for unit in UNITS:
                value, headers = order_of(unit, number, f"{unit}-{number}")
                publisher.publish_raw(topics.ORDERS, unit.encode(), value, list(headers))
    return own


@contextmanager
def _delivering(own: OwnTopics, failures: list[str]) -> Iterator[None]:
    loop = DeliveryLoop(own.brokers, own.prefix, "0", lambda: failures.append("failed"))
    with ThreadPoolExecutor(1) as pool:
        end = pool.submit(loop.run)
        try:
            yield
        finally:
            loop.stop()
    end.result()


def test_a_unit_whose_topic_is_gone_has_its_orders_in_dead_letters(
    own: OwnTopics, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_loop, "UNKNOWN_S", 1.0)
    TopicAdmin(own.brokers).delete([own.prefix + OWN["mill"]])
    failures: list[str] = []
    with _delivering(own, failures):
        _until(lambda: len(_ids(own, [OWN["hall"]])) == EACH)
        _until(lambda: len(_letters(own)) == EACH)
        _until(lambda: _all_committed(own))
    assert {letter.source_id for letter in _letters(own)} == {f"mill-{number}" for number in range(EACH)}
    assert {letter.reason for letter in _letters(own)} == {Reason.DELIVERY_FAILED}
    assert len(failures) == EACH


def test_an_order_that_not_even_dead_letters_take_waits_until_they_do(own: OwnTopics) -> None:
    _take_records_up_to(own, 10, [OWN["mill"], topics.DEAD_LETTERS])
    failures: list[str] = []
    with _delivering(own, failures):
        _until(lambda: len(_ids(own, [OWN["hall"]])) == EACH)
        _until(lambda: len(failures) > EACH)
        assert not _all_committed(own)
        _take_records_up_to(own, 1_000_000, [OWN["mill"], topics.DEAD_LETTERS])
        _until(lambda: _all_committed(own))
    there = _ids(own, [OWN["mill"]]) | {letter.source_id for letter in _letters(own)}
    assert there == {f"mill-{number}" for number in range(EACH)}
    assert _ids(own, [OWN["hall"]]) == {f"hall-{number}" for number in range(EACH)}


def _until(there: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not there():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.1)


def _ids(own: OwnTopics, names: Sequence[str]) -> set[str | None]:
    return {read_headers(record.headers).id for record in read_whole(own.brokers, names, prefix=own.prefix)}


def _letters(own: OwnTopics) -> list[DeadLetter]:
    found = []
    for record in read_whole(own.brokers, [topics.DEAD_LETTERS], prefix=own.prefix):
        attributes = read_headers(record.headers)
        body = decode(attributes.type, attributes.version, record.value or b"")
        assert isinstance(body, DeadLetter)
        found.append(body)
    return found


def _all_committed(own: OwnTopics) -> bool:
    group, topic = f"{own.prefix}hub-edges", own.prefix + topics.ORDERS
    done = committed_offsets(own.brokers, group, topic, range(PARTITIONS))
    return sum(max(offset, 0) for offset in done.values()) == EACH * len(UNITS)


def _take_records_up_to(own: OwnTopics, size: int, names: Sequence[str]) -> None:
    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    wanted = [
        ConfigResource(ResourceType.TOPIC, own.prefix + name, incremental_configs=[entry]) for name in names
    ]
    admin = AdminClient({"bootstrap.servers": own.brokers, "log_level": 0})
    for done in admin.incremental_alter_configs(wanted).values():
        done.result(PATIENCE_S)
