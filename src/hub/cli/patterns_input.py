"""What the commands of `hub patterns` read: the daily sums of a replay's folder, or of the cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.contracts.scores import ScoreBy, ScoreCell
from hub.domain.patterns.months import Month
from hub.domain.patterns.tallies import Daily, daily_of
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.settings import Settings


def reading_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options ``--city`` and ``--in``, passed as ``city`` and ``folder``."""
    folder = click.option(
        "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
        help="Folder of a replay.  [default: the cluster]",
    )  # fmt: skip
    return click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")(folder(command))


class MonthType(click.ParamType):
    """A month such as 2015-02."""

    name = "YYYY-MM"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Month:
        """The month of a text; click's own error for another."""
        if isinstance(value, Month):
            return value
        try:
            return Month.of(datetime.strptime(str(value), "%Y-%m").date())  # noqa: DTZ007
        except ValueError:
            self.fail(f"{value!r} is no month: write it as 2015-02", param, ctx)


MONTH = MonthType()


def loaded(city: str | None) -> tuple[City, Settings]:
    """The city asked for, and the settings."""
    from hub.citypack.load import load_city
    from hub.settings import load_settings

    settings = load_settings(city=city)
    return load_city(settings.city), settings


def days_of(by: ScoreBy, folder: Path | None, settings: Settings) -> list[Daily]:
    """The daily sums of subjects of one kind; HubError where there is none."""
    newest: dict[tuple[date, str, str], tuple[int, Daily]] = {}
    for cell in _cells(by, folder, settings):
        daily = daily_of(cell)
        key = (daily.day, daily.subject, daily.district)
        if key not in newest or newest[key][0] < cell.changes:
            newest[key] = (cell.changes, daily)
    if not newest:
        where = f"{folder}" if folder is not None else "the cluster"
        raise HubError(
            f"There are no daily scores by {by} in {where}",
            fix="let the hub's steps scores and totals run, or give the --out folder of a hub replay",
        )
    return [daily for _, daily in newest.values()]


def in_district(city: City, days: Iterable[Daily], district: str | None) -> list[Daily]:
    """The days of one district, or all; HubError for a district that the city does not have."""
    if district is None:
        return list(days)
    if district not in city.districts:
        raise HubError(
            f"{city.settings.name} has no district {district}",
            fix=f"use one of {', '.join(city.districts)}",
        )
    return [one for one in days if one.district == district]


def _cells(by: ScoreBy, folder: Path | None, settings: Settings) -> Iterable[ScoreCell]:
    from hub import topics
    from hub.cli.heard import said_on
    from hub.replay.story import said_in

    if folder is not None:
        # A line tells its kind in plain text, which spares reading the others: three of four.
        said = said_in(folder, topics.SCORES_DAILY, ScoreCell, holding=f'"by": "{by}"')
    else:
        said = (one for one in said_on(settings, [topics.SCORES_DAILY]) if isinstance(one, ScoreCell))
    return (cell for cell in said if cell.by is by)
