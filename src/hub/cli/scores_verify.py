"""`hub scores verify`: the scores of a replay, recomputed in another way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path

import click
from rich.console import Console

from hub import topics
from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.citypack.model import Unreached
from hub.cli.scores_told import told_rates
from hub.contracts.scores import ScoreCell
from hub.errors import HubError
from hub.replay.run import TAPE
from hub.replay.story import said_in
from hub.replay.tape import Tape
from hub.settings import load_settings
from hub.verify.scores import CITY, CityFacts, Comparison, ScoreAudit


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--city", help="City pack: name or folder.  [default: that of DIR's tape, else HUB_CITY]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(ctx: click.Context, folder: Path, city: str | None, as_json: bool) -> None:
    """Recompute the scores of DIR, which `hub replay` wrote, from its case events, and compare.

    The second opinion is SQL over the definitions and shares no code with the scores. Every count, every
    bin of handling times, every rate and rank must agree. Exit code 1 if one differs; twenty are listed.
    """
    loaded = load_city(city or city_of(folder))
    with ScoreAudit(facts_of(loaded)) as audit:
        audit.recompute(folder / f"{topics.EVENTS}.jsonl")
        cells = audit.compare_cells(folder / f"{topics.SCORES_DAILY}.jsonl")
        rates = audit.compare_rates(told_rates(loaded, partial(_cells_in, folder)))
        examined = f"{audit.cases:,} cases, {audit.cells:,} cells of days"
    if as_json:
        found = {"examined": examined, "cells": asdict(cells), "rates": asdict(rates)}
        click.echo(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        console = Console()
        console.print(f"city {loaded.settings.code}: {examined}", highlight=False)
        _print("counts and bins of days", cells, console)
        _print("rates, scores and places of weeks and months", rates, console)
    ctx.exit(1 if cells.differing or rates.differing else 0)


def city_of(folder: Path) -> str:
    """The city that a replay's tape names; without a tape, the one of the settings."""
    tape = folder / TAPE
    return Tape(tape).head.city if tape.exists() else load_settings().city


def facts_of(city: City) -> CityFacts:
    """What the recomputation needs to know of a city."""
    residents = {("town", town.code): town.residents for town in city.towns.values()}
    for (_, code), number in list(residents.items()):
        for subject in (("district", city.district_of(code)), (CITY, CITY)):
            residents[subject] = residents.get(subject, 0) + number
    weights = city.weights
    return CityFacts(
        timezone=city.settings.timezone,
        unreached_unsolved=weights.unreached is Unreached.UNSOLVED,
        weights=(weights.response, weights.resolution, weights.satisfaction),
        fewest_assessed=weights.fewest_assessed,
        residents=residents,
    )


def _cells_in(folder: Path) -> Iterator[ScoreCell]:
    try:
        yield from said_in(folder, topics.SCORES_DAILY, ScoreCell)
    except ValueError:
        raise HubError(
            f"{folder / topics.SCORES_DAILY}.jsonl has a line that is no ScoreCell",
            fix="run `hub replay` again: the file was changed",
        ) from None


def _print(name: str, found: Comparison, console: Console) -> None:
    result = f"[red]{found.differing:,} differ[/]" if found.differing else "[green]ok[/]"
    console.print(f"{found.compared:,} {name}: {result}", soft_wrap=True, highlight=False)
    for one in found.shown:
        line = f"  {one.where}, {one.figure}: said {one.said}, recomputed {one.recomputed}"
        console.print(line, soft_wrap=True, highlight=False, markup=False)
    if found.differing > len(found.shown):
        console.print(f"  and {found.differing - len(found.shown):,} more", highlight=False)
