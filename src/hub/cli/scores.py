"""`hub scores`: rates, scores and rankings of a period, and the cases behind every figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.cli import LazyGroup
from hub.cli.formats import Format, format_option

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.domain.scoring.periods import Period
    from hub.settings import Settings

#: Name -> (module:attribute of the click command, its one-line help).
SUBCOMMANDS: dict[str, tuple[str, str]] = {
    "verify": ("hub.cli.scores_verify:verify", "Recompute the scores of a replay in another way."),
}

EXAMPLES = """
\b
Examples:
  hub scores --in out --city boston --period 2015-03            units of a month, ranked
  hub scores --in out --city boston --period 2015-W10 --by town
  hub scores --period 2026-03 --by town --district 110105       from the cluster
  hub scores --in out --by unit --why PWDx_Street_Light         its figures, with the cases of each
  hub scores --in out --by unit --why PWDx_Street_Light --figure overdue --format csv
  hub scores verify out                                         all of it recomputed in another way

Periods are days, weeks and months of the city's own calendar, by when cases were opened. docs/scores.md has
every formula.
"""

BY = ("city", "district", "town", "unit", "category")


@click.group(cls=LazyGroup, table=SUBCOMMANDS, invoke_without_command=True, epilog=EXAMPLES)
@click.option("--city", help="City pack: name or folder.  [default: HUB_CITY]")
@click.option(
    "--in", "folder", type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of a replay.  [default: the cluster]",
)  # fmt: skip
@click.option("--period", help="2015-03, 2015-W10 or 2015-03-02.  [default: the newest month]")
@click.option("--by", type=click.Choice(BY), default="unit", show_default=True, help="Whose scores.")
@click.option("--district", help="Only cases of this district, by its code.")
@click.option("--why", help="Open the figures of this subject, by its code, down to their cases.")
@click.option("--figure", help="With --why: only this figure, with all its cases.")
@format_option
@click.pass_context
def scores(
    ctx: click.Context,
    city: str | None,
    folder: Path | None,
    period: str | None,
    by: str,
    district: str | None,
    why: str | None,
    figure: str | None,
    how: Format,
) -> None:
    """Show rates, scores and places of a city, its districts, towns, units or categories 考核.

    Who has too few cases has no place. What is not known is not shown as 0 but left empty.
    """
    if ctx.invoked_subcommand is not None:
        return
    from hub.citypack.load import load_city
    from hub.settings import load_settings

    settings = load_settings(city=city)
    place = load_city(settings.city)
    _check(place, district, figure, why)
    if why is None:
        _show_board(place, settings, folder, period, by, district, how)
    else:
        _show_causes(place, settings, folder, period, by, district, why, figure, how)


def _check(city: City, district: str | None, figure: str | None, why: str | None) -> None:
    from hub.errors import HubError

    if district is not None and district not in city.districts:
        raise HubError(f"The city has no district {district}", fix=f"use one of {', '.join(city.districts)}")
    if figure is not None and why is None:
        raise HubError("--figure goes with --why", fix="name the subject whose figure it is, with --why")


def _show_board(
    city: City,
    settings: Settings,
    folder: Path | None,
    name: str | None,
    by: str,
    district: str | None,
    how: Format,
) -> None:
    from hub.cli.scores_input import cells_of, kind_of, period_of
    from hub.cli.scores_output import print_board
    from hub.domain.scoring.board import board

    cells = cells_of(folder, settings, kind_of(by))
    period = period_of(name, cells)
    kind = None if by == "city" else kind_of(by)
    scored = board(city, cells, kind, period, district)
    online = {} if district or by in ("unit", "category") else _online(city, settings, folder, by, period)
    print_board(city, by, period, scored, online, how)


def _online(city: City, settings: Settings, folder: Path | None, by: str, period: Period) -> dict[str, float]:
    """Sensor online rates by subject: up to the newest change of an alarm, if the period is longer."""
    from hub.cli.scores_input import alarms_of, bounds_of, kind_of
    from hub.domain.scoring.sensors import online_rates

    if not city.gateways:
        return {}
    alarms = list(alarms_of(folder, settings))
    first, end = bounds_of(city, period)
    known = max((alarm.changed for alarm in alarms), default=first)
    kind = None if by == "city" else kind_of(by)
    return dict(online_rates(city, alarms, kind, first, min(end, known)))


def _show_causes(
    city: City,
    settings: Settings,
    folder: Path | None,
    name: str | None,
    by: str,
    district: str | None,
    subject: str,
    figure: str | None,
    how: Format,
) -> None:
    from hub.cli.scores_input import cells_of, changes_of, kind_of, period_of
    from hub.cli.scores_output import print_causes
    from hub.domain.scoring.causes import cases_by_figure
    from hub.errors import HubError

    period = period_of(name, cells_of(folder, settings, kind_of(by)) if name is None else ())
    kind = None if by == "city" else kind_of(by)
    changes = changes_of(folder, settings, period)
    found = cases_by_figure(changes, kind, subject, period, district)
    if not found:
        raise HubError(
            f"No case counts for {by} {subject} in {period.name}",
            fix=f"hub scores --by {by} --period {period.name} lists who has some",
        )
    if figure is not None and figure not in found:
        raise HubError(f"No case counts for {figure}", fix=f"use one of {', '.join(sorted(found))}")
    print_causes(f"{by} {subject}, {period.name}", found, figure, how)
