"""How `hub scores` prints: a board as a table to read, all figures as CSV or JSON."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

import click
from rich.table import Table

from hub.cli.formats import Cell, Format, print_figures
from hub.cli.terminal import console, harmless
from hub.domain.scoring.counts import by_name
from hub.domain.scoring.ranking import Scored, Unranked
from hub.domain.scoring.rates import Rates

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.domain.scoring.periods import Period

NOT_KNOWN = "–"

_SHARES = ("response", "resolution", "satisfaction", "overdue", "repeat", "overturn", "arrival")
"""Rates that a terminal has room for; CSV and JSON have all."""

_CASES_SHOWN = 5
_HOUR_S = 3600


def print_board(
    city: City,
    by: str,
    period: Period,
    scored: Sequence[Scored],
    online: Mapping[str, float],
    how: Format,
) -> None:
    """Print who has which rates, score and place."""
    names = _names(city, by)
    if how is not Format.TABLE:
        print_figures("", [_figures(one, names, online) for one in scored], how)
        return
    table = Table(title=f"{city.settings.name}, {period.name}, by {by}", title_justify="left")
    heads = ("place", "code", "name", "score", *_SHARES, "online", "per 10k", "median h", "p90 h", "cases")
    for head in (*heads, "assessed", "excluded"):
        table.add_column(head, justify="left" if head in ("code", "name") else "right", overflow="fold")
    for one in scored:
        table.add_row(*_row(one, names, online))
    console().print(table)
    for line in _reasons(scored, city.weights.fewest_assessed):
        click.echo(line)


def print_causes(title: str, found: Mapping[str, Mapping[str, int]], figure: str | None, how: Format) -> None:
    """Print the cases behind figures, or behind the one named."""
    chosen = found if figure is None else {figure: found[figure]}
    match how:
        case Format.JSON:
            click.echo(json.dumps(chosen, ensure_ascii=False, indent=2))
        case Format.CSV:
            rows: list[dict[str, Cell]] = [
                {"figure": name, "case": case_id, "count": count}
                for name, cases in chosen.items()
                for case_id, count in cases.items()
            ]
            print_figures(title, rows, how)
        case Format.TABLE:
            _print_causes(title, chosen, _CASES_SHOWN if figure is None else None)


def _print_causes(title: str, found: Mapping[str, Mapping[str, int]], shown: int | None) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("figure")
    table.add_column("sum", justify="right")
    table.add_column("cases", overflow="fold")
    for name, cases in found.items():
        ids = list(cases)[:shown]
        more = len(cases) - len(ids)
        told = "\n".join(ids) if shown is None else " ".join(ids)
        table.add_row(name, f"{sum(cases.values()):,}", f"{told} and {more:,} more" if more else told)
    console().print(table)


def _names(city: City, by: str) -> Mapping[str, str]:
    match by:
        case "district":
            return {code: one.name for code, one in city.districts.items()}
        case "town":
            return {code: one.name for code, one in city.towns.items()}
        case "unit":
            return {code: one.name for code, one in city.units.items()}
        case "category":
            return {code: one.name for code, one in city.categories.items()}
        case _:
            return {city.settings.code: city.settings.name}


def _figures(one: Scored, names: Mapping[str, str], online: Mapping[str, float]) -> dict[str, Cell]:
    """Every figure of a subject, by name."""
    rates = {each.name: getattr(one.rates, each.name) for each in fields(Rates)}
    return {
        "place": one.place,
        "subject": one.subject,
        "name": names.get(one.subject, ""),
        "unranked": one.unranked,
        **rates,
        "sensors_online": online.get(one.subject),
        **by_name(one.sums.counts),
    }


def _row(one: Scored, names: Mapping[str, str], online: Mapping[str, float]) -> tuple[str, ...]:
    rates, counts = one.rates, one.sums.counts
    return (
        NOT_KNOWN if one.place is None else str(one.place),
        harmless(one.subject),
        harmless(names.get(one.subject, "")),
        _number(rates.score),
        *(_percent(getattr(rates, name)) for name in _SHARES),
        _percent(online.get(one.subject)),
        _number(rates.per_10k),
        _number(None if rates.median_s is None else rates.median_s / _HOUR_S),
        _number(None if rates.p90_s is None else rates.p90_s / _HOUR_S),
        f"{counts.cases:,}",
        f"{counts.assessed:,}",
        f"{counts.excluded:,}",
    )


def _reasons(scored: Iterable[Scored], fewest: int) -> Iterable[str]:
    """Why some have no place, one line for each reason."""
    words = {
        Unranked.TOO_FEW: f"fewer than {fewest} assessed cases",
        Unranked.NO_SCORE: "no answer of a citizen to one of the three questions",
    }
    for reason, text in words.items():
        without = [harmless(one.subject) for one in scored if one.unranked is reason]
        if without:
            yield f"No place, {text}: {', '.join(without)}"


def _percent(share: float | None) -> str:
    return NOT_KNOWN if share is None else f"{100 * share:.1f} %"


def _number(value: float | None) -> str:
    return NOT_KNOWN if value is None else f"{value:,.1f}"
