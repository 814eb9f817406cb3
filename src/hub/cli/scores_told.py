"""Every rate, score and place of each week and month, as `hub scores` gives them, for `hub scores verify`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import partial
from itertools import groupby

from hub.citypack.city import City
from hub.contracts.scores import ScoreBy, ScoreCell
from hub.domain.scoring.merging import Merged, any_counts, merged_by_subject, merged_city
from hub.domain.scoring.periods import Period, PeriodKind
from hub.domain.scoring.ranking import ranking
from hub.domain.scoring.rates import Rates, rates
from hub.verify.scores import ToldRates

CITY = "city"
_KINDS = (PeriodKind.WEEK, PeriodKind.MONTH)
_RANKED = (ScoreBy.DISTRICT, ScoreBy.TOWN, ScoreBy.UNIT, ScoreBy.CATEGORY)


def told_rates(
    city: City, read: Callable[[], Iterable[ScoreCell]], residents: Mapping[tuple[str, str], int]
) -> Iterator[ToldRates]:
    """The figures of the whole city and of each subject, for all weeks and months that cells lie in.

    ``read`` gives all cells in order of days, as a replay writes them; those of a month are kept at once.
    """
    for kind in _KINDS:
        for period, inside in groupby(read(), partial(_period_of, kind)):
            yield from _of_period(city, period, tuple(inside), residents)


def _period_of(kind: PeriodKind, cell: ScoreCell) -> Period:
    return Period.of(cell.day, kind)


def _of_period(
    city: City, period: Period, cells: tuple[ScoreCell, ...], residents: Mapping[tuple[str, str], int]
) -> Iterator[ToldRates]:
    weights = city.weights
    whole = merged_city(cells, period)
    if any_counts(whole):
        found = rates(whole, weights, residents.get((CITY, CITY)))
        yield _told(period, CITY, CITY, whole, found, None)
    for by in _RANKED:
        merged = merged_by_subject(cells, by, period)
        sums = {code: one for code, one in merged.items() if any_counts(one)}
        each = {code: rates(one, weights, residents.get((by, code))) for code, one in sums.items()}
        for scored in ranking(sums, each, weights.fewest_assessed):
            yield _told(period, by, scored.subject, scored.sums, scored.rates, scored.place)


def _told(period: Period, by: str, subject: str, sums: Merged, found: Rates, place: int | None) -> ToldRates:
    figures = {"assessed": sums.counts.assessed, "place": place, **asdict(found)}
    return ToldRates(period.name, by, subject, figures)
