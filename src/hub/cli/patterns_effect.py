"""`hub patterns effect`: what became of a topic after its plan began."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.formats import Cell, Format, format_option, print_figures, print_tree
from hub.cli.patterns_input import days_of, in_district, loaded, reading_options
from hub.contracts.scores import ScoreBy
from hub.domain.patterns.effect import WEEK, Effect, TooLittle, Weeks, measure, weekly
from hub.domain.patterns.groups import compared_with
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.citypack.city import City
    from hub.domain.patterns.tallies import Daily

EXAMPLES = """
\b
Examples:
  hub patterns effect --category heating.supply.cold-home --since 2026-01-05 --in out
  hub patterns effect --category pollution.noise --since 2026-03-02 --district 110105 --window 56
  hub patterns effect --category road.surface --since 2026-03-02 --format json
"""

FEWEST_WEEKS = 4
"""Fewer weeks before show no trend."""


@click.command(epilog=EXAMPLES)
@click.option(
    "--category", required=True, help="Code, path or alias of the topic; those below it count with it."
)
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day of the plan.")
@click.option("--district", help="Code of the district that has the plan.  [default: the whole city]")
@click.option(
    "--window", type=click.IntRange(WEEK, 364), default=4 * WEEK, show_default=True,
    help="Days after that are looked at, whole weeks.",
)  # fmt: skip
@reading_options
@format_option
def effect(
    category: str,
    since: datetime,
    district: str | None,
    window: int,
    city: str | None,
    folder: Path | None,
    how: Format,
) -> None:
    """Measure the effect of a topic's plan: before and after, against comparable categories.

    Difference in differences of appeals with a 95 % interval, and the categories that it was compared with:
    those whose weeks before run parallel. docs/patterns.md has the method.
    """
    if window % WEEK:
        raise click.BadParameter("must be whole weeks: 7, 14, 21, 28 …", param_hint="--window")
    place, settings = loaded(city)
    topic = place.category_of(category)
    if topic is None:
        raise HubError(
            f"{place.settings.name} has no category {category}", fix="take a code of its categories.csv"
        )
    days = in_district(place, days_of(ScoreBy.CATEGORY, folder, settings), district)
    weeks = weeks_around(since.date(), days, window // WEEK, place.patterns.effect.windows_before)
    group_of = compared_with(place, topic.code, place.patterns.topics.leave_out)
    grouped = [one._replace(subject=group) for one in days if (group := group_of(one.subject)) is not None]
    found = measure(place.patterns.effect, weekly(grouped, weeks), topic.code, weeks)
    if isinstance(found, TooLittle):
        raise HubError(
            f"No effect can be told: {found.why}", fix="take a wider category or place, or a longer --window"
        )
    _print(place, found, how)


def weeks_around(since: date, days: Sequence[Daily], after: int, windows_before: int) -> Weeks:
    """The weeks to compare: as many windows before as are asked for, or the whole weeks that are known.

    Raises HubError where too little is known before, or the window after is not over.
    """
    known = sorted({one.day for one in days})
    if not known or known[-1] < since + timedelta(weeks=after, days=-1):
        raise HubError(
            f"The scores do not reach {since + timedelta(weeks=after, days=-1)}",
            fix="wait until the window is over, or give a shorter --window",
        )
    before = min(after * windows_before, (since - known[0]).days // WEEK)
    if before < FEWEST_WEEKS:
        raise HubError(
            f"The scores begin on {known[0]}, less than {FEWEST_WEEKS} weeks before {since}",
            fix="give scores that go further back",
        )
    return Weeks(since, before, after)


def _print(city: City, found: Effect, how: Format) -> None:
    summary: dict[str, Cell] = {
        "category": found.category,
        "name": city.categories[found.category].name,
        "before_from": found.weeks.first.isoformat(),
        "since": found.weeks.since.isoformat(),
        "after_until": found.weeks.last.isoformat(),
        **{name: value for name, value in asdict(found).items() if isinstance(value, int | float)},
    }
    controls: list[dict[str, Cell]] = [
        {
            "control": control.category,
            "name": known.name if (known := city.categories.get(control.category)) else "",
            "before": control.before,
            "after": control.after,
            "parallel_p": round(control.parallel_p, 4),
        }
        for control in found.controls
    ]
    rounded = {
        name: round(value, 4) if isinstance(value, float) else value for name, value in summary.items()
    }
    if how is Format.TABLE:
        print_figures(
            "Effect", [{"what": name, "value": _said(value)} for name, value in rounded.items()], how
        )
        click.echo(
            f"{found.change:+.1%} against comparable categories, 95 % between {found.low:+.1%} "
            f"and {found.high:+.1%}"
        )
        print_figures(f"Compared with {len(controls)} categories", controls, how)
    elif how is Format.CSV:
        print_figures("", [rounded], how)
    else:
        print_tree({**rounded, "controls": controls})


def _said(value: Cell) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value}"
