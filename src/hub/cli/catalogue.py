"""`hub catalogue`: changes of the dispatch catalogue, mined from rulings and tried on past cases."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from hub.contracts.cases import CaseEvent
    from hub.replay.dry_run import DryRun, Met
    from hub.replay.mining import Proposal, Tried
    from hub.replay.run import Progress

_SHOWN = 20
_PIPED_WIDTH = 160

EXAMPLES = """
\b
Examples:
  hub catalogue mine --city beijing --from out --change change.csv
  hub catalogue mine --city beijing --support 20 --share 0.3 --change change.csv     from the cluster
  hub catalogue dry-run --city beijing --change change.csv --on out/tape.jsonl.gz
"""


@click.group(epilog=EXAMPLES)
def catalogue() -> None:
    """Mine changes of the dispatch catalogue from overturned dispatches, and try them on past cases."""


_JSON = click.option(
    "--json", "as_json", type=click.Path(path_type=Path, dir_okay=False), help="Write it as JSON too."
)
_CITY = click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")


@catalogue.command()
@_CITY
@click.option(
    "--from", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a replay.  [default: the cluster]",
)  # fmt: skip
@click.option(
    "--change",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="File to write the proposed rows to, as CSV.",
)
@click.option(
    "--support",
    type=click.IntRange(1),
    default=10,
    show_default=True,
    help="Overturned dispatches of a category that are enough.",
)
@click.option(
    "--share",
    type=click.FloatRange(0, 1),
    default=0.5,
    show_default=True,
    help="Share of all dispatches that they must be.",
)
@click.option(
    "--agreement",
    type=click.FloatRange(0, 1),
    default=0.6,
    show_default=True,
    help="Share of them that went to one unit.",
)
@_JSON
def mine(
    city: str | None,
    folder: Path | None,
    change: Path,
    support: int,
    share: float,
    agreement: float,
    as_json: Path | None,
) -> None:
    """Propose rows for categories whose dispatches are often overturned, with the unit that took them."""
    from hub.citypack.load import load_city
    from hub.replay.catalogue_change import change_text
    from hub.replay.dispatches import Dispatches
    from hub.replay.mining import Thresholds, propose, tried_by
    from hub.settings import load_settings

    loaded = load_city(load_settings(city=city).city)
    with _bar() as progress:
        found = Dispatches.of(_watched(_events(city, folder), progress)).cases.values()
    proposals = propose(loaded, found, Thresholds(support, share, agreement))
    tried = {"category": tried_by(found, unit=False), "unit": tried_by(found, unit=True)}
    change.write_text(change_text(proposals), encoding="utf-8", newline="\n")
    if as_json is not None:
        told = {"proposals": [asdict(one) | {"row": one.row.model_dump(mode="json")} for one in proposals]}
        _write(as_json, told | {name: [asdict(row) for row in rows] for name, rows in tried.items()})
    console = _console()
    for name, rows in tried.items():
        _print_tried(console, name, rows)
    _print_proposals(console, proposals)
    click.echo(f"{len(found):,} dispatches, {len(proposals)} rows proposed in {change}")


@catalogue.command("dry-run")
@_CITY
@click.option(
    "--change",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="Rows that the catalogue shall have, as CSV.",
)
@click.option(
    "--on",
    "tape",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    required=True,
    help="Tape of a replay.",
)
@_JSON
def dry_run(city: str | None, change: Path, tape: Path, as_json: Path | None) -> None:
    """Replay a tape under the present catalogue and under the changed one, and show what differs."""
    from hub.citypack.load import load_city
    from hub.domain.privacy import Pseudonyms
    from hub.replay.catalogue_change import read_change
    from hub.replay.dry_run import dry_run as run
    from hub.replay.tape import Tape
    from hub.settings import DEMO_PSEUDONYM_KEY, load_settings

    settings = load_settings(city=city)
    loaded = load_city(settings.city)
    pseudonyms = Pseudonyms(DEMO_PSEUDONYM_KEY.encode(), settings.pseudonym_epoch)
    with _bar() as progress:
        found = run(loaded, pseudonyms, read_change(loaded, change), Tape(tape), progress)
    if as_json is not None:
        _write(as_json, asdict(found))
    _print_dry_run(_console(), found)


def _events(city: str | None, folder: Path | None) -> Iterable[CaseEvent]:
    from hub.cli.explain import events_of

    return events_of(city, folder)


def _watched(events: Iterable[CaseEvent], progress: Progress) -> Iterator[CaseEvent]:
    for event in events:
        progress("events", 1)
        yield event


@contextmanager
def _bar() -> Iterator[Progress]:
    from hub.cli.replay import ReplayBar

    with ReplayBar() as bar:
        yield bar


def _print_tried(console: Console, name: str, rows: tuple[Tried, ...]) -> None:
    contested = [row for row in rows if row.objections or row.overturned]
    if not contested:
        return
    table = Table(title=f"Objections by {name}", title_justify="left")
    table.add_column(name)
    for column in ("cases", "objections", "overturned"):
        table.add_column(column, justify="right")
    for row in contested[:_SHOWN]:
        table.add_row(row.name, f"{row.cases:,}", f"{row.objections:,}", f"{row.overturned:,}")
    console.print(table)


def _print_proposals(console: Console, proposals: tuple[Proposal, ...]) -> None:
    if not proposals:
        return
    table = Table(title="Proposed", title_justify="left")
    for column in ("category", "place", "was", "lead", "overturned", "agreed", "examples"):
        table.add_column(column)
    for one in proposals:
        row = one.row
        table.add_row(
            row.category, row.town or row.district or "city", one.was, row.lead,
            f"{one.overturned:,} of {one.cases:,}", f"{one.agreed:,}", " ".join(one.examples),
        )  # fmt: skip
    console.print(table)


def _print_dry_run(console: Console, found: DryRun) -> None:
    moved = sum(one.cases for one in found.elsewhere)
    console.print(f"{moved:,} of {found.cases:,} cases would have gone elsewhere")
    table = Table(title="Elsewhere", title_justify="left")
    for column in ("category", "from", "to", "cases", "examples"):
        table.add_column(column)
    for one in found.elsewhere[:_SHOWN]:
        table.add_row(one.category, one.before, one.after, f"{one.cases:,}", " ".join(one.examples))
    console.print(table)
    table = Table(title="Limits: met / missed / open", title_justify="left")
    table.add_column("category", overflow="fold")
    for column in (
        "stay, before", "stay, after", "elsewhere, before", "elsewhere, replayed", "got there in the end",
        "mean h later", "missed that it would meet",
    ):  # fmt: skip
        table.add_column(column)
    for effect in found.effects[:_SHOWN]:
        table.add_row(
            effect.category, _limits(effect.stay_before), _limits(effect.stay_after),
            _limits(effect.moved_before), _limits(effect.moved_after),
            f"{effect.reached:,} of {effect.elsewhere:,}", f"{effect.hours_late:g}", f"{effect.would_meet:,}",
        )  # fmt: skip
    console.print(table)
    console.print(
        "Known: where each case goes, and the limits of cases that stay. What units did is as on the tape: "
        "of cases that go elsewhere the former unit's actions are refused, so 'replayed' is no forecast. The "
        "last column is an estimate: the pace of the unit that took the case in the end, from the beginning."
    )
    if found.only_before or found.only_after:
        console.print(
            f"{found.only_before:,} cases are only in the first run, {found.only_after:,} only in the "
            "second: signals join otherwise where other cases are open. They are left out."
        )


def _limits(counts: Mapping[Met, int]) -> str:
    return " / ".join(f"{count:,}" for count in counts.values())


def _write(path: Path, told: Mapping[str, object]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)
