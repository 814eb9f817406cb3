"""`hub patterns topics`: the ranking that the month's topic is chosen from."""

from __future__ import annotations

from pathlib import Path

import click

from hub.citypack.city import City
from hub.cli.formats import Cell, Format, format_option, print_figures
from hub.cli.patterns_input import MONTH, days_of, in_district, loaded, reading_options
from hub.contracts.scores import ScoreBy
from hub.domain.patterns.groups import at_depth
from hub.domain.patterns.months import Month
from hub.domain.patterns.topics import Ranking, Topic, rank_topics
from hub.errors import HubError

EXAMPLES = """
\b
Examples:
  hub patterns topics --city boston --month 2015-02 --in out
  hub patterns topics --month 2026-03 --district 110105 --level leaf --top 20
  hub patterns topics --month 2026-03 --format csv > topics.csv
"""

LEVELS = ("group", "leaf")


@click.command(epilog=EXAMPLES)
@click.option("--month", type=MONTH, required=True, help="The month that is looked at.")
@click.option("--district", help="Code of a district.  [default: the whole city]")
@click.option(
    "--level", type=click.Choice(LEVELS),
    help="Groups of categories (as deep as patterns.yaml says), or single ones.  [default: both]",
)  # fmt: skip
@click.option("--top", type=click.IntRange(1), default=10, show_default=True, help="Rows of each ranking.")
@reading_options
@format_option
def topics(
    month: Month,
    district: str | None,
    level: str | None,
    top: int,
    city: str | None,
    folder: Path | None,
    how: Format,
) -> None:
    """Rank categories for the month's topic 每月一题, with the figures behind each place.

    By appeals, their growth, how many districts are hit, repeat appeals and what citizens call unsolved;
    small numbers are drawn towards the mean. docs/patterns.md has the formulas.
    """
    place, settings = loaded(city)
    days = in_district(place, days_of(ScoreBy.CATEGORY, folder, settings), district)
    rows: list[dict[str, Cell]] = []
    for name in LEVELS if level is None else (level,):
        depth = place.patterns.topics.level if name == "group" else None
        group_of = at_depth(place, depth, place.patterns.topics.leave_out)
        ranking = rank_topics(place.patterns.topics, days, month, group_of, broad=district is None)
        rows += [_row(place, name, ranking, topic) for topic in ranking.topics[:top]]
    if not rows:
        fewest = place.patterns.topics.fewest
        raise HubError(
            f"No category has {fewest} appeals in {month}", fix="choose another month, or lower topics.fewest"
        )
    if how is Format.TABLE:  # a terminal has no room for them
        rows = [{name: cell for name, cell in row.items() if not name.endswith("_part")} for row in rows]
    print_figures(f"Topics of {month}, {district or place.settings.name}", rows, how)


def _row(city: City, level: str, ranking: Ranking, topic: Topic) -> dict[str, Cell]:
    known = city.categories.get(topic.category)
    figures, parts = topic.figures, topic.parts
    return {
        "level": level,
        "rank": topic.rank,
        "category": topic.category,
        "name": known.name if known else "",
        "score": _told(topic.score),
        "appeals": topic.tally.appeals,
        "expected": _told(topic.expected),
        "growth": _told(figures.growth),
        "districts": _told(figures.breadth),
        "repeats": _told(figures.repeats),
        "unsolved": _told(figures.unsolved),
        **{f"{name}_part": _told(part) for name, part in parts._asdict().items()},
        "against": " ".join(str(month) for month in ranking.base.months) if ranking.base else "",
    }


def _told(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
