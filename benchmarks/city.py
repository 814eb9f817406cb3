"""`city`: whole lives of cases through the hub's real steps on Kafka, exactly once, by one worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from benchmarks import lives
from benchmarks.appeals import LIFE, Appeal
from benchmarks.codec_costs import TopicCost, costs_of, topics_table
from benchmarks.drain import Done, draining, topics_of
from benchmarks.measure import Sample
from benchmarks.results import Check, Result, summarise
from hub import topics

LIVES = 20_000
QUICK_LIVES = 500

YEAR = 24_200_000
"""Appeals to the hotline of Beijing in a year (24.195 million in 2024)."""


@dataclass(frozen=True, slots=True)
class CityRun:
    """One run: seconds until all cases were open, then until all were closed; what the worker did."""

    lives: int
    opening_s: float
    working_s: float
    cpu_s: float
    peak_mb: float
    done: Done
    costs: Sequence[TopicCost]
    check: Check

    @property
    def seconds(self) -> float:
        return self.opening_s + self.working_s

    @property
    def lives_per_s(self) -> float:
        return self.lives / self.seconds


def measure(
    brokers: str, count: int, open_before: int, runs: int, tell: Callable[[str], None]
) -> tuple[list[Result], list[Table]]:
    """Whole lives per second, ``runs`` times, and the budget tables of the run in the middle.

    With ``open_before`` the same again beside so many cases that are open before and stay so.
    """
    results: list[Result] = []
    tables: list[Table] = []
    for beside in (0, open_before) if open_before else (0,):
        taken = []
        for number in range(1, runs + 1):
            tell(f"city: {count:,} lives beside {beside:,} open cases, run {number} of {runs}")
            taken.append(_run(brokers, lives.appeals_of(count, beside), beside))
        taken.sort(key=lambda run: run.lives_per_s)
        middle = taken[len(taken) // 2]
        samples = [(Sample(run.lives, run.seconds, run.cpu_s, run.peak_mb), run.check) for run in taken]
        result = summarise("city.open" if beside else "city", samples, "lives")
        x_empty = {"x_empty": result.records_per_s / results[0].records_per_s} if beside else {}
        results.append(replace(result, more={**_figures(middle), **x_empty}))
        costs = topics_table(middle.costs, _a_life(middle))
        tables += [_summary(middle, beside), *(() if beside else (_steps_table(middle), costs))]
    return results, tables


def _run(brokers: str, told: Sequence[Appeal], beside: int) -> CityRun:
    steps = lives.city_steps()
    with topics_of(brokers, steps) as place, TemporaryDirectory(prefix="hub-bench-") as folder:
        lives.open_before(place, beside)
        with draining(place, steps, "city", 1, Path(folder)) as drain:
            before = drain.used()[0]
            opening_s = drain.drain(lives.openings(told))
            working_s = drain.drain(lives.workings(told))
            after = drain.used()[0]
        done = drain.done
        check = lives.check(told, place.records(topics.ORDERS))
        costs = costs_of(place, [topics.HOTLINE, topics.ACTIONS, *sorted(done.outputs)])
        cpu_s = after.cpu_s - before.cpu_s
        return CityRun(len(told), opening_s, working_s, cpu_s, after.peak_mb, done, costs, check)


def _a_life(run: CityRun) -> dict[str, float]:
    """Records of each topic for one life."""
    published = {topics.HOTLINE: 1.0, topics.ACTIONS: float(len(LIFE))}
    return published | {topic: count / run.lives for topic, count in run.done.outputs.items()}


def _figures(run: CityRun) -> dict[str, float]:
    written = sum(run.done.outputs.values()) / run.lives
    return {
        "opened_per_s": run.lives / run.opening_s,
        "worked_per_s": run.lives / run.working_s,
        "written_a_life": written,
        "ledger_a_life": run.done.outputs[topics.LEDGER] / run.lives,
        "rows_a_life": sum(run.done.rows.values()) / run.lives,
        "us_a_life": run.cpu_s / run.lives * 1e6,
        "commit_us_a_life": run.done.commit_s / run.lives * 1e6,
        "year_hours": YEAR / run.lives_per_s / 3600,
    }


def _summary(run: CityRun, beside: int) -> Table:
    """The figures that say the most, in words."""
    found = _figures(run)
    title = f"city: {run.lives:,} whole lives in {run.seconds:.1f} s beside {beside:,} open cases"
    table = Table("", "", title=title, show_header=False)
    ledger = found["ledger_a_life"]
    rows = (
        ("cases opened / worked to their end, each second", "{opened_per_s:,.0f} / {worked_per_s:,.0f}"),
        ("records written for a life, without the ledger's", f"{found['written_a_life'] - ledger:.1f}"),
        ("the ledger's, rows of state", f"{ledger:.2f}, {{rows_a_life:.1f}}"),
        ("CPU of the worker for a life, us", "{us_a_life:,.0f}"),
        ("of the time, producing and committing, us", "{commit_us_a_life:,.0f}"),
        ("Beijing's 24.2 million tickets of a year, hours", "{year_hours:.1f}"),
    )
    for name, text in rows:
        table.add_row(name, text.format(**found))
    return table


def _steps_table(run: CityRun) -> Table:
    """What each step takes for a life: reading, rules, rows and writing together."""
    title = "city: reading, rules, rows and writing by step"
    table = Table("step", "records/life", "us/record", "rows/life", "us/life", title=title)
    for step, records in run.done.records.items():
        seconds = run.done.seconds[step]
        if records:
            table.add_row(
                step,
                f"{records / run.lives:.2f}",
                f"{seconds / records * 1e6:,.0f}",
                f"{run.done.rows[step] / run.lives:.2f}",
                f"{seconds / run.lives * 1e6:,.0f}",
            )
    return table
