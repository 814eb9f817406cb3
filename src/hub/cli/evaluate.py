"""`hub evaluate`: what the hub says about simulated cities, judged by what really happened in them."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from hub.errors import HubError

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.evaluate.figures import Row
    from hub.evaluate.interval import Interval
    from hub.evaluate.judged import Judged
    from hub.evaluate.play import Setting

EXAMPLES = """
\b
Examples:
  hub evaluate --district 110101                          one district of Beijing for five weeks, three seeds
  hub evaluate --seeds 4,5 --json figures.json            two other seeds, the figures for a program too
  hub evaluate --district 110101 --days 4 --judge-from 1  joins and dispatch alone need no base of weeks

What each figure means, and what the hub reaches: docs/quality.md.
"""


@click.command(epilog=EXAMPLES)
@click.option("--city", "city_name", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option("--seeds", default="11,12,13", show_default=True, help="Seeds, each a city's life of its own.")
@click.option(
    "--district",
    "districts",
    multiple=True,
    default=("110101", "110102"),
    show_default=True,
    help="Only this district's towns; may be repeated. 'all' for the whole city.",
)
@click.option("--days", type=click.FloatRange(0.1, 400), default=35.0, show_default=True, help="Length.")
@click.option(
    "--judge-from",
    type=click.FloatRange(0),
    default=28.0,
    show_default=True,
    help="Days before anything is judged: surges are told from a base of weeks.",
)
@click.option("--scale", type=click.FloatRange(0.0001, 100), default=1.0, show_default=True, help="Density.")
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%d"]),
    default="2026-03-02",
    show_default=True,
    help="First day, from its midnight in the city's time zone.",
)
@click.option("--json", "json_file", type=click.Path(dir_okay=False, path_type=Path), help="Figures as JSON.")
def evaluate(
    city_name: str | None,
    seeds: str,
    districts: tuple[str, ...],
    days: float,
    judge_from: float,
    scale: float,
    start: datetime,
    json_file: Path | None,
) -> None:
    """Play simulated cities and their units, and judge joins, dispatch, warnings, associations and alarms."""
    from hub.citypack.load import load_city
    from hub.evaluate.figures import rows_of
    from hub.evaluate.play import Setting
    from hub.settings import load_settings
    from hub.simulate.city_life import towns_of

    if judge_from >= days:
        raise HubError(f"Nothing is left to judge after {judge_from:g} of {days:g} days.", fix="raise --days")
    city = load_city(load_settings(city=city_name).city)
    towns = () if "all" in districts else towns_of(city, districts)
    begin = start.replace(tzinfo=ZoneInfo(city.settings.timezone)).astimezone(UTC)
    runs = [_judge(city, Setting(seed, begin, days, judge_from, scale, towns)) for seed in _seeds_of(seeds)]
    rows = list(rows_of(runs))
    _print(rows)
    if json_file is not None:
        json_file.write_text(json.dumps([_plain(row) for row in rows], indent=1) + "\n", encoding="utf-8")


def _seeds_of(text: str) -> list[int]:
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise HubError(f"{text} is no list of seeds.", fix="write numbers with commas: 11,12,13") from None


def _judge(city: City, setting: Setting) -> Judged:
    """Play one seed with a bar of the city's time, and judge it."""
    from rich.console import Console
    from rich.progress import Progress

    from hub.evaluate.judged import judge
    from hub.evaluate.play import play

    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as bars:
        bar = bars.add_task(f"seed {setting.seed}", total=setting.days)

        def progress(now: datetime) -> None:
            bars.update(bar, completed=(now - setting.start) / timedelta(days=1))

        return judge(play(city, setting, progress))


def _print(rows: Sequence[Row]) -> None:
    from rich.table import Table

    from hub.cli.terminal import console

    for section in dict.fromkeys(row.section for row in rows):
        of = [row for row in rows if row.section == section]
        table = Table("", "of", *of[0].figures, title=section, title_justify="left")
        for row in of:
            table.add_row(row.name, f"{row.count:,}", *_cells(row))
        console().print(table)


def _cells(row: Row) -> Iterable[str]:
    """A share in percent, other figures as they are; the interval with the total."""
    for name, figure in row.figures.items():
        unit, times = ("", 1) if name.endswith("min") else (" %", 100)
        if figure.value is None or figure.low is None or figure.high is None:
            yield "-"
        elif row.name == "total":
            yield f"{figure.value * times:.1f}{unit} [{figure.low * times:.1f}, {figure.high * times:.1f}]"
        else:
            yield f"{figure.value * times:.1f}{unit}"


def _plain(row: Row) -> dict[str, object]:
    return {
        "section": row.section,
        "name": row.name,
        "count": row.count,
        "figures": {name: _interval(figure) for name, figure in row.figures.items()},
    }


def _interval(figure: Interval) -> dict[str, float | None]:
    return {"value": figure.value, "low": figure.low, "high": figure.high}
