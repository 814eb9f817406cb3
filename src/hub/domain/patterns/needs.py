"""Seven haves, five natures 七有五性: how well each district meets each need, against a base and its zone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt
from typing import NamedTuple

import numpy as np

from hub.citypack.city import City
from hub.citypack.fields import Zone
from hub.citypack.needs import Direction, Indicator, Measure, Need
from hub.domain.patterns.months import Month, whole_months
from hub.domain.patterns.tallies import NONE, Daily, Tally, sums, total

LONGEST_TREND = 12
"""How many months a trend shows at most."""

_CHANCE = 2.326
"""Standard errors that one in a hundred exceeds by chance: a city compares some two hundred needs a month."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Indicators of a need against something: 100 is as good, above is better."""

    index: float | None
    """None where too few are behind every indicator."""
    error: float
    """Standard error of the index's logarithm, as counts of Poisson vary."""
    worst: str
    """The indicator that is worst, by name, and how many times worse it is; or what is too few."""


@dataclass(frozen=True, slots=True)
class NeedIndex:
    """How well a district meets a need in a month."""

    district: str
    need: str
    against_base: Compared
    trend: tuple[tuple[Month, float], ...]
    """The index against the base, month by month, of months that are judged."""
    slope: float | None
    """Points a month by which the index changes, by least squares; None under three months."""
    against_zone: Compared
    weak: bool
    """Worse than its zone by more than the pack allows and more than chance explains."""


class _Counts(NamedTuple):
    """What is counted as bad (or good, where higher is better) and of how many."""

    seen: float
    of: float


class Book:
    """Tallies by month, district and category of the indicators' own branches."""

    def __init__(self, city: City, days: Sequence[Daily]) -> None:
        self._city = city
        self.known = whole_months(one.day for one in days)
        by_month: defaultdict[Month, list[Daily]] = defaultdict(list)
        for one in days:
            by_month[Month.of(one.day)].append(one)
        self._tallies = {month: self._of_month(by_month[month]) for month in self.known}
        self.residents = dict.fromkeys(city.districts, 0)
        for town in city.towns.values():
            self.residents[town.district] += town.residents

    def tally(self, indicator: Indicator, district: str, months: Sequence[Month]) -> Tally:
        """The sum over an indicator's categories, in a district and some months."""
        return total(self._tallies[month].get((district, indicator.code), NONE) for month in months)

    def _of_month(self, days: Sequence[Daily]) -> Mapping[tuple[str, str], Tally]:
        found: dict[tuple[str, str], Tally] = {}
        by_place = sums(days, lambda one: f"{one.district}\x1f{one.subject}")
        for need in self._city.needs.needs:
            for indicator in need.indicators:
                wanted = frozenset(indicator.categories)
                for key, tally in by_place.items():
                    district, _, category = key.partition("\x1f")
                    if not wanted.isdisjoint(self._city.ancestors_of(category)):
                        at = (district, indicator.code)
                        found[at] = found.get(at, NONE).plus(tally)
        return found


def default_base(book: Book, month: Month) -> tuple[Month, ...]:
    """The same month of the year before if it is known, else the first three known months before."""
    if month.plus(-12) in book.known:
        return (month.plus(-12),)
    return tuple(one for one in book.known if one < month)[:3]


def need_indices(city: City, book: Book, month: Month, base: Sequence[Month]) -> tuple[NeedIndex, ...]:
    """Every need of every district in a month that the book knows, in the order of the pack."""
    later = [one for one in book.known if max(base) < one <= month][-LONGEST_TREND:]
    return tuple(
        _need_index(city, book, district, need, month, base, later)
        for district in city.districts
        for need in city.needs.needs
    )


def _need_index(
    city: City,
    book: Book,
    district: str,
    need: Need,
    month: Month,
    base: Sequence[Month],
    later: Sequence[Month],
) -> NeedIndex:
    zone = city.districts[district].zone
    series = [(one, _against_base(city, book, district, need, one, base)) for one in later]
    trend = tuple((one, compared.index) for one, compared in series if compared.index is not None)
    now = _against_base(city, book, district, need, month, base)
    peers = peers_of(city, district)
    beside = _combined(
        city,
        need,
        zone,
        (_beside(city, book, indicator, district, peers, month) for indicator in need.indicators),
    )
    return NeedIndex(district, need.code, now, trend, _slope(trend), beside, _is_weak(city, beside))


def peers_of(city: City, district: str) -> tuple[str, ...]:
    """The other districts of a district's zone; of the whole city where it is alone in its zone."""
    zone = city.districts[district].zone
    others = [code for code in city.districts if code != district]
    return tuple(code for code in others if city.districts[code].zone is zone) or tuple(others)


class _Ratio(NamedTuple):
    """One indicator, how many times worse it is, and the variance of that number's logarithm."""

    indicator: Indicator
    times: float | None
    variance: float
    expected: float


def _against_base(
    city: City, book: Book, district: str, need: Need, month: Month, base: Sequence[Month]
) -> Compared:
    def ratios() -> Iterator[_Ratio]:
        for indicator in need.indicators:
            now = _counts(indicator, book.tally(indicator, district, (month,)), month.days)
            before = _counts(indicator, book.tally(indicator, district, base), sum(one.days for one in base))
            yield _ratio(city, indicator, now, before)

    return _combined(city, need, city.districts[district].zone, ratios())


def _beside(
    city: City, book: Book, indicator: Indicator, district: str, peers: Sequence[str], month: Month
) -> _Ratio:
    own = _counts(indicator, book.tally(indicator, district, (month,)), book.residents[district])
    theirs = [
        _counts(indicator, book.tally(indicator, peer, (month,)), book.residents[peer]) for peer in peers
    ]
    together = _Counts(sum(one.seen for one in theirs), sum(one.of for one in theirs))
    return _ratio(city, indicator, own, together)


def _counts(indicator: Indicator, tally: Tally, exposed: float) -> _Counts:
    """What an indicator counts of a tally; appeals are counted of what was exposed, days or residents."""
    match indicator.measure:
        case Measure.APPEALS:
            return _Counts(tally.appeals, exposed)
        case Measure.SOLVED:
            return _Counts(tally.asked_solved - tally.solved, tally.asked_solved)
        case Measure.SATISFIED:
            return _Counts(tally.asked_satisfied - tally.satisfied, tally.asked_satisfied)
        case Measure.REPEATS:
            return _Counts(tally.repeat, tally.assessed)


def _ratio(city: City, indicator: Indicator, own: _Counts, other: _Counts) -> _Ratio:
    """How many times worse one is than the other, drawn to once by the pack's prior; None if too few."""
    expected = other.seen * own.of / other.of if other.of else 0.0
    enough = expected if indicator.measure is Measure.APPEALS else min(own.of, other.of)
    if enough < city.needs.fewest:
        return _Ratio(indicator, None, 0.0, enough)
    prior = city.needs.prior
    times = (own.seen + prior) / (expected + prior)
    # The delta method: what counts of Poisson vary, of the logarithm of the number above.
    variance = (own.seen + 0.5) / (own.seen + prior) ** 2
    variance += (expected / (expected + prior)) ** 2 / (other.seen + 0.5)
    worse = times if _bad(indicator) else 1 / times
    return _Ratio(indicator, worse, variance, enough)


def _bad(indicator: Indicator) -> bool:
    """Whether what is counted is bad: of shares that are better higher the others are counted."""
    return indicator.measure is not Measure.APPEALS or indicator.direction is Direction.LOWER


def _combined(city: City, need: Need, zone: Zone, ratios: Iterator[_Ratio]) -> Compared:
    """The weighted geometric mean of what is judged, as an index: 100 over how many times worse."""
    weighed = [(ratio, ratio.indicator.weight_in(zone)) for ratio in ratios]
    weighed = [(ratio, weight) for ratio, weight in weighed if weight > 0]
    judged = [(ratio, ratio.times, weight) for ratio, weight in weighed if ratio.times is not None]
    if not judged:
        most = max((ratio.expected for ratio, _ in weighed), default=0.0)
        return Compared(None, 0.0, f"{most:.0f} expected, {city.needs.fewest:g} are needed")
    weight = sum(each for _, _, each in judged)
    worse = sum(each * log(times) for _, times, each in judged) / weight
    error = sqrt(sum(each**2 * ratio.variance for ratio, _, each in judged)) / weight
    ratio, times, _ = max(judged, key=lambda one: (one[1], one[0].indicator.code))
    return Compared(100 * exp(-worse), error, f"{ratio.indicator.name} {times:.2f} times as bad")


def _is_weak(city: City, beside: Compared) -> bool:
    if beside.index is None:
        return False
    worse = log(100 / beside.index)
    return worse >= log(city.needs.weak_times) and worse > _CHANCE * beside.error


def _slope(trend: Sequence[tuple[Month, float]]) -> float | None:
    if len(trend) < 3:
        return None
    months = np.array([month.year * 12 + month.month for month, _ in trend], dtype=np.float64)
    return float(np.polyfit(months - months[0], [index for _, index in trend], 1)[0])
