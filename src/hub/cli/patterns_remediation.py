"""`hub patterns remediation`: which towns enter, stay under and leave remediation, told to the hub."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli.formats import Cell, Format, format_option, print_figures
from hub.cli.patterns_input import MONTH, days_of, loaded, reading_options
from hub.contracts.scores import ScoreBy
from hub.domain.patterns.months import Month
from hub.domain.patterns.review import SOURCE, Review, Verdict, review, statuses
from hub.errors import HubError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hub.citypack.city import City
    from hub.flow import Emit
    from hub.settings import Settings

EXAMPLES = """
\b
Examples:
  hub patterns remediation --month 2026-02 --in out
  hub patterns remediation --month 2026-02 --all --format csv > towns.csv
  hub patterns remediation --month 2026-02 --publish

Publishing the same month again changes nothing.
"""


@click.command(epilog=EXAMPLES)
@click.option("--month", type=MONTH, required=True, help="The month that is reviewed; it must be over.")
@click.option("--all", "everyone", is_flag=True, help="Print the towns that stay out, too.")
@click.option("--publish", is_flag=True, help="Tell the cluster's hub who enters, stays and leaves.")
@reading_options
@format_option
def remediation(
    month: Month, everyone: bool, publish: bool, city: str | None, folder: Path | None, how: Format
) -> None:
    """Review which towns are under remediation 治理类街乡镇, by the criteria of the city pack.

    A town under remediation has its new cases dispatched one level higher, once --publish has told the hub.
    """
    place, settings = loaded(city)
    reviews = review(place, days_of(ScoreBy.TOWN, folder, settings), month)
    if not reviews:
        raise HubError(
            f"The scores do not know the whole of {month}", fix="review a month that is over and played whole"
        )
    shown = [one for one in reviews if everyone or one.verdict is not Verdict.OUT]
    print_figures(f"Towns under remediation, {month}", [_row(place, one) for one in _ordered(shown)], how)
    if publish:
        sent = statuses(place, month, reviews)
        _publish(settings, sent)
        towns = sum(one.verdict is not Verdict.OUT for one in reviews)
        click.echo(f"told {len(sent):,} records of how {towns:,} town(s) stand", err=True)


def _ordered(reviews: Sequence[Review]) -> list[Review]:
    verdicts = list(Verdict)
    return sorted(reviews, key=lambda one: (verdicts.index(one.verdict), one.town))


def _row(city: City, one: Review) -> dict[str, Cell]:
    figures = one.figures
    return {
        "town": one.town,
        "name": city.towns[one.town].name,
        "verdict": one.verdict.value,
        "since": str(one.since) if one.since else "",
        "months_without": one.without,
        "appeals": figures.appeals,
        "per_10k": _told(figures.per_10k),
        "times_city": _told(figures.times_city),
        "asked": figures.asked,
        "solved": _told(figures.solved),
        "why": one.why,
    }


def _told(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _publish(settings: Settings, emits: Sequence[Emit]) -> None:
    from hub.runtime.cluster import brokers_of
    from hub.runtime.publisher import Publisher

    with Publisher(brokers_of(settings), prefix=settings.topic_prefix) as publisher:
        for emit in emits:
            publisher.publish(emit.topic, emit.key, emit.value, source=SOURCE, id=emit.id, time=emit.time)
