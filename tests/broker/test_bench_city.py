"""Tiny runs of whole lives, of workers side by side and of latency: nothing is lost or doubled."""

from __future__ import annotations

import pytest
from benchmarks import city, latency, scale
from benchmarks.open_loop import Load, Phase
from benchmarks.results import Result

pytestmark = pytest.mark.timeout(240)  # workers start, each in its own process

TINY = Load(10, 10, 2, ((Phase.WARM, 1), (Phase.STEADY, 2), (Phase.BURST, 1)))


def test_whole_lives_are_lived_once(broker: str) -> None:
    results, tables = city.measure(broker, 100, 0, 1, lambda _: None)
    assert_whole(results)
    assert len(tables) == 3
    more = results[0].more
    assert more["written_a_life"] > more["ledger_a_life"] > 0
    assert more["year_hours"] > 0


def test_workers_side_by_side_share_the_work(broker: str) -> None:
    results, _ = scale.measure(broker, scale.Sizes(1_000, 50, (1, 2)), 1, lambda _: None)
    assert [result.name for result in results] == [
        "scale.route.1",
        "scale.route.2",
        "scale.city.1",
        "scale.city.2",
    ]
    assert_whole(results)


def test_every_ticket_of_an_open_loop_reaches_its_units_once(broker: str) -> None:
    results, _ = latency.measure(broker, TINY, 1, lambda _: None)
    assert_whole(results)
    assert 0 < results[0].more["steady_p50_ms"] <= results[0].more["steady_p99_ms"]


def assert_whole(results: list[Result]) -> None:
    for result in results:
        assert (result.lost, result.doubled) == (0, 0), result.name
        assert result.records_per_s > 0
