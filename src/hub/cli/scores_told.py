"""Every rate, score and place of each week and month, as `hub scores` shows them, for `hub scores verify`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from itertools import groupby

from hub.citypack.city import City
from hub.contracts.scores import ScoreBy, ScoreCell
from hub.domain.scoring.board import board
from hub.domain.scoring.merging import any_counts
from hub.domain.scoring.periods import Period, PeriodKind
from hub.domain.scoring.ranking import Scored
from hub.verify.scores import CITY, ToldRates

_KINDS = (PeriodKind.WEEK, PeriodKind.MONTH)
_BY = (None, ScoreBy.DISTRICT, ScoreBy.TOWN, ScoreBy.UNIT, ScoreBy.CATEGORY)


def told_rates(city: City, read: Callable[[], Iterable[ScoreCell]]) -> Iterator[ToldRates]:
    """The figures of the whole city and of each subject, for all weeks and months that cells lie in.

    ``read`` gives all cells in order of days, as a replay writes them; those of a month are kept at once.
    """
    for kind in _KINDS:
        for period, inside in groupby(read(), partial(_period_of, kind)):
            cells = tuple(inside)
            for by in _BY:
                for one in board(city, cells, by, period):
                    if any_counts(one.sums):
                        figures = {
                            "assessed": one.sums.counts.assessed,
                            "place": one.place,
                            **asdict(one.rates),
                        }
                        subject = CITY if by is None else one.subject
                        yield ToldRates(period.name, by or CITY, subject, figures)


def _told(period: Period, by: ScoreBy | None, one: Scored) -> ToldRates:
    figures = {"assessed": one.sums.counts.assessed, "place": one.place, **asdict(one.rates)}
    return ToldRates(period.name, by or CITY, one.subject if by else CITY, figures)


def _period_of(kind: PeriodKind, cell: ScoreCell) -> Period:
    return Period.of(cell.day, kind)
