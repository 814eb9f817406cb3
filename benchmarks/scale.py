"""`scale`: the same work with 1, 2 and 4 workers of one group on one broker, on this machine's cores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks import lives, tickets
from benchmarks.drain import Drain, draining, topics_of
from benchmarks.ground import Field
from benchmarks.measure import Sample
from benchmarks.results import Check, Result, summarise
from hub import topics
from hub.flow import Step
from hub.runtime.headers import read_headers

WORKERS = (1, 2, 4)


@dataclass(frozen=True, slots=True)
class Sizes:
    """How much work there is."""

    records: int = 200_000
    lives: int = 10_000
    workers: tuple[int, ...] = WORKERS


QUICK = Sizes(records=10_000, lives=300, workers=(1, 2))


@dataclass(frozen=True, slots=True)
class Work:
    """What is drained: name, unit of its figures, steps, and how to drain and check it."""

    name: str
    unit: str
    count: int
    steps: Sequence[Step]
    drain: Callable[[Drain], float]
    check: Callable[[Field], Check]


def measure(
    brokers: str, sizes: Sizes, runs: int, tell: Callable[[str], None]
) -> tuple[list[Result], list[Table]]:
    """Medians of so many runs with each number of workers, and how they compare with one."""
    found = []
    for work in (route_work(sizes.records), city_work(sizes.lives)):
        one: Result | None = None
        for workers in sizes.workers:
            taken = []
            for number in range(1, runs + 1):
                tell(f"scale: {work.name} with {workers} workers, run {number} of {runs}")
                taken.append(_run(brokers, work, workers))
            result = summarise(f"scale.{work.name}.{workers}", taken, work.unit)
            one = one or result
            times = {"workers": float(workers), "x_one": result.records_per_s / one.records_per_s}
            found.append(replace(result, more=times))
    return found, [_table(found)]


def _table(results: Sequence[Result]) -> Table:
    table = Table("", "workers", "per second", "x one", title="scale: workers of one group, on one machine")
    for one in results:
        speed = f"{one.records_per_s:,.0f} {one.unit}"
        table.add_row(one.name, f"{one.more['workers']:.0f}", speed, f"{one.more['x_one']:.2f}")
    return table


def _run(brokers: str, work: Work, workers: int) -> tuple[Sample, Check]:
    with topics_of(brokers, work.steps) as place, TemporaryDirectory(prefix="hub-bench-") as folder:
        with draining(place, work.steps, work.name, workers, Path(folder)) as drain:
            before = drain.used()
            seconds = work.drain(drain)
            after = drain.used()
        cpu_s = sum(b.cpu_s - a.cpu_s for a, b in zip(before, after, strict=True))
        sample = Sample(work.count, seconds, cpu_s, sum(used.peak_mb for used in after))
        return sample, work.check(place)


def route_work(count: int) -> Work:
    """Tickets through the step of `route`."""

    def check(place: Field) -> Check:
        found = Counter(read_headers(record.headers).id for record in place.records(topics.ORDERS))
        return Check(lost=count - len(found), doubled=found.total() - len(found))

    return Work(
        "route",
        "records",
        count,
        (tickets.route_step(),),
        lambda drain: drain.drain(tickets.inputs(count)),
        check,
    )


def city_work(count: int) -> Work:
    """Whole lives through the steps of a city's worker."""
    told = lives.appeals_of(count)
    return Work(
        "city",
        "lives",
        count,
        lives.city_steps(),
        lambda drain: drain.drain(lives.openings(told)) + drain.drain(lives.workings(told)),
        lambda place: lives.check(told, place.records(topics.ORDERS)),
    )
