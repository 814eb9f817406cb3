"""`hub city`: check a city pack and explain its mistakes, show one, list those rebuild Beijing's."""

import sys
from collections import Counter
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from hub.citypack.checks.needs import uncovered
from hub.citypack.city import City
from hub.citypack.draft import Mistake
from hub.citypack.load import load_city, packaged_cities, read_pack
from hub.cli.city_learn import learn
from hub.cli.city_learn_limits import learn_limits
from hub.cli.city_limits import limits

_PIPED_WIDTH = 200


@click.group()
def city() -> None:
    """City packs: the files that make the hub run a city."""


city.add_command(learn)
city.add_command(learn_limits)
city.add_command(limits)


@city.command()
@click.argument("pack", metavar="PATH|NAME")
def check(pack: str) -> None:
    """Check a pack: every mistake with file, line, field and fix. Exit code 1 if there are any."""
    checked, mistakes = read_pack(pack)
    if checked is None:
        _console().print(_table_of(mistakes))
        click.secho(f"{pack}: {len(mistakes)} mistake(s)", fg="red")
        raise click.exceptions.Exit(1)
    click.secho(f"{pack}: no mistakes", fg="green")
    if lost := uncovered(checked):
        click.secho(f"{len(lost)} categories are under no indicator: {', '.join(lost)}", fg="yellow")
    _console().print(_counts(checked))


@city.command()
@click.argument("pack", metavar="PATH|NAME")
def show(pack: str) -> None:
    """Show what a pack holds, by district, and where its facts come from."""
    shown = load_city(pack)
    click.echo(f"{shown.settings.name} ({shown.settings.code}), {shown.settings.timezone}")
    console = _console()
    console.print(_counts(shown))
    console.print(_districts(shown))
    console.print(_sources(shown))


@city.command("list")
def list_cities() -> None:
    """List the packs that ship with the hub."""
    for name in packaged_cities():
        click.echo(f"{name}\t{load_city(name).settings.name}")


@city.command("build-beijing")
@click.option(
    "--divisions",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with beijing-districts.csv, beijing-towns.csv and beijing-areas-2016.csv.",
)
@click.option(
    "--out",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the pack to write.",
)
def build_beijing(divisions: Path, out: Path) -> None:
    """Write the files of Beijing's pack that come from published tables (see docs/city-packs.md)."""
    from hub.citypack.beijing.build import build_beijing as build  # only this command needs it

    for file, rows in build(divisions, out).items():
        click.echo(f"{out / file}\t{rows} rows")


def _console() -> Console:
    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)


def _table_of(mistakes: tuple[Mistake, ...]) -> Table:
    table = Table("where", "field", "problem", "fix")
    table.columns[0].no_wrap = True
    for mistake in mistakes:
        table.add_row(mistake.where, mistake.field, mistake.problem, mistake.fix)
    return table


def _counts(shown: City) -> Table:
    sensors = sum(len(gateway.sensors) for gateway in shown.gateways.values())
    table = Table(show_header=False)
    for name, count in (
        ("districts", len(shown.districts)),
        ("towns", len(shown.towns)),
        ("communities", len(shown.communities)),
        ("residents", sum(town.residents for town in shown.towns.values())),
        ("units", len(shown.units)),
        ("categories", len(shown.categories)),
        ("catalogue rows", len(shown.catalogue)),
        ("needs", len(shown.needs.needs)),
        ("sensor kinds", len(shown.kinds)),
        ("gateways", len(shown.gateways)),
        ("sensors", sensors),
    ):
        table.add_row(name, f"{count:,}")
    return table


def _districts(shown: City) -> Table:
    towns = Counter(town.district for town in shown.towns.values())
    residents = Counter[str]()
    for town in shown.towns.values():
        residents[town.district] += town.residents
    gateways = Counter(shown.towns[gateway.town].district for gateway in shown.gateways.values())
    table = Table("code", "district", "zone", "towns", "residents", "gateways")
    for code, district in shown.districts.items():
        table.add_row(
            code,
            district.name,
            district.zone.value,
            str(towns[code]),
            f"{residents[code]:,}",
            str(gateways[code]),
        )
    return table


def _sources(shown: City) -> Table:
    table = Table("file", "kind", "source", "licence")
    for source in shown.settings.sources:
        kind = "simulated" if source.simulated else "fact"
        table.add_row(source.file, kind, source.source, source.licence)
    return table
