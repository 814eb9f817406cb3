"""What goes together 关联分析: pairs and triples of categories that meet more often than chance explains."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, stats

from hub.citypack.city import City
from hub.citypack.pattern_rules import TogetherRules
from hub.domain.patterns.chance import (
    Floats,
    Margins,
    at_least,
    clustering,
    days_of,
    expected_pairs,
    expected_triple,
    margins,
    met,
    slots_of,
)
from hub.domain.patterns.occurrences import Longs, Occurred

Key = TypeVar("Key", int, str)

Related = Callable[[str, str], bool]
"""Whether two categories may be told of one and the same matter, so that their meeting says nothing."""


@dataclass(frozen=True, slots=True)
class Together:
    """Categories that go together, and where and when: most first."""

    categories: tuple[str, ...]
    slots: int
    """In how many slots (a place, a band of hours of a day) all occurred."""
    expected: float
    """In how many they would by chance."""
    lift: float
    share: float
    """Of the slots of the rarest of them, those in which all occurred."""
    clustering: float
    """How many times Poisson's the variance is."""
    p: float
    q: float
    """Of those at least as significant, the share that is false by expectation (Benjamini and Hochberg)."""
    places: int
    bands: tuple[tuple[int, int], ...]
    """Bands of hours by number, each with its slots."""
    towns: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Associations:
    """What was found, most significant first; ``tested`` says among how many."""

    pairs: tuple[Together, ...]
    triples: tuple[Together, ...]
    tested_pairs: int
    tested_triples: int


@dataclass(frozen=True, slots=True)
class _Work:
    seen: Occurred
    slots: sparse.csc_array
    strata: tuple[Margins, ...]
    total: Longs
    rules: TogetherRules


def find_together(
    rules: TogetherRules,
    seen: Occurred,
    works_on: Callable[[date], bool],
    related: Related,
    *,
    triples: bool = False,
) -> Associations:
    """The pairs that go together, and the triples made of three such pairs.

    Which pairs are tested depends on how often each category occurs, never on how often they meet.
    """
    off = np.array([not works_on(day) for day in days_of(seen)], bool)
    slots = slots_of(seen)
    work = _Work(
        seen,
        sparse.csc_array(slots),
        tuple(margins(seen, off)),
        np.bincount(seen.category, minlength=len(seen.categories)),
        rules,
    )
    first, second = _tested(work, related)
    if not first.size:
        return Associations((), (), 0, 0)
    together = met(slots)[first, second].astype(np.float64)
    expected = expected_pairs(seen, work.strata)[first, second]
    spread = clustering(seen, rules.lasting_days * seen.bands)
    p = at_least(together, expected, spread[first, second])
    groups = list(zip(first.tolist(), second.tolist(), strict=True))
    pairs = _found(work, groups, expected, spread[first, second], p)
    if not triples:
        return Associations(pairs, (), first.size, 0)
    threes = _triangles(seen, pairs)
    return Associations(pairs, _test_triples(work, threes, spread), first.size, len(threes))


def _tested(work: _Work, related: Related) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The pairs of categories that occur often enough and are not of one kind."""
    names = work.seen.categories
    often = [number for number in range(len(names)) if work.total[number] >= work.rules.fewest]
    pairs = [(a, b) for a, b in combinations(often, 2) if not related(names[a], names[b])]
    found = np.array(pairs, np.intp).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _found(
    work: _Work, groups: Sequence[tuple[int, ...]], expected: Floats, spread: Floats, p: Floats
) -> tuple[Together, ...]:
    """Those of the tested groups that are significant among all of them, strong and in several places."""
    q = stats.false_discovery_control(p)
    found = []
    for number in np.flatnonzero(q <= work.rules.false_share).tolist():
        one = _told(work, groups[number], expected[number], spread[number], p[number], q[number])
        if (
            one.slots >= work.rules.fewest_together
            and one.lift >= work.rules.least_lift
            and one.places >= work.rules.fewest_places
        ):
            found.append(one)
    return tuple(sorted(found, key=lambda one: (one.q, -one.lift, one.categories)))


def _told(
    work: _Work, group: tuple[int, ...], expected: float, spread: float, p: float, q: float
) -> Together:
    seen = work.seen
    rows = _rows_of(work, group)
    at = _positions(work, rows)
    bands = Counter((seen.time[at] % seen.bands).tolist())
    towns = Counter(seen.towns[place] for place in seen.place[at].tolist())
    return Together(
        categories=tuple(seen.categories[number] for number in group),
        slots=rows.size,
        expected=float(expected),
        lift=float(rows.size / expected) if expected else np.inf,
        share=float(rows.size / work.total[list(group)].min()),
        clustering=float(spread),
        p=float(p),
        q=float(q),
        places=int(np.unique(seen.place[at]).size),
        bands=_most(bands),
        towns=_most(towns),
    )


def _rows_of(work: _Work, group: Iterable[int]) -> Longs:
    """The rows (slots) in which all categories of a group occurred."""
    columns = [work.slots.indices[slice(*work.slots.indptr[number : number + 2])] for number in group]
    rows = np.sort(columns[0])
    for column in columns[1:]:
        rows = np.intersect1d(rows, column, assume_unique=True)
    return rows.astype(np.int64)


def _positions(work: _Work, rows: Longs) -> Longs:
    """Where something stands that occurred in these slots."""
    _, first = np.unique(work.seen.place * work.seen.times + work.seen.time, return_index=True)
    found: Longs = first[rows]
    return found


def _triangles(seen: Occurred, pairs: Iterable[Together]) -> list[tuple[int, int, int]]:
    """Three categories of which each two go together."""
    number = {name: at for at, name in enumerate(seen.categories)}
    edges = {tuple(sorted(number[name] for name in pair.categories)) for pair in pairs}
    corners = sorted({corner for edge in edges for corner in edge})
    return [
        (a, b, c)
        for a, b, c in combinations(corners, 3)
        if (a, b) in edges and (a, c) in edges and (b, c) in edges
    ]


def _test_triples(
    work: _Work, threes: Sequence[tuple[int, int, int]], spread: Floats
) -> tuple[Together, ...]:
    if not threes:
        return ()
    expected = np.array([expected_triple(work.seen, work.strata, three) for three in threes])
    widest = np.array([max(spread[a, b], spread[a, c], spread[b, c]) for a, b, c in threes])
    together = np.array([float(_rows_of(work, three).size) for three in threes])
    return _found(work, threes, expected, widest, at_least(together, expected, widest))


def _most(counts: Counter[Key]) -> tuple[tuple[Key, int], ...]:
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def related_in(city: City) -> Related:
    """Related are categories of one affinity, which may join one case, and those above each other."""

    def related(a: str, b: str) -> bool:
        if not {a, b} <= city.categories.keys():
            return False
        alike = city.affinity_of(a) == city.affinity_of(b)
        return alike or a in city.ancestors_of(b) or b in city.ancestors_of(a)

    return related
