"""The traps of docs/faust-traps.md that settings keep shut, and that the page names a test for every trap."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import faust
import pytest
from tests.scenarios.brook import steps

from hub.runtime import core, delivery_loop
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.delivery_loop import DeliveryLoop
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
    return build_app(steps(), config, Hooks())


# ---- what settings keep shut -------------------------------------------------------------------------------


def test_f1_f2_f14_f16_faust_reads_nothing(app: faust.App) -> None:
    assert not app.agents
    assert app.producer_only, "so it makes no consumer"


def test_f3_f4_f10_f11_f12_f13_there_is_no_table_and_no_store(app: faust.App) -> None:
    assert not app.tables
    assert app.conf.store.scheme == "memory"
    assert app.conf.table_standby_replicas == 0
    assert not list((PROJECT / "src").rglob("*rocks*"))


def test_f5_f6_f7_f8_f9_fausts_own_exactly_once_is_off(app: faust.App) -> None:
    assert str(app.conf.processing_guarantee).endswith("AT_LEAST_ONCE")
    assert not app.in_transaction
    assert app.conf.id == "trap.hub-edges", "each deployment has a name of its own"


def test_f19_faust_is_new_enough() -> None:
    assert tuple(map(int, version("faust-streaming").split("."))) >= (0, 15, 3)
    pinned = (PROJECT / "constraints.txt").read_text(encoding="utf-8")
    assert f"faust-streaming=={version('faust-streaming')}" in pinned


def test_f20_faust_makes_no_topics_and_serves_no_pages(app: faust.App) -> None:
    assert app.conf.topic_allow_declare is False
    assert app.conf.topic_disable_leader is True
    assert app.conf.web_enabled is False


def test_f22_a_dead_worker_holds_its_partitions_for_seconds_only(monkeypatch: pytest.MonkeyPatch) -> None:
    of_core, of_delivery = dict[str, object](), dict[str, object]()
    monkeypatch.setattr(core, "Consumer", of_core.update)
    CoreLoop(steps(), CoreConfig("127.0.0.1:1", "city", "7", "trap.", 3))._consumer()
    monkeypatch.setattr(delivery_loop, "Consumer", of_delivery.update)
    DeliveryLoop("127.0.0.1:1", "trap.", "7")._consumer(lambda error, offsets: None)
    for settings in (of_core, of_delivery):
        assert int(str(settings["session.timeout.ms"])) <= 10_000
        assert str(settings["group.instance.id"]).endswith("-7"), "a worker back in its slot waits for nobody"
        assert settings["isolation.level"] == "read_committed"


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
