"""`hub patterns sensors`: sensors that drift away from others of their kind."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub import topics
from hub.cli.formats import Cell, Format, format_option, print_figures
from hub.cli.patterns_input import loaded, reading_options
from hub.contracts.sensing import WindowSummary
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub patterns sensors --in out
  hub patterns sensors --days 14 --format csv --in out
"""


@click.command(epilog=EXAMPLES)
@click.option(
    "--days", type=click.IntRange(4, 60), default=7, show_default=True, help="So many newest days are judged."
)
@reading_options
@format_option
def sensors(days: int, city: str | None, folder: Path | None, how: Format) -> None:
    """Find sensors that drift 漂移: slowly away from what others of their kind read around them.

    Silent and stuck sensors and missing values are alarms already; drift shows only beside others.
    docs/patterns.md has the formulas.
    """
    from hub.domain.patterns.drift import Windows, find_drifts

    place, settings = loaded(city)
    windows = Windows(place, days)
    for summary in _summaries(folder, settings):
        windows.take(summary)
    if not windows.starts:
        raise HubError("There are no windows of readings", fix="let the hub's step sensing run, or give --in")
    rows: list[dict[str, Cell]] = [
        {
            "sensor": one.sensor,
            "kind": one.kind,
            "unit": place.kinds[one.kind].unit,
            "town": one.town,
            "moved": round(one.moved, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
            "times_usual": round(one.times, 2),
        }
        for one in find_drifts(place, windows)
    ]
    number = sum(len(gateway.sensors) for gateway in place.gateways.values())
    click.echo(f"{len(rows):,} of {number:,} sensors drift", err=True)
    if rows or how is not Format.TABLE:
        print_figures(f"Drift, {windows.starts[0]:%Y-%m-%d} to {windows.starts[-1]:%Y-%m-%d}", rows, how)


def _summaries(folder: Path | None, settings: Settings) -> Iterable[WindowSummary]:
    from hub.cli.heard import said_on
    from hub.replay.story import said_in

    if folder is not None:
        return said_in(folder, topics.SUMMARIES, WindowSummary)
    return (said for said in said_on(settings, [topics.SUMMARIES]) if isinstance(said, WindowSummary))
