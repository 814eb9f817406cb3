"""Engines in turn on the same filled topic: each in its own process, its output checked after each run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

from benchmarks.ground import PARTITIONS, Field, field
from benchmarks.measure import Job, Sample, run_engine
from benchmarks.peers.entrants import Entrant
from benchmarks.results import Check, Result, against, skipped, summarise
from hub.flow import Step
from hub.runtime.task import Output

Tell = Callable[[str], None]

HUB = "hub"
RAW = "raw"
STOCK = "stock"

_OURS = ((HUB, "hub"), (RAW, "raw"), (STOCK, "faust"))
"""Names of engines, and how their modules in `benchmarks.engines` begin."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many records each engine reads; stock Faust reads fewer, for it is slower by far."""

    records: int
    stock: int


def sized(sizes: Sizes, records: int | None) -> Sizes:
    """As many records as wished; stock Faust keeps its share of them."""
    return sizes if records is None else Sizes(records, max(1, records * sizes.stock // sizes.records))


@dataclass(frozen=True, slots=True)
class Work:
    """One benchmark: what is read and written, and how an engine's output is judged.

    ``check`` is given the engine's name; it raises HubError for a wrong record and counts lost and doubled.
    """

    name: str
    step: Step
    inputs: Callable[[int], Iterable[Output]]
    source: str
    sink: str
    check: Callable[[str, Field, int], Check]
    unit: str = "records"
    each: int = 1
    """Units in a record."""
    high: float = 0.0


def hold(
    work: Work, brokers: str, sizes: Sizes, runs: int, tell: Tell, peers: Sequence[Entrant] = ()
) -> list[Result]:
    """Run each engine ``runs`` times, in turn. Raises HubError where an output is not what it must be."""
    present = [peer for peer in peers if not peer.reason]
    engines = [*(name for name, _ in _OURS), *(peer.name for peer in present)]
    taken: dict[str, list[tuple[Sample, Check]]] = {engine: [] for engine in engines}
    commands = {peer.name: peer.command(work.name) for peer in present}
    with ExitStack() as stack:
        tell(f"{work.name}: publishing {sizes.records:,} records")
        large = stack.enter_context(filled(work, brokers, sizes.records))
        small = stack.enter_context(filled(work, brokers, sizes.stock))
        for number in range(1, runs + 1):
            for engine, done in taken.items():
                tell(f"{work.name}: {engine}, run {number} of {runs}")
                place, count = (small, sizes.stock) if engine == STOCK else (large, sizes.records)
                done.append(run_once(work, engine, place, count, number, commands.get(engine, ())))
    rows = {
        engine: summarise(_row(work, engine), done, work.unit, work.each) for engine, done in taken.items()
    }
    absent = (skipped(_row(work, peer.name), peer.reason, work.unit) for peer in peers if peer.reason)
    return [*against(rows.values(), rows[RAW], rows[STOCK], rows.get("kafka_streams")), *absent]


@contextmanager
def filled(work: Work, brokers: str, count: int) -> Iterator[Field]:
    """Topics with so many records of the work's input."""
    with field(brokers, work.step) as place:
        place.fill(work.inputs(count))
        yield place


def run_once(
    work: Work, engine: str, place: Field, count: int, number: int, command: Sequence[str]
) -> tuple[Sample, Check]:
    """Run an engine on a filled topic and judge its output; ``number`` tells its runs apart."""
    place.empty()
    job = Job(
        place.brokers,
        place.prefix,
        count,
        PARTITIONS,
        group=f"{engine}-{number}",
        source=work.source,
        sink=work.sink,
        high=work.high,
    )
    sample = run_engine(f"{dict(_OURS).get(engine, engine)}_{work.name}", job, command)
    return sample, work.check(engine, place, count)


def _row(work: Work, engine: str) -> str:
    return work.name if engine == HUB else f"{work.name}.{engine}"
