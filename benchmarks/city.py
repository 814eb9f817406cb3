"""`city`: cases through their whole life by the hub's real steps in memory, and what each record costs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass

from rich.table import Table

from benchmarks.measure import Job, Sample, run_process
from benchmarks.results import Check, Result, summarise

TICKETS = 3_000
QUICK_TICKETS = 1_200

SENSING = "sensing"
"""Runs in a worker of its own, so its time is not the cases'."""


@dataclass(frozen=True, slots=True)
class CityRun:
    """What one run of the city says; steps and topics as the engine gives them."""

    published: int
    accounted: int
    doubled: int
    lives: int
    peak_mb: float
    steps: list[dict[str, float | str]]
    topics: list[dict[str, float | str]]

    @property
    def seconds(self) -> float:
        """What the steps took for their cases."""
        return sum(float(step["seconds"]) for step in self.steps if step["step"] != SENSING)


def measure(tickets: int, runs: int, tell: Callable[[str], None]) -> tuple[list[Result], list[Table]]:
    """Whole lives per second of step time, ``runs`` times, and the budget tables of the last run."""
    taken = []
    for number in range(1, runs + 1):
        tell(f"city: run {number} of {runs}")
        run = CityRun(**json.loads(run_process("hub_city", Job("", "", tickets, 1))))
        taken.append((_sample(run), _check(run)))
    return [summarise("city", taken, "lives")], [steps_table(run), topics_table(run)]


def _sample(run: CityRun) -> Sample:
    # One thread that never waits: its time is its CPU time.
    return Sample(run.lives, run.seconds, run.seconds, run.peak_mb)


def _check(run: CityRun) -> Check:
    missing = run.published - run.accounted
    return Check(lost=max(missing, 0), doubled=run.doubled + max(-missing, 0))


def steps_table(run: CityRun) -> Table:
    """What each step takes for a life: reading, rules, rows and writing together."""
    title = f"budget of {run.lives:,} lives: steps"
    table = Table("step", "records/life", "us/record", "outputs/life", "rows/life", "us/life", title=title)
    for step in run.steps:
        records, seconds = float(step["records"]), float(step["seconds"])
        if records:
            table.add_row(
                str(step["step"]),
                f"{records / run.lives:.2f}",
                f"{seconds / records * 1e6:,.0f}",
                f"{float(step['outputs']) / run.lives:.2f}",
                f"{float(step['rows']) / run.lives:.2f}",
                f"{seconds / run.lives * 1e6:,.0f}",
            )
    return table


def topics_table(run: CityRun) -> Table:
    """What bytes and headers of a record of each topic take."""
    title = "budget: microseconds per record"
    table = Table(
        "topic", "records/life", "bytes", "decode", "encode", "headers in", "headers out", title=title
    )
    for topic in run.topics:
        table.add_row(
            str(topic["topic"]),
            f"{float(topic['records']) / run.lives:.2f}",
            f"{float(topic['value_bytes']):,.0f}",
            *(
                f"{float(topic[name]):.1f}"
                for name in ("decode_us", "encode_us", "read_headers_us", "write_headers_us")
            ),
        )
    return table
