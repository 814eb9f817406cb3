"""The watch over a worker: figures of its parts, lag with its slope, and whether it is well."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import pytest
from prometheus_client import CollectorRegistry

from hub.errors import HubError
from hub.exporters import engine
from hub.exporters.engine import EngineWatch
from hub.metrics import HubMetrics
from hub.runtime.lag import LagReader, Partition, Position
from hub.runtime.pulse import Pulse
from hub.topics import HOTLINE, SIGNALS

A, B, C = (SIGNALS, 0), (SIGNALS, 1), (HOTLINE, 0)


@dataclass
class Part:
    """A part of a worker that shows what it is told to."""

    worker: str
    pulse: Pulse


@dataclass
class Cluster:
    """Answers as a lag reader does; None answers nothing."""

    positions_now: dict[Partition, Position] | None = field(default_factory=dict)

    def positions(self, group: str, topics: Sequence[str]) -> dict[Partition, Position]:
        if self.positions_now is None:
            raise HubError("no answer")
        return {at: position for at, position in self.positions_now.items() if at[0] in topics}

    def anything_waits(self, topic: str, partition: int, position: Position) -> bool:
        return True


class Room:
    """A watch, its metrics, and a clock moved by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *parts: Part) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(time, "monotonic", lambda: self.now)
        self.registry = CollectorRegistry()
        self.watch = EngineWatch("nowhere:1", "", HubMetrics(self.registry))
        for part in parts:
            self.watch.attach(part)
        self.cluster = Cluster()

    def look(self, seconds: float, positions: dict[Partition, Position] | None) -> None:
        self.now += seconds
        self.cluster.positions_now = positions
        self.watch.look(cast(LagReader, self.cluster))

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
def city() -> Part:
    held = {A: "cases", B: "cases", C: "intake_hotline"}
    return Part("city", Pulse(True, held, {"cases": 70}, {"cases": 9_000}, fetched=12))


def test_figures_of_the_partitions_that_are_held_and_of_no_others(
    monkeypatch: pytest.MonkeyPatch, city: Part
) -> None:
    room = Room(monkeypatch, city)
    elsewhere = (SIGNALS, 2)
    for number in range(4):
        ends = {A: Position(number, 100), B: Position(0, 50 * number), elsewhere: Position(0, 9_999)}
        room.look(5.0, ends | {C: Position(7, 7)})
    assert room.value("hub_step_lag_records", step="cases") == 97 + 150
    assert room.value("hub_step_lag_records", step="intake_hotline") == 0
    assert room.value("hub_step_lag_slope_records_per_second", step="cases") == pytest.approx(49 / 5)
    assert room.value("hub_held_partitions", step="cases") == 2
    assert room.value("hub_state_rows", step="cases") == 70
    assert room.value("hub_state_bytes", step="cases") == 9_000
    assert room.value("hub_fetch_queue_records", worker="city") == 12


def test_two_groups_that_read_one_topic_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    scores = Part("scores", Pulse(True, {A: "scores"}))
    warnings = Part("warnings", Pulse(True, {A: "warnings"}))
    room = Room(monkeypatch, scores, warnings)
    room.look(5.0, {A: Position(3, 10)})
    for step in ("scores", "warnings"):
        assert room.value("hub_held_partitions", step=step) == 1
        assert room.value("hub_step_lag_records", step=step) == 7


def test_partitions_that_came_from_elsewhere_begin_a_new_slope(
    monkeypatch: pytest.MonkeyPatch, city: Part
) -> None:
    room = Room(monkeypatch, city)
    room.look(5.0, {A: Position(0, 10)})
    city.pulse = Pulse(True, {A: "cases"}, {"cases": 30}, {"cases": 10})
    room.look(5.0, {A: Position(0, 9_000)})
    assert room.value("hub_step_lag_slope_records_per_second", step="cases") == 0
    assert room.value("hub_held_partitions", step="intake_hotline") == 0
    city.pulse = Pulse(True)
    room.look(5.0, {})
    assert room.value("hub_state_rows", step="cases") == 0


def test_a_worker_is_well_while_it_moves_and_not_after_it_stood_too_long(
    monkeypatch: pytest.MonkeyPatch, city: Part
) -> None:
    room = Room(monkeypatch, city)
    assert room.watch.health().ready
    room.look(5.0, {A: Position(0, 10)})
    room.look(60.0, {A: Position(0, 20)})
    assert room.value("hub_step_stalled_seconds", step="cases") == 60
    assert room.watch.health().alive
    room.look(engine.DEAD_S, {A: Position(0, 30)})
    health = room.watch.health()
    assert (health.alive, health.stalled["cases"]) == (False, 60 + engine.DEAD_S)
    room.look(5.0, {A: Position(5, 40)})
    assert room.watch.health().alive


def test_a_cluster_that_does_not_answer_makes_no_worker_ill(
    monkeypatch: pytest.MonkeyPatch, city: Part
) -> None:
    room = Room(monkeypatch, city)
    room.look(5.0, {A: Position(0, 10)})
    room.look(engine.DEAD_S * 2, None)
    assert room.watch.health().alive
    room.look(5.0, {A: Position(0, 10)})
    assert room.watch.health().alive


def test_a_worker_is_ready_once_all_its_parts_are(monkeypatch: pytest.MonkeyPatch, city: Part) -> None:
    edges = Part("edges", Pulse())
    room = Room(monkeypatch, city, edges)
    assert not room.watch.health().ready
    edges.pulse = Pulse(ready=True)
    assert room.watch.health().ready
    assert not Room(monkeypatch).watch.health().ready
