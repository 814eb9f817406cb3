"""What is said of a measurement: medians of runs, what was lost or doubled, and how it compares."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median

from rich.table import Table

from benchmarks.measure import Sample


@dataclass(frozen=True, slots=True)
class Check:
    """What is missing from an engine's output, and what is there too often."""

    lost: int
    doubled: int


@dataclass(frozen=True, slots=True)
class Result:
    """One engine on one piece of work: medians of its runs, sums of their checks.

    Ratios are to the hand-written loop and to stock Faust of the same benchmark; None where there is none.
    """

    name: str
    runs: int
    records_per_s: float
    lost: int
    doubled: int
    cpu_s_per_million: float
    peak_mb: float
    unit: str = "records"
    ratio_raw: float | None = None
    ratio_stock: float | None = None
    more: Mapping[str, float] = field(default_factory=dict)
    """Figures that only this benchmark has, by name."""


def summarise(
    name: str, runs: Iterable[tuple[Sample, Check]], unit: str = "records", each: int = 1
) -> Result:
    """The result of an engine's runs; ``each`` is how many units a record holds."""
    taken = tuple(runs)
    samples = [sample for sample, _ in taken]
    return Result(
        name=name,
        runs=len(samples),
        records_per_s=median(sample.records_per_s for sample in samples) * each,
        lost=sum(check.lost for _, check in taken),
        doubled=sum(check.doubled for _, check in taken),
        cpu_s_per_million=median(sample.cpu_s_per_million for sample in samples) / each,
        peak_mb=median(sample.peak_mb for sample in samples),
        unit=unit,
    )


def compared(result: Result, raw: Result, stock: Result) -> Result:
    """A result with its speed as a share of the others' speed."""
    speed = result.records_per_s
    return replace(result, ratio_raw=speed / raw.records_per_s, ratio_stock=speed / stock.records_per_s)


def table_of(results: Iterable[Result]) -> Table:
    """For people."""
    table = Table("", "runs", "per second", "x raw", "x stock", "lost", "doubled", "CPU-s/M", "peak MB")
    for one in results:
        table.add_row(
            one.name,
            str(one.runs),
            f"{one.records_per_s:,.0f} {one.unit}",
            "" if one.ratio_raw is None else f"{one.ratio_raw:.2f}",
            "" if one.ratio_stock is None else f"{one.ratio_stock:.1f}",
            f"{one.lost:,}",
            f"{one.doubled:,}",
            f"{one.cpu_s_per_million:,.1f}",
            f"{one.peak_mb:,.0f}",
        )
    return table


def write_json(path: Path, results: Iterable[Result]) -> None:
    """For programs: an object by name."""
    fields = ("records_per_s", "ratio_raw", "ratio_stock", "lost", "doubled", "cpu_s_per_million", "peak_mb")
    found = {one.name: {**{name: getattr(one, name) for name in fields}, **one.more} for one in results}
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
