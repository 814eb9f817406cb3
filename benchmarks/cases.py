"""`cases`: the step that decides about cases alone, beside few and beside very many open cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from statistics import median
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks.ground import PARTITIONS, field
from benchmarks.measure import Job, Sample
from benchmarks.open_cases import cases_step, open_cases
from benchmarks.recover import Recovery, recovered, run_with_data, write_rows
from benchmarks.results import Check, Result, summarise

NAME = "cases"


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many cases are open beside, and how many whole lives are lived there."""

    few: int = 10_000
    many: int = 1_000_000
    lives: int = 20_000


QUICK = Sizes(few=1_000, many=20_000, lives=500)


@dataclass(frozen=True, slots=True)
class CasesRun:
    """What the step did: records of its log, of whole lives, in its own time (no broker, no intake)."""

    records: int
    seconds: float
    cpu_s: float
    peak_mb: float
    lost: int
    doubled: int


def measure(
    brokers: str, sizes: Sizes, runs: int, tell: Callable[[str], None]
) -> tuple[list[Result], list[Table]]:
    """Records a second of the step, ``runs`` times each; the second result tells its ratio to the first."""
    found = []
    for beside in (sizes.few, sizes.many):
        with field(brokers, cases_step()) as place, TemporaryDirectory(prefix="hub-bench-state-") as folder:
            tell(f"cases: writing {beside:,} open cases, and the snapshots of them")
            write_rows(place, open_cases(range(beside), PARTITIONS))
            job = Job(brokers, place.prefix, beside, PARTITIONS)
            recovered(job, folder)
            kept = recovered(job, folder)
            work = replace(job, group=str(sizes.lives))
            taken = []
            for number in range(1, runs + 1):
                tell(f"cases: {sizes.lives:,} lives beside {beside:,} open cases, run {number} of {runs}")
                taken.append(CasesRun(**json.loads(run_with_data(folder, "hub_cases", work))))
            found.append((beside, kept, taken))
    results = [_result(*one) for one in found]
    ratio = results[1].records_per_s / results[0].records_per_s
    results[1] = replace(results[1], more={**results[1].more, "x_few": ratio})
    table = Table("open cases", "records/s", "us a record", "x few", "bytes a case", title="the cases step")
    for (beside, _, _), result in zip(found, results, strict=True):
        table.add_row(
            f"{beside:,}",
            f"{result.records_per_s:,.0f}",
            f"{1e6 / result.records_per_s:.0f}",
            f"{result.more.get('x_few', 1):.2f}",
            f"{result.more['bytes_per_case']:,.0f}",
        )
    return results, [table]


def _result(beside: int, kept: Recovery, taken: list[CasesRun]) -> Result:
    runs = [
        (Sample(run.records, run.seconds, run.cpu_s, run.peak_mb), Check(run.lost, run.doubled))
        for run in taken
    ]
    more = {"bytes_per_case": kept.grown / beside, "seconds": median(run.seconds for run in taken)}
    return replace(summarise(f"{NAME}.open_{beside}", runs), more=more)
