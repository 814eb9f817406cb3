"""The benchmarks tell the truth about completeness: tiny runs on a real broker lose and double nothing."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from benchmarks import packs, route
from benchmarks.contest import Sizes, Work, filled, run_once
from benchmarks.peers import python_env
from benchmarks.results import Result, write_json

from hub.errors import HubError

TINY = Sizes(records=2_000, stock=300)


@pytest.mark.timeout(180)  # three engines start, each in its own process
def test_every_engine_routes_each_ticket_once(broker: str, tmp_path: Path) -> None:
    results = route.measure(broker, TINY, 1, lambda _: None)
    assert [result.name for result in results] == ["route", "route.raw", "route.stock"]
    assert_whole(results)
    write_json(tmp_path / "bench.json", results)
    written = json.loads((tmp_path / "bench.json").read_text())["route"]
    assert written["lost"] == written["doubled"] == 0
    assert written["ratio_raw"] > 0


@pytest.mark.timeout(180)
def test_every_engine_takes_each_pack_once(broker: str) -> None:
    results = packs.measure(broker, Sizes(records=1_000, stock=500), 1, lambda _: None)
    assert [result.name for result in results] == ["packs", "packs.raw", "packs.stock"]
    assert_whole(results)


@pytest.mark.timeout(400)  # a first run installs the peer
@pytest.mark.parametrize("work_of", [route.work, packs.work], ids=["route", "packs"])
def test_a_peer_in_an_environment_of_its_own_is_judged_alike(
    broker: str, work_of: Callable[[], Work]
) -> None:
    work = work_of()
    try:
        python = python_env.python_of("bytewax")
    except HubError as reason:
        pytest.skip(reason.message)
    with filled(work, broker, 600) as place:
        command = (str(python), "-m", f"benchmarks.peers.bytewax_{work.name}")
        sample, check = run_once(work, "bytewax", place, 600, 1, command)
    assert (check.lost, check.doubled) == (0, 0)
    assert sample.records == 600


def assert_whole(results: list[Result]) -> None:
    for result in results:
        assert (result.lost, result.doubled) == (0, 0), result.name
        assert result.records_per_s > 0
        assert result.cpu_s_per_million > 0
        assert result.peak_mb > 0
