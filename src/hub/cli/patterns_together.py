"""`hub patterns together`: categories that go together, where and when."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

import click

from hub import topics
from hub.cli.formats import Cell, Format, format_option, print_figures
from hub.cli.patterns_input import loaded, reading_options
from hub.contracts.cases import CaseEvent
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.domain.patterns.occurrences import Occurred
    from hub.domain.patterns.together import Together
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub patterns together --in out
  hub patterns together --from 2026-03-01 --to 2026-03-31 --by town --triples --in out
  hub patterns together --format json --in out
"""

_DAY = click.DateTime(["%Y-%m-%d"])
_TOWNS_TOLD = 3


@click.command(epilog=EXAMPLES)
@click.option("--from", "since", type=_DAY, help="First day, in the city's time zone.  [default: all]")
@click.option("--to", "until", type=_DAY, help="Last day.  [default: all]")
@click.option(
    "--by", type=click.Choice(["cell", "town"]), default="cell", show_default=True, help="Places to meet at."
)
@click.option("--triples", is_flag=True, help="Triples too, of which each two go together.")
@reading_options
@format_option
def together(
    since: datetime | None,
    until: datetime | None,
    by: Literal["cell", "town"],
    triples: bool,
    city: str | None,
    folder: Path | None,
    how: Format,
) -> None:
    """Find categories that go together 关联分析: more often at one place and time than by chance.

    Chance knows busy places, hours, working days, seasons, and that matters last; what is found is corrected
    for how much was tried. docs/patterns.md has the formulas; patterns.yaml the limits.
    """
    from hub.domain.patterns.together import find_together, related_in

    place, settings = loaded(city)
    seen = _occurred(place, _events(folder, settings), by, since, until)
    if not seen.categories:
        raise HubError("There are no signals in this time", fix="choose other days, or another folder")
    found = find_together(
        place.patterns.together, seen, place.worktime.works_on, related_in(place), triples=triples
    )
    rows = [_row(place, one) for one in (*found.pairs, *found.triples)]
    title = f"Together by {by}, {seen.day(0)} to {seen.day(seen.times // seen.bands - 1)}"
    tested = f"{found.tested_pairs:,} pairs" + (f", {found.tested_triples:,} triples" if triples else "")
    click.echo(f"{tested} tested, {len(rows):,} found", err=True)
    if rows or how is not Format.TABLE:
        print_figures(title, rows, how)


def _occurred(
    city: City,
    events: Iterable[CaseEvent],
    by: Literal["cell", "town"],
    since: datetime | None,
    until: datetime | None,
) -> Occurred:
    from hub.domain.patterns.occurrences import Occurrences

    zone, rules = ZoneInfo(city.settings.timezone), city.patterns.together
    first = since.date() if since else date.min
    last = until.date() if until else date.max
    told = Occurrences(zone, rules.hours, rules.first_hour)
    for event in events:
        if event.happened and first <= event.happened.astimezone(zone).date() <= last:
            told.take_event(event, by)
    return told.all()


def _events(folder: Path | None, settings: Settings) -> Iterable[CaseEvent]:
    from hub.cli.heard import said_on
    from hub.replay.story import said_in

    if folder is not None:
        return said_in(folder, topics.EVENTS, CaseEvent)
    return (event for event in said_on(settings, [topics.EVENTS]) if isinstance(event, CaseEvent))


def _row(city: City, one: Together) -> dict[str, Cell]:
    rules = city.patterns.together
    starts = [((rules.first_hour + band * rules.hours) % 24, slots) for band, slots in one.bands]
    return {
        "categories": " + ".join(one.categories),
        "slots": one.slots,
        "expected": round(one.expected, 3),
        "lift": round(one.lift, 3),
        "share": round(one.share, 4),
        "clustering": round(one.clustering, 2),
        "p": one.p,
        "q": one.q,
        "places": one.places,
        "hours": " ".join(f"{start:02d}-{(start + rules.hours) % 24:02d}:{slots}" for start, slots in starts),
        "towns": " ".join(f"{town}:{slots}" for town, slots in one.towns[:_TOWNS_TOLD]),
        "names": " + ".join(city.categories[code].name for code in one.categories if code in city.categories),
    }
