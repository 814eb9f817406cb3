"""`hub warnings`: early warnings of the city, each with its evidence, and how many of them were right."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.contracts.warnings import Colour, Verdict, Warning, WarningState
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.citypack.city import City

COLOURS = tuple(colour.value for colour in Colour if colour is not Colour.UNKNOWN)

EXAMPLES = """
\b
Examples:
  hub warnings --active                        what the city warns of now, newest first
  hub warnings --colour orange --in out        orange and red ones of a replay's folder
  hub warnings show 110101001-W260302-7bc33ab6c8 --in out
  hub warnings verdicts --format json          how many of each colour were right

A warning is judged by what follows it, or by a ruling on its proactive case (`hub act invalidate`).
See docs/warnings.md.
"""

_FOLDER = click.option(
    "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a replay.  [default: the cluster]",
)  # fmt: skip
_FORMAT = click.option(
    "--format", "how", type=click.Choice(["table", "csv", "json"]), default="table", show_default=True,
    help="A table, CSV, or JSON.",
)  # fmt: skip


@click.group(epilog=EXAMPLES, invoke_without_command=True)
@click.pass_context
@_FOLDER
@click.option("--colour", type=click.Choice(COLOURS), default="blue", help="This colour and graver ones.")
@click.option("--active", is_flag=True, help="Only those that go on.")
@click.option("--district", help="Only this district.")
@_FORMAT
def warnings(
    ctx: click.Context, folder: Path | None, colour: str, active: bool, district: str | None, how: str
) -> None:
    """List early warnings 风险预警, newest first."""
    if ctx.invoked_subcommand is not None:
        return
    from hub.cli.formats import Format, print_figures

    least = COLOURS.index(colour)
    found = [
        one
        for one in _newest(folder)
        if COLOURS.index(one.colour) >= least
        and (not active or one.state is WarningState.ACTIVE)
        and district in (None, one.district)
    ]
    print_figures(f"{len(found)} warnings", [_row(one) for one in found], Format(how))


@warnings.command()
@click.argument("warning_id", metavar="ID")
@_FOLDER
@click.option("--city", help="City pack, for names.  [default: HUB_CITY]")
def show(warning_id: str, folder: Path | None, city: str | None) -> None:
    """Show one warning with its evidence, in words."""
    from hub.citypack.load import load_city
    from hub.settings import load_settings

    found = next((one for one in _newest(folder) if one.warning_id == warning_id), None)
    if found is None:
        raise HubError(f"There is no warning {warning_id}", fix="list them with `hub warnings`")
    for line in lines_of(found, load_city(load_settings(city=city).city)):
        click.echo(line)


@warnings.command()
@_FOLDER
@_FORMAT
def verdicts(folder: Path | None, how: str) -> None:
    """Count warnings by colour and verdict, with the share that was right of those judged."""
    from hub.cli.formats import Cell, Format, print_figures
    from hub.domain.warnings.record import precision, verdicts_by_colour

    counts = verdicts_by_colour(_newest(folder))
    rows: list[dict[str, Cell]] = []
    for colour in (each for each in Colour if each is not Colour.UNKNOWN):
        by_verdict: dict[str, Cell] = {verdict.value: counts.get((colour, verdict), 0) for verdict in Verdict}
        rows.append({"colour": colour.value, **by_verdict, "precision": precision(counts, colour)})
    print_figures("Warnings by colour and verdict", rows, Format(how))


def lines_of(warning: Warning, city: City) -> list[str]:
    """A warning as a clerk reads it."""
    from hub.domain.warnings.reports import told

    category = city.categories.get(warning.category)
    town = city.towns.get(warning.town)
    unit = city.units.get(warning.unit or "")
    where = f"{town.name if town else warning.town}, {warning.town}"
    lines = [
        f"{warning.warning_id}: {warning.colour}, {warning.state}, {warning.verdict} "
        f"{f'({warning.verdict_why})' if warning.verdict_why else ''}".rstrip(),
        f"what       {category.name if category else warning.category} ({warning.category})",
        f"where      {where}" + (f", cell {warning.cell}" if warning.cell else ""),
        f"since      {warning.began:%Y-%m-%d %H:%M} UTC, told {warning.raised:%H:%M}",
        f"score      {warning.score:g}",
        f"evidence   {told(warning)}",
        f"after it   {warning.further} further complaints and reports",
        f"unit       {unit.name if unit else 'none'} ({warning.unit or 'the catalogue names none'})",
        f"cases      {', '.join(warning.cases) or 'none'}",
    ]
    if warning.report:
        lines.append(f"未诉先办   report {warning.report}, case {warning.proactive_case or 'not opened yet'}")
    return lines


def _row(warning: Warning) -> dict[str, str | int | float | bool | None]:
    return {
        "warning": warning.warning_id,
        "colour": warning.colour.value,
        "state": warning.state.value,
        "verdict": warning.verdict.value,
        "district": warning.district,
        "town": warning.town,
        "category": warning.category,
        "raised": f"{warning.raised:%Y-%m-%d %H:%M}",
        "signals": warning.signals,
        "alarms": warning.alarms,
        "further": warning.further,
        "score": warning.score,
        "unit": warning.unit,
        "case": warning.proactive_case,
    }


def _newest(folder: Path | None) -> list[Warning]:
    from hub import topics
    from hub.cli.heard import said_on
    from hub.domain.warnings.record import newest_of
    from hub.replay.story import said_in
    from hub.settings import load_settings

    if folder is not None:
        return newest_of(said_in(folder, topics.WARNINGS, Warning))
    said = said_on(load_settings(), [topics.WARNINGS])
    return newest_of(one for one in said if isinstance(one, Warning))
