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


def expected_pairs(seen: Occurred, strata: tuple[Margins, ...]) -> Floats:
    """For each two categories the slots in which both would occur by chance.

    In each stratum a category has its number in each area and on each day. Within the area it is where the
    area is busy: where other categories than these two are. So what all share, a busy place, an hour, a
    season, a storm over the city, is no association.
    """
    count = len(seen.categories)
    expected = np.zeros((count, count))
    by_area = [np.flatnonzero(seen.area == number) for number in range(int(seen.area.max(initial=-1)) + 1)]
    for one in strata:
        places = np.zeros((count, count))
        for inside in by_area:
            places += _of_area(one.by_place[inside])
        days = (one.by_day.T @ one.by_day).toarray()
        expected += places * days / np.maximum(np.outer(one.total, one.total), 1)
    return expected


def expected_triple(seen: Occurred, strata: tuple[Margins, ...], three: tuple[int, int, int]) -> float:
    """The slots in which three categories would all occur by chance."""
    expected = 0.0
    for one in strata:
        total = one.total[list(three)].astype(np.float64)
        if total.all():
            busy = one.by_place.sum(axis=1).astype(np.float64)
            of_area = np.bincount(seen.area, weights=busy)
            shares = busy / np.maximum(of_area, 1)[seen.area]
            cubes = np.bincount(seen.area, weights=shares**3)
            in_area = [np.bincount(seen.area, weights=_column(one.by_place, number)) for number in three]
            places = float((cubes * in_area[0] * in_area[1] * in_area[2]).sum())
            days = float(np.prod([_column(one.by_day, number) for number in three], axis=0).sum())
            expected += places * days / float(total.prod())
    return expected


def clustering(seen: Occurred, lags: int) -> Floats:
    """For each two categories how many times Poisson's the variance of their meetings is, at least 1.

    Matters last: what is reported at a place is likelier to be reported there again, soon and later. Two
    such series that have nothing to do with each other meet often where they meet at all.
    """
    count = len(seen.categories)
    again, anywhen, usual = np.zeros((count, lags)), np.zeros(count), np.zeros(count)
    width = seen.times + lags + 1
    starts = np.searchsorted(seen.category, np.arange(count + 1))
    busy = np.bincount(seen.place, minlength=len(seen.places)).astype(np.float64)
    shares = busy / np.maximum(np.bincount(seen.area, weights=busy), 1)[seen.area]
    for number, (start, end) in enumerate(pairwise(starts.tolist())):
        own = seen.place[start:end] * width + seen.time[start:end]
        slots = max(own.size * seen.times, 1)
        again[number] = _lag_counts(own, lags) / max(own.size, 1)
        places = np.bincount(seen.place[start:end], minlength=len(seen.places)).astype(np.float64)
        expected = np.bincount(seen.area, weights=places)[seen.area] * shares
        anywhen[number] = float(places @ places) / slots
        usual[number] = float(places @ expected) / slots
    lasting = np.outer(anywhen, anywhen)
    soon = 2 * np.maximum(again @ again.T - lags * lasting, 0)
    always: Floats = seen.times * np.maximum(lasting - np.outer(usual, usual), 0)
    return 1 + soon + always


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


def _column(counts: sparse.csr_array, number: int) -> Floats:
    column: Floats = counts[:, [number]].toarray().ravel().astype(np.float64)
    return column


def _of_area(counts: sparse.csr_array) -> Floats:
    """For each two categories the sum over an area of the product of what both would be at a place."""
    busy = counts.sum(axis=1).astype(np.float64)
    of_each = counts.sum(axis=0).astype(np.float64)
    squares = (counts.T @ counts).toarray().astype(np.float64)
    with_busy = counts.T @ busy
    own = np.diag(squares) - 2 * with_busy
    of_others = busy @ busy + own[:, None] + own[None, :] + 2 * squares
    others = busy.sum() - of_each[:, None] - of_each[None, :]
    together = np.outer(of_each, of_each)
    expected: Floats = together * np.where(others > 0, of_others / np.maximum(others, 1) ** 2, 1.0)
    return expected


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
