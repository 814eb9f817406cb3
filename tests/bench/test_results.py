"""What the benchmarks say: ratios to three others, engines that did not run, the sizes asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from benchmarks.contest import Sizes, sized
from benchmarks.measure import Sample
from benchmarks.results import Check, Result, against, skipped, summarise, table_of, write_json
from rich.console import Console


def _row(name: str, per_second: float) -> Result:
    return summarise(name, [(Sample(1_000, 1_000 / per_second, 1.0, 10.0), Check(0, 0))])


def _told(results: list[Result]) -> str:
    console = Console(width=200, no_color=True)
    with console.capture() as capture:
        console.print(table_of(results))
    return capture.get()


def test_speed_is_told_as_a_share_of_the_others() -> None:
    raw, stock, streams = _row("raw", 1_000), _row("stock", 10), _row("streams", 500)
    hub, *_ = against([_row("hub", 800)], raw, stock, streams)
    assert (hub.ratio_raw, hub.ratio_stock, hub.ratio_streams) == pytest.approx((0.8, 80, 1.6))
    assert "x Kafka Streams" in _told([hub])


def test_without_kafka_streams_there_is_no_column_for_it() -> None:
    raw = _row("raw", 1_000)
    (hub,) = against([_row("hub", 800)], raw, raw, None)
    assert hub.ratio_streams is None
    assert "x Kafka Streams" not in _told([hub])


def test_an_engine_that_did_not_run_is_told_with_its_reason(tmp_path: Path) -> None:
    gone = skipped("route.flink", "no jars")
    assert "skipped: no jars" in _told([gone])
    write_json(tmp_path / "bench.json", [gone, _row("route", 10)])
    written = json.loads((tmp_path / "bench.json").read_text())
    assert written["route.flink"] == {"skipped": "no jars"}
    assert written["route"]["records_per_s"] == pytest.approx(10)


def test_stock_keeps_its_share_of_the_records_asked_for() -> None:
    usual = Sizes(records=1_000, stock=50)
    assert sized(usual, None) == usual
    assert sized(usual, 2_000) == Sizes(2_000, 100)
    assert sized(usual, 3) == Sizes(3, 1)
