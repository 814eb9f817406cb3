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

    Ratios are to the hand-written loop, stock Faust and Kafka Streams of the same benchmark; None where there
    is none. ``skipped`` says why an engine did not run; all its figures are 0 then.
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
    ratio_streams: float | None = None
    skipped: str = ""
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


def skipped(name: str, reason: str, unit: str = "records") -> Result:
    """An engine that did not run."""
    return Result(name, 0, 0.0, 0, 0, 0.0, 0.0, unit=unit, skipped=reason)


def against(
    results: Iterable[Result], raw: Result, stock: Result, streams: Result | None
) -> tuple[Result, ...]:
    """Results with their speed as a share of those others' speed."""
    return tuple(
        replace(
            one,
            ratio_raw=one.records_per_s / raw.records_per_s,
            ratio_stock=one.records_per_s / stock.records_per_s,
            ratio_streams=one.records_per_s / streams.records_per_s if streams else None,
        )
        for one in results
    )


def table_of(results: Iterable[Result]) -> Table:
    """For people; a column for Kafka Streams only where it ran."""
    rows = tuple(results)
    streams = any(one.ratio_streams is not None for one in rows)
    ratios = ("x raw", "x stock", *(("x Kafka Streams",) if streams else ()))
    table = Table("", "runs", "per second", *ratios, "lost", "doubled", "CPU-s/M", "peak MB")
    for one in rows:
        if one.skipped:
            table.add_row(one.name, "0", f"skipped: {one.skipped}")
            continue
        table.add_row(
            one.name,
            str(one.runs),
            f"{one.records_per_s:,.0f} {one.unit}",
            _ratio(one.ratio_raw, 2),
            _ratio(one.ratio_stock, 1),
            *((_ratio(one.ratio_streams, 2),) if streams else ()),
            f"{one.lost:,}",
            f"{one.doubled:,}",
            f"{one.cpu_s_per_million:,.{2 if one.cpu_s_per_million < 10 else 1}f}",
            f"{one.peak_mb:,.0f}",
        )
    return table


def _ratio(ratio: float | None, digits: int) -> str:
    return "" if ratio is None else f"{ratio:.{digits}f}"


_FIGURES = (
    "records_per_s",
    "ratio_raw",
    "ratio_stock",
    "ratio_streams",
    "lost",
    "doubled",
    "cpu_s_per_million",
    "peak_mb",
)


def write_json(path: Path, results: Iterable[Result]) -> None:
    """For programs: an object by name; of an engine that did not run only the reason."""
    found = {one.name: {"skipped": one.skipped} if one.skipped else _figures(one) for one in results}
    path.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _figures(one: Result) -> dict[str, float | None]:
    return {**{name: getattr(one, name) for name in _FIGURES}, **one.more}
