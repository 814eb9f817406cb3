"""What `hub scores` reads: sums, changes and alarms of a replay's folder, or of the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.scores import ScoreBy, ScoreCell, ScoreChange
from hub.contracts.sensing import Alarm
from hub.domain.scoring.periods import Period, PeriodKind
from hub.errors import HubError

if TYPE_CHECKING:
    from hub.citypack.city import City
    from hub.settings import Settings

_DAY = timedelta(days=1)

Said = TypeVar("Said", bound=Contract)


def cells_of(folder: Path | None, settings: Settings, by: ScoreBy) -> list[ScoreCell]:
    """The newest sums of each day by one kind of subject. Raises HubError where there are none."""
    newest: dict[tuple[str, str, str], ScoreCell] = {}
    for cell in _said(folder, settings, topics.SCORES_DAILY, ScoreCell, holding=f'"by": "{by}"'):
        key = cell.day, cell.subject, cell.district
        if cell.by is by and (key not in newest or newest[key].changes < cell.changes):
            newest[key] = cell
    if not newest:
        raise HubError(
            f"There are no scores by {by} in {folder or 'the cluster'}",
            fix="let steps scores and totals run, or give the --out folder of a hub replay",
        )
    return list(newest.values())


def changes_of(folder: Path | None, settings: Settings, period: Period) -> Iterator[ScoreChange]:
    """What cases of a period counted for, each case's changes in order; also of some other days."""
    pairs = zip(period.first.isoformat(), period.last.isoformat(), strict=True)
    same = "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return _said(folder, settings, topics.SCORE_CASES, ScoreChange, holding=f'"day": "{same}')


def alarms_of(folder: Path | None, settings: Settings) -> Iterator[Alarm]:
    """States of alarms: of a replay all, of the cluster those that its compacted topic still has."""
    return _said(folder, settings, topics.ALARMS, Alarm, holding='"silent"')


def period_of(name: str | None, cells: Iterable[ScoreCell]) -> Period:
    """The period called so, or the month of the newest day. Raises HubError for what is no period."""
    if name is None:
        return Period.of(max(cell.day for cell in cells), PeriodKind.MONTH)
    try:
        return Period.named(name)
    except ValueError:
        raise HubError(
            f"--period {name} is none", fix="write a month 2015-03, a week 2015-W10 or a day 2015-03-02"
        ) from None


def _said(
    folder: Path | None, settings: Settings, topic: str, contract: type[Said], holding: str = ""
) -> Iterator[Said]:
    from hub.cli.heard import said_on
    from hub.replay.story import said_in

    if folder is not None:
        return said_in(folder, topic, contract, holding=holding)
    return (one for one in said_on(settings, [topic]) if isinstance(one, contract))


def kind_of(by: str) -> ScoreBy:
    """The cells that scores by something are made of; the city's are those of its districts."""
    return ScoreBy.DISTRICT if by == "city" else ScoreBy(by)


def bounds_of(city: City, period: Period) -> tuple[datetime, datetime]:
    """The first moment of a period in a city, and the first one after it."""
    zone = ZoneInfo(city.settings.timezone)
    first, after = (datetime.combine(day, time(), zone) for day in (period.first, period.last + _DAY))
    return first.astimezone(UTC), after.astimezone(UTC)
