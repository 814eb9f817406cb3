"""How often categories would meet by chance, though places are busy, hours and seasons differ, matters last.

Formulas and their sources: docs/patterns.md, "What goes together".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from hub.domain.patterns.occurrences import Longs, Occurred

Floats = NDArray[np.float64]
DayOff = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Margins:
    """Of one stratum (band of hours, days of one kind): slots of each category by place and by day."""

    by_place: sparse.csr_array
    by_day: sparse.csr_array
    total: Longs


def margins(seen: Occurred, off: DayOff) -> Iterator[Margins]:
    """The margins of each band of hours on working days and on days off."""
    days, bands = seen.time // seen.bands, seen.time % seen.bands
    for band in range(seen.bands):
        for kind in (False, True):
            chosen = np.flatnonzero((bands == band) & (off[days] == kind))
            if chosen.size:
                category = seen.category[chosen]
                yield Margins(
                    _counts(seen.place[chosen], category, len(seen.places), len(seen.categories)),
                    _counts(days[chosen], category, len(off), len(seen.categories)),
                    np.bincount(category, minlength=len(seen.categories)),
                )


def slots_of(seen: Occurred) -> sparse.csr_array:
    """Which categories (columns) occurred in each slot (rows), 1 or 0."""
    _, row = np.unique(seen.place * seen.times + seen.time, return_inverse=True)
    return _counts(row, seen.category, int(row.max(initial=-1)) + 1, len(seen.categories))


def met(slots: sparse.csr_array) -> Longs:
    """For each two categories the slots in which both occurred."""
    together: Longs = (slots.T @ slots).toarray()
    return together


def expected_pairs(strata: tuple[Margins, ...], categories: int) -> Floats:
    """For each two categories the slots in which both would occur by chance.

    In each stratum a category occurs at a place on a day as often as place and day are busy for it: the
    product of its margins. So what all share, a busy place, an hour, a season, a storm over the city, is no
    association.
    """
    expected = np.zeros((categories, categories))
    for one in strata:
        places = (one.by_place.T @ one.by_place).toarray()
        days = (one.by_day.T @ one.by_day).toarray()
        expected += places * days.astype(np.float64) / np.maximum(np.outer(one.total, one.total), 1.0)
    return expected


def expected_triple(strata: tuple[Margins, ...], three: tuple[int, int, int]) -> float:
    """The slots in which three categories would all occur by chance."""
    expected = 0.0
    for one in strata:
        total = one.total[list(three)].astype(np.float64)
        if total.all():
            places, days = _product(one.by_place, three), _product(one.by_day, three)
            expected += places * days / float(total.prod())
    return expected


def clustering(seen: Occurred, lags: int) -> Floats:
    """For each two categories how many times Poisson's the variance of their meetings is, at least 1.

    Matters last: what is reported at a place is likelier to be reported there again soon. Two such series
    that have nothing to do with each other meet often where they meet at all.
    """
    count = len(seen.categories)
    again, usual = np.zeros((count, lags)), np.zeros(count)
    width = seen.times + lags + 1
    starts = np.searchsorted(seen.category, np.arange(count + 1))
    for number, (start, end) in enumerate(pairwise(starts.tolist())):
        own = seen.place[start:end] * width + seen.time[start:end]
        again[number] = _lag_counts(own, lags) / own.size
        busy = np.bincount(seen.place[start:end]).astype(np.float64)
        usual[number] = float(busy @ busy) / (own.size * seen.times)
    return 1 + 2 * np.maximum(again @ again.T - lags * np.outer(usual, usual), 0)


def at_least(together: Floats, expected: Floats, times_poisson: Floats) -> Floats:
    """The probability of as many meetings or more: the tail of a Poisson number, scaled by its variance."""
    k, mean = together / times_poisson, expected / times_poisson
    tail: Floats = np.where(together > 0, special.gammainc(np.maximum(k, 1e-300), mean), 1.0)
    return tail


def days_of(seen: Occurred) -> list[date]:
    """Every day from the first to the last."""
    return [seen.day(number) for number in range(seen.times // seen.bands)]


def _counts(rows: Longs, columns: Longs, height: int, width: int) -> sparse.csr_array:
    return sparse.csr_array((np.ones(rows.size, np.int64), (rows, columns)), shape=(height, width))


def _product(margin: sparse.csr_array, three: tuple[int, int, int]) -> float:
    a, b, c = (margin[:, [number]].toarray().ravel().astype(np.float64) for number in three)
    return float((a * b * c).sum())


def _lag_counts(times: Longs, lags: int) -> Longs:
    """How often something comes again, 1 to ``lags`` bands later; times ascend, places lie far apart."""
    found = np.zeros(lags + 1, np.int64)
    for step in range(1, times.size):
        gaps = times[step:] - times[:-step]
        near = gaps[gaps <= lags]
        if not near.size:
            break
        found += np.bincount(near, minlength=lags + 1)
    return found[1:]
