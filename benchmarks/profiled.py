"""`hub bench NAME --profile`: one run under a sampler, as a flame graph and as shares of the stages."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks import latency, packs_input
from benchmarks.drain import draining, topics_of
from benchmarks.flame import flame_graph
from benchmarks.measure import ROOT
from benchmarks.open_loop import Load, Phase
from benchmarks.profile import recorded
from benchmarks.results import Check
from benchmarks.scale import Work, city_work, route_work
from benchmarks.stacks import Stack, read_stacks, shares
from hub.errors import HubError

FOLDER = ROOT / "docs" / "profiles"
NAMES = ("route", "packs", "city", "latency")

CORE = "run (hub/runtime/core.py"
"""The frame of the core loop: what is outside of it is not at work."""

STEADY = Load(seconds=((Phase.WARM, 5), (Phase.STEADY, 30), (Phase.BURST, 1), (Phase.AFTER, 1)))


def profile(
    name: str, brokers: str, quick: bool, tell: Callable[[str], None], folder: Path = FOLDER
) -> Table:
    """Record a run of a benchmark, write its flame graph, and tell which share of the time each stage takes.

    Raises HubError where the benchmark has no profile or this machine allows none.
    """
    if name not in NAMES:
        raise HubError(f"{name} has no profile", fix=f"those with one: {', '.join(NAMES)}")
    tell(f"{name}: recording a profile")
    with TemporaryDirectory(prefix="hub-bench-") as temporary:
        file = Path(temporary) / "stacks"
        if name == "latency":
            latency.measure(
                brokers, latency.QUICK if quick else STEADY, 1, tell, partial(recorded, file=file)
            )
        else:
            _drain(brokers, _work(name, quick), file)
        stacks = read_stacks(file, "" if name == "latency" else CORE)
    if not stacks:
        raise HubError(f"{name}: no sample shows the core loop at work", fix="record a longer run")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(flame_graph(f"hub bench {name}", stacks), encoding="utf-8")
    return _table(name, stacks)


def _work(name: str, quick: bool) -> Work:
    match name:
        case "route":
            return route_work(10_000 if quick else 200_000)
        case "city":
            return city_work(500 if quick else 10_000)
        case _:
            count = 2_000 if quick else 50_000
            return Work(
                "packs",
                "readings",
                count,
                (packs_input.sensing_step(),),
                lambda drain: drain.drain(packs_input.inputs(count)),
                lambda _: Check(0, 0),
            )


def _drain(brokers: str, work: Work, file: Path) -> None:
    with (
        topics_of(brokers, work.steps) as place,
        TemporaryDirectory(prefix="hub-bench-") as folder,
        draining(place, work.steps, work.name, 1, Path(folder)) as drain,
        recorded(drain.pids[0], file),
    ):
        work.drain(drain)


def _table(name: str, stacks: Mapping[Stack, int]) -> Table:
    table = Table("stage", "of the time", title=f"{name}: profile")
    for stage, share in shares(stacks).items():
        table.add_row(str(stage), f"{share:.1%}")
    return table
