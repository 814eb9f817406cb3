"""`hub patterns people`: how many people need a plan of their own, where, about what; never few of them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.citypack.city import City
from hub.cli.formats import Cell, Format, format_option, print_figures
from hub.cli.patterns_input import MONTH, loaded, reading_options
from hub.contracts.cases import CaseEvent
from hub.domain.patterns.months import Month
from hub.domain.patterns.people import Group, GroupBy, people_in, shown_by

if TYPE_CHECKING:
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub patterns people --month 2026-03 --by town --in out
  hub patterns people --month 2026-03 --by category --format csv
"""


@click.command(epilog=EXAMPLES)
@click.option("--month", type=MONTH, required=True, help="The month that is looked at.")
@click.option(
    "--by", type=click.Choice([each.value for each in GroupBy]), default=GroupBy.DISTRICT.value,
    show_default=True, help="What people are grouped by.",
)  # fmt: skip
@reading_options
@format_option
def people(month: Month, by: str, city: str | None, folder: Path | None, how: Format) -> None:
    """Count people who need help 重点诉求人, by district, town or kind of matter, and their cases.

    Groups of fewer people than the pack's smallest_group are not shown, nor any that would tell of them.
    """
    place, settings = loaded(city)
    found = people_in(place, _events(folder, settings), month)
    groups = shown_by(place, found, GroupBy(by))
    rows = [_row(place, GroupBy(by), group) for group in groups]
    print_figures(f"People who need help in {month}, {place.settings.name}", rows, how)


def _row(city: City, by: GroupBy, group: Group) -> dict[str, Cell]:
    few = city.repeats.smallest_group
    return {
        by.value: group.subject,
        "name": _name(city, by, group.subject),
        "people": group.people,
        "cases": group.cases,
        "note": "" if group.people is not None else f"fewer than {few}, or hidden beside such a group",
    }


def _name(city: City, by: GroupBy, subject: str) -> str:
    match by:
        case GroupBy.DISTRICT:
            return city.districts[subject].name if subject in city.districts else ""
        case GroupBy.TOWN:
            return city.towns[subject].name if subject in city.towns else ""
        case GroupBy.CATEGORY:
            return city.categories[subject].name if subject in city.categories else ""


def _events(folder: Path | None, settings: Settings) -> Iterable[CaseEvent]:
    from hub import topics
    from hub.cli.heard import said_on
    from hub.replay.story import said_in

    if folder is not None:
        return said_in(folder, topics.EVENTS, CaseEvent, holding='"help_needed"')
    return (one for one in said_on(settings, [topics.EVENTS]) if isinstance(one, CaseEvent))
