"""Engines in turn: a peer that fails is told and the others go on; a failure of ours ends the run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from benchmarks import contest, route
from benchmarks.contest import Sizes, Work, hold
from benchmarks.ground import Field
from benchmarks.measure import Sample
from benchmarks.peers.entrants import Entrant
from benchmarks.results import Check

from hub.errors import HubError

SIZES = Sizes(records=100, stock=10)


class Engines:
    """Stands for the processes: says who ran on how many records; those in ``broken`` fail."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken
        self.ran: list[tuple[str, int]] = []

    def __call__(
        self, work: Work, engine: str, place: Field, count: int, number: int, command: object
    ) -> tuple[Sample, Check]:
        self.ran.append((engine, count))
        if engine in self.broken:
            raise HubError(f"{engine} fell over", fix="help it up")
        return Sample(count, 1.0, 1.0, 1.0), Check(0, 0)


@contextmanager
def _no_broker(work: Work, brokers: str, count: int) -> Iterator[Field]:
    yield Field(brokers, f"{count}.")


def _hold(monkeypatch: pytest.MonkeyPatch, engines: Engines, *peers: Entrant) -> dict[str, tuple[int, str]]:
    monkeypatch.setattr(contest, "filled", _no_broker)
    monkeypatch.setattr(contest, "run_once", engines)
    rows = hold(route.work(), "nowhere", SIZES, 2, lambda _: None, peers)
    return {row.name: (row.runs, row.skipped) for row in rows}


def test_engines_take_turns_and_stock_reads_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    engines = Engines()
    _hold(monkeypatch, engines, Entrant("quix"))
    assert engines.ran == [("hub", 100), ("raw", 100), ("stock", 10), ("quix", 100)] * 2


def test_a_peer_that_fails_or_is_absent_is_told_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    peers = (Entrant("quix"), Entrant("bytewax"), Entrant("flink", reason="no jars"))
    assert _hold(monkeypatch, Engines("quix"), *peers) == {
        "route": (2, ""),
        "route.raw": (2, ""),
        "route.stock": (2, ""),
        "route.bytewax": (2, ""),
        "route.flink": (0, "no jars"),
        "route.quix": (0, "quix fell over"),
    }


def test_a_failure_of_ours_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(HubError, match="hub fell over"):
        _hold(monkeypatch, Engines("hub"))
