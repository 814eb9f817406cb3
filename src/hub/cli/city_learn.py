"""`hub city learn`: a city pack out of a file of labelled tickets."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from hub.citypack.city import City
from hub.citypack.learn.judge import Verdict, judge, judge_by_month, judge_later
from hub.citypack.learn.learned_pack import Learned, learn_pack
from hub.citypack.learn.profile import LearnProfile, load_profile
from hub.citypack.learn.read_tickets import read_tickets
from hub.citypack.learn.simulate import Policy
from hub.citypack.learn.tickets import Tickets
from hub.citypack.learn.watch import Watch
from hub.citypack.learn.write_pack import write_pack
from hub.citypack.load import load_city
from hub.errors import HubError

_PIPED_WIDTH = 200


tickets_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
learning_profile = click.option(
    "--profile", required=True, help="A packaged learning profile (boston311), or a YAML file like it."
)


@click.command()
@tickets_file
@learning_profile
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder to write the pack to.",
)
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Learn only from tickets opened before this local day, and judge the pack on the others.",
)
def learn(file: Path, profile: str, out: Path, until: datetime | None) -> None:
    """Learn a city pack from FILE, labelled tickets as CSV (gzip or not), and write it.

    Prints what was learned and how it does on tickets that it was not learned from: those of --until and
    later, or else each month by what all other months teach.
    """
    console = Console(stderr=True)
    read_by = load_profile(profile)
    with console.status("reading the tickets") as status:
        everything = read_tickets(file.read_bytes(), read_by)
        known, since = _before(everything, read_by, until)
        learned = learn_pack(known, read_by.facts, status.update)
        files = write_pack(learned.pack, out)
        status.update("checking the pack")
        city = load_city(out)
        verdicts = _verdicts(city, read_by, learned, everything, since, status.update)
    shown = Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)
    _print_rules(shown, learned)
    _print_verdicts(shown, verdicts)
    click.echo(f"{len(known)} tickets made {len(files)} files in {out}")


def _before(everything: Tickets, profile: LearnProfile, until: datetime | None) -> tuple[Tickets, int | None]:
    """The tickets to learn from, and the moment from which the others are judged, in seconds since 1970."""
    if until is None:
        return everything, None
    since = int(until.replace(tzinfo=ZoneInfo(profile.facts.timezone)).timestamp())
    known = everything.select(everything.opened < since)
    if not len(known) or len(known) == len(everything):
        side = "before" if not len(known) else "on or after"
        raise HubError(
            f"No ticket was opened {side} {until:%Y-%m-%d}.", fix="choose a day between the tickets"
        )
    return known, since


def _verdicts(
    city: City, profile: LearnProfile, learned: Learned, everything: Tickets, since: int | None, watch: Watch
) -> Mapping[str, Verdict]:
    """What to say of the pack, by the tickets that it is judged on."""
    facts, past = profile.facts, learned.learner.past
    watch("judging the pack")
    cases = past.cases(learned.joins)
    own = {"learned from": judge(city, facts, past.tickets, cases, past.tickets.opened >= 0)}
    if since is not None:
        return own | {"later": judge_later(city, facts, learned.joins, everything, since)}
    watch("judging each month by all others")
    months = judge_by_month(learned, facts)
    return own | dict(months) | {"months together": sum(months.values(), Verdict())}


def _print_rules(console: Console, learned: Learned) -> None:
    pack = learned.pack
    titles = [row for row in pack.catalogue if row.title]
    console.print(
        f"{len(pack.towns)} towns, {len(pack.cells)} cells, {len(pack.units)} units, "
        f"{len(pack.categories)} categories, {len(pack.catalogue)} catalogue rows ({len(titles)} by title); "
        f"{len(learned.joins)} categories join, at a price of {learned.price:.2f} per merged ticket"
    )
    joins = Table("category", "joins", "within m", "within days")
    for name, scope, metres, days in _rules(learned.joins):
        joins.add_row(name, scope, metres, days)
    console.print(joins)
    table = Table("category", "title begins with", "goes to")
    for row in titles:
        table.add_row(row.category, row.title, row.lead)
    console.print(table)


def _rules(joins: Policy) -> list[tuple[str, str, str, str]]:
    return [
        (
            path[-1],
            "its siblings too" if join.related else "its own",
            f"{join.within_m:g}",
            f"{join.within_hours / 24:g}",
        )
        for path, join in sorted(joins.items())
    ]


def _print_verdicts(console: Console, verdicts: Mapping[str, Verdict]) -> None:
    table = Table(
        "tickets", "count", "placed", "town", "unit", "unit of the case", "duplicates joined", "merged"
    )
    for name, verdict in verdicts.items():
        table.add_row(
            name,
            str(verdict.tickets),
            _share(verdict.placed, verdict.tickets),
            _share(verdict.towns_right, verdict.towns_told),
            _share(verdict.units_right, verdict.units_told),
            _share(verdict.case_units_right, verdict.units_told),
            _share(verdict.joined.found, verdict.joined.duplicates),
            _share(verdict.joined.merged, verdict.joined.tickets),
        )
    console.print(table)


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"
