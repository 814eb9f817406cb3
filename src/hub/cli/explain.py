"""`hub explain`: which step decided what, and why."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hub.contracts.cases import CaseEvent
    from hub.edges.profiles import Made
    from hub.replay.story import Line
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub explain tickets.csv.gz:boston311 --city boston --line 17    what the hub would do with row 17
  hub explain 110105021-260302-1fca19a56c                         the life of a case, from the cluster
  hub explain 025-W05-150101-9a1b2c3d4e --from out                the same, from a replay's folder
"""


@click.command(epilog=EXAMPLES)
@click.argument("what", metavar="FILE:PROFILE|CASE")
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option("--line", type=click.IntRange(1), default=1, show_default=True, help="Which row of the file.")
@click.option("--from", "folder", type=click.Path(path_type=Path, exists=True), help="Folder of a replay.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def explain(what: str, city: str | None, line: int, folder: Path | None, as_json: bool) -> None:
    """Show, decision by decision, what happens to a row of a file, or what happened to a case."""
    from hub.citypack.load import load_city
    from hub.domain.privacy import Pseudonyms
    from hub.replay.story import story_of_case, story_of_records
    from hub.settings import DEMO_PSEUDONYM_KEY, load_settings

    settings = load_settings(city=city)
    path, _, profile = what.rpartition(":")
    if path and Path(path).exists():
        loaded = load_city(settings.city)
        pseudonyms = Pseudonyms(DEMO_PSEUDONYM_KEY.encode(), settings.pseudonym_epoch)
        lines = story_of_records(loaded, pseudonyms, _row(Path(path), profile, line))
    else:
        lines = story_of_case(events_of(city, folder), what)
    show(lines, as_json, "step")


def _row(path: Path, profile: str, number: int) -> list[Made]:
    from hub.edges.profiles import RowRefused, load_profile, read_rows

    found = next(islice(read_rows(path), number - 1, None), None)
    if found is None:
        raise HubError(f"{path} has fewer than {number} rows", fix="give a smaller --line")
    try:
        return load_profile(profile).records(found[1])
    except RowRefused as refused:
        raise HubError(
            f"Row {number} gives no record: {refused}", fix="mend the row or the profile"
        ) from None


def events_of(city: str | None, folder: Path | None) -> Iterable[CaseEvent]:
    """The case events of a replay's folder, or else of the cluster; each case's in order."""
    from hub.replay.story import events_of_replay
    from hub.settings import load_settings

    if folder is not None:
        return events_of_replay(folder)
    return _events_of_cluster(load_settings(city=city))


def _events_of_cluster(settings: Settings) -> Iterable[CaseEvent]:
    from hub import topics
    from hub.cli.heard import said_on
    from hub.contracts.cases import CaseEvent

    return (event for event in said_on(settings, [topics.EVENTS]) if isinstance(event, CaseEvent))


def show(lines: Iterable[Line], as_json: bool, by: str) -> None:
    """Print lines of a story, as a table or as JSON; ``by`` names the column that says who or which."""
    if as_json:
        for line in lines:
            fields = {"at": line.at, by: line.step, "what": line.what, "why": line.why}
            click.echo(json.dumps(fields, ensure_ascii=False))
        return
    table = Table("time (UTC)", by, "what", "why", box=None, pad_edge=False)
    for line in lines:
        table.add_row(line.at, line.step, line.what, line.why)
    Console().print(table)
