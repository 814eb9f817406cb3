"""`hub city limits`: every limit of a case in a city, and which layer of the pack says so."""

from __future__ import annotations

import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from hub.citypack.city import City
from hub.citypack.limits import LIMIT_KINDS, LimitAnswer
from hub.citypack.load import load_city
from hub.citypack.model import UnitLevel
from hub.contracts.fields import LimitLayer, Urgency
from hub.errors import HubError

_PIPED_WIDTH = 200

LAYERS = {
    LimitLayer.OWN: "the record's own deadline",
    LimitLayer.CATEGORY_URGENCY_LEVEL_ROW: "limits.csv: category, urgency, level",
    LimitLayer.CATEGORY_URGENCY_ROW: "limits.csv: category, urgency",
    LimitLayer.CATEGORY_LEVEL_ROW: "limits.csv: category, level",
    LimitLayer.CATEGORY_ROW: "limits.csv: category",
    LimitLayer.CATEGORY: "limits of the category",
    LimitLayer.URGENCY_LEVEL_ROW: "limits.csv: urgency, level",
    LimitLayer.URGENCY_ROW: "limits.csv: urgency",
    LimitLayer.URGENCY: "limits_by_urgency in city.yaml",
    LimitLayer.LEVEL_ROW: "limits.csv: level",
    LimitLayer.KIND_ROW: "limits.csv: the kind alone",
    LimitLayer.DEFAULT: "built in",
}
"""What each layer is, as somebody who writes a pack would look for it."""


@click.command("limits")
@click.argument("pack", metavar="PATH|NAME")
@click.option("--category", help="Code, path or alias of the case's category; without it, an unknown one.")
@click.option(
    "--urgency",
    type=click.Choice([urgency.value for urgency in Urgency if urgency is not Urgency.UNKNOWN]),
    help="Urgency of the case; without it, that of the category.",
)
@click.option(
    "--level",
    type=click.Choice([level.value for level in UnitLevel]),
    help="Level of the unit that holds the case.",
)
@click.option(
    "--start",
    type=click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d"]),
    help="A local time at which the limits start, to see when they warn and end.",
)
def limits(
    pack: str, category: str | None, urgency: str | None, level: str | None, start: datetime | None
) -> None:
    """Show every limit of a case in a city, which layer of the pack it comes from, and when it ends."""
    city = load_city(pack)
    code = _code_of(city, category)
    asked = Urgency(urgency) if urgency else Urgency.UNKNOWN
    held_by = UnitLevel(level) if level else None
    begun = start.replace(tzinfo=ZoneInfo(city.settings.timezone)) if start else None
    held = f"level {level}" if level else "any level"
    shown_urgency = urgency or city.urgency_of(code).value
    click.echo(f"{city.categories[code].name} ({code}), {shown_urgency}, held by a unit of {held}")
    table = Table(
        "limit", "hours", "of", "warns after", "said by", "note", *(("warns", "ends") if begun else ())
    )
    for kind in LIMIT_KINDS:
        answer = city.limit_answer(kind, code, asked, held_by)
        table.add_row(kind.value, *_cells(answer), *(_times(city, answer, begun) if begun else ()))
    (Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)).print(table)


def _code_of(city: City, text: str | None) -> str:
    if text is None:
        return city.settings.unknown_category
    found = city.category_of(text)
    if found is None:
        raise HubError(
            f"{city.settings.name} has no category {text}.",
            fix="write a code, path or alias out of its categories",
        )
    return found.code


def _cells(answer: LimitAnswer) -> tuple[str, ...]:
    limit, note = answer.limit, answer.row.note if answer.row else ""
    said_by = LAYERS[answer.layer]
    if limit is None:
        return ("none", "", "", said_by if answer.layer is not LimitLayer.DEFAULT else "nobody", note)
    of = "working time" if limit.working else "the calendar"
    return (f"{limit.hours:.6g}", of, f"{limit.warn_share:.0%}", said_by, note)


def _times(city: City, answer: LimitAnswer, begun: datetime) -> tuple[str, str]:
    if answer.limit is None:
        return ("", "")
    zone = begun.tzinfo
    warns, ends = (after(begun, answer.limit).astimezone(zone) for after in (city.warn_after, city.due_after))
    return (f"{warns:%a %Y-%m-%d %H:%M}", f"{ends:%a %Y-%m-%d %H:%M}")
