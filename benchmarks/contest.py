"""Engines in turn on the same filled topic: each in its own process, its output checked after each run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import product

from benchmarks.ground import PARTITIONS, Field, field
from benchmarks.measure import Job, Sample, run_engine
from benchmarks.peers.entrants import Entrant
from benchmarks.results import Check, Result, against, skipped, summarise
from hub.errors import HubError
from hub.flow import Step
from hub.runtime.outputs import Output

Tell = Callable[[str], None]

HUB = "hub"
RAW = "raw"
STOCK = "stock"
STREAMS = "kafka_streams"

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
    """Run each engine ``runs`` times, in turn. Raises HubError where one of ours fails or writes wrong.

    A peer that fails is told as skipped, with what it said, and the others go on.
    """
    reasons = {peer.name: peer.reason for peer in peers if peer.reason}
    commands = {peer.name: peer.command(work.name) for peer in peers if not peer.reason}
    taken: dict[str, list[tuple[Sample, Check]]] = {name: [] for name in (*dict(_OURS), *commands)}
    with ExitStack() as stack:
        tell(f"{work.name}: publishing {sizes.records:,} records")
        large = stack.enter_context(filled(work, brokers, sizes.records))
        small = stack.enter_context(filled(work, brokers, sizes.stock))
        for number, engine in product(range(1, runs + 1), tuple(taken)):
            if engine in reasons:
                continue
            tell(f"{work.name}: {engine}, run {number} of {runs}")
            place, count = (small, sizes.stock) if engine == STOCK else (large, sizes.records)
            try:
                taken[engine].append(run_once(work, engine, place, count, number, commands.get(engine, ())))
            except HubError as error:
                if engine not in commands:
                    raise
                reasons[engine] = error.message
    return _rows(work, taken, reasons)


def _rows(
    work: Work, taken: Mapping[str, Iterable[tuple[Sample, Check]]], reasons: Mapping[str, str]
) -> list[Result]:
    rows = {
        engine: summarise(_row(work, engine), runs, work.unit, work.each)
        for engine, runs in taken.items()
        if engine not in reasons
    }
    absent = (skipped(_row(work, engine), reason, work.unit) for engine, reason in reasons.items())
    return [*against(rows.values(), rows[RAW], rows[STOCK], rows.get(STREAMS)), *absent]


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
