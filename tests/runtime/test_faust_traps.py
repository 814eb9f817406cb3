"""The traps of docs/faust-traps.md that settings keep shut, and that the page names a test for every trap."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from importlib.metadata import version
from itertools import count
from pathlib import Path
from random import Random

import faust
import pytest
from tests.scenarios.brook import steps
from tests.scenarios.orders import hall_order

from hub import topics
from hub.runtime import core, delivery
from hub.runtime.committed_transport import CommittedConsumer, CommittedTransport
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.delivery import deliver
from hub.runtime.record import Record
from hub.runtime.stopping import Hands
from hub.runtime.worker import Hooks, WorkerConfig, build_app

PROJECT = Path(__file__).parents[2]
PAGE = PROJECT / "docs/faust-traps.md"
TRAPS = tuple(f"F{number}" for number in range(1, 23))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> faust.App:
    """A worker's Faust app, as ``hub run`` builds it; it never starts."""
    config = WorkerConfig(
        "127.0.0.1:1,127.0.0.1:2", "trap.", 3, "0", str(tmp_path_factory.mktemp("hub")), 1.0
    )
    return build_app(steps(), config, Hooks(), Hands())


# ---- F1: an agent that raises takes its message for done ---------------------------------------------------


def _order() -> Record:
    value, headers = hall_order(0, "MILL-260302-0123456789/0/hall")
    return Record(topics.ORDERS, 0, 7, 0, b"hall", value, tuple(headers))


@pytest.mark.parametrize("seed", range(20))
def test_f1_delivery_returns_only_once_an_order_or_its_dead_letter_is_safe(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = Random(seed)
    taken: list[str] = []
    faults = (OSError("gone"), ValueError("odd"), RuntimeError("closed"), TimeoutError(), KeyError("x"))
    tries = count()

    async def at_once(_: float) -> None:
        return None

    async def send(topic: str, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        if next(tries) < seed:
            raise chance.choice(faults)
        taken.append(topic)

    monkeypatch.setattr(asyncio, "sleep", at_once)
    records = (_order(), _order()._replace(value=b"\xff" * 9), _order()._replace(value=None))
    asyncio.run(deliver(records[seed % 3], send, lambda: None))
    whole = seed % 3 == 0 and seed < delivery.TRIES
    assert taken == [topics.unit_orders("hall").name if whole else topics.DEAD_LETTERS]


# ---- what settings keep shut -------------------------------------------------------------------------------


def test_f2_there_is_one_agent_at_concurrency_one_on_one_topic(app: faust.App) -> None:
    (agent,) = app.agents.values()
    assert agent.concurrency == 1
    assert list(agent.channel.topics) == ["trap." + topics.ORDERS]


def test_f3_f4_f10_f11_f12_f13_there_is_no_table_and_no_store(app: faust.App) -> None:
    assert not app.tables
    assert app.conf.store.scheme == "memory"
    assert app.conf.table_standby_replicas == 0
    assert not list((PROJECT / "src").rglob("*rocks*"))


def test_f5_f6_f7_f8_f9_fausts_own_exactly_once_is_off(app: faust.App) -> None:
    assert str(app.conf.processing_guarantee).endswith("AT_LEAST_ONCE")
    assert not app.in_transaction
    assert app.conf.id == "trap.hub-edges", "each deployment has a name of its own"


def test_edges_read_committed_records_all_the_same(app: faust.App) -> None:
    assert isinstance(app.transport, CommittedTransport)
    assert app.transport.Consumer is CommittedConsumer


def test_f14_a_stuck_event_holds_up_no_rebalance(app: faust.App) -> None:
    assert app.conf.stream_wait_empty is False


def test_f19_faust_is_new_enough() -> None:
    assert tuple(map(int, version("faust-streaming").split("."))) >= (0, 15, 3)
    pinned = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    assert f"faust-streaming=={version('faust-streaming')}" in pinned


def test_f20_faust_makes_no_topics_and_serves_no_pages(app: faust.App) -> None:
    assert app.conf.topic_allow_declare is False
    assert app.conf.topic_disable_leader is True
    assert app.conf.web_enabled is False


def test_f22_a_dead_worker_holds_its_partitions_for_seconds_only(
    app: faust.App, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert app.conf.broker_session_timeout <= 10
    assert app.conf.broker_heartbeat_interval * 3 <= app.conf.broker_session_timeout
    settings: dict[str, object] = {}
    monkeypatch.setattr(core, "Consumer", settings.update)
    CoreLoop(steps(), CoreConfig("127.0.0.1:1", "city", "7", "trap.", 3))._consumer()
    assert int(str(settings["session.timeout.ms"])) <= 10_000
    assert str(settings["group.instance.id"]).endswith("-7"), "a worker back in its slot waits for nobody"


def test_faust_pickles_nothing(app: faust.App) -> None:
    (agent,) = app.agents.values()
    schema = agent.channel.schema
    assert (schema.key_serializer, schema.value_serializer) == ("raw", "raw")


# ---- the page ----------------------------------------------------------------------------------------------


def test_every_trap_is_on_the_page_with_a_test_that_exists() -> None:
    rows = dict(re.findall(r"^\| (F\d+) \|(.*)$", PAGE.read_text(encoding="utf-8"), re.M))
    assert tuple(rows) == TRAPS
    known = set(_tests())
    for trap, row in rows.items():
        named = re.findall(r"`(test_\w+)`", row)
        assert named, f"{trap} names no test"
        assert set(named) <= known, f"{trap} names {set(named) - known}, which is no test"


def _tests() -> Iterator[str]:
    for path in (PROJECT / "tests").rglob("test_*.py"):
        yield path.stem
        yield from re.findall(r"^(?:async )?def (test_\w+)", path.read_text(encoding="utf-8"), re.M)
