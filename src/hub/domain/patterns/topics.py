"""The month's topic 每月一题: categories by volume, growth, breadth, repeats and what stays unsolved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scipy.stats import rankdata

from hub.citypack.pattern_rules import TopicRules
from hub.domain.patterns.months import Month, whole_months
from hub.domain.patterns.tallies import Daily, Tally, sums, total

BASE_MONTHS = 3
"""How many months before the month growth is measured against, where last year's is not known."""


class Base(NamedTuple):
    """What growth is measured against."""

    months: tuple[Month, ...]
    last_year: bool
    """Whether it is the same month of the year before."""


class Figures(NamedTuple):
    """One value for each thing that speaks for a topic; None where nothing tells."""

    volume: float | None
    growth: float | None
    breadth: float | None
    repeats: float | None
    unsolved: float | None


@dataclass(frozen=True, slots=True)
class Topic:
    """A category in the ranking: its place, its score, and what is behind it."""

    rank: int
    category: str
    score: float
    """Weighted mean of the parts, 0 to 1."""
    figures: Figures
    """Appeals; times expected (shrunk); districts equally hit; shares (shrunk)."""
    parts: Figures
    """Where each figure lies among the ranked categories, 0 to 1: half-way between below and not above."""
    tally: Tally
    expected: float | None
    """Appeals of the month if it were as the base."""


@dataclass(frozen=True, slots=True)
class Ranking:
    """The categories of one depth in one month, most pressing first, and against what they grew."""

    month: Month
    base: Base | None
    topics: tuple[Topic, ...]
    unranked: int
    """Categories with too few appeals to be ranked."""


def rank_topics(
    rules: TopicRules,
    days: Sequence[Daily],
    month: Month,
    group_of: Callable[[str], str | None],
    *,
    broad: bool = True,
) -> Ranking:
    """The ranking of a month, from the days of categories in the districts that it is made for.

    ``group_of`` gives the category that a category is ranked under, or None if it is no topic. Without
    ``broad`` the breadth over districts says nothing, as within one district.
    """
    base = base_of(month, whole_months(one.day for one in days))
    months = {month, *(base.months if base else ())}
    grouped = [
        one._replace(subject=group)
        for one in days
        if Month.of(one.day) in months and (group := group_of(one.subject)) is not None
    ]
    now = [one for one in grouped if Month.of(one.day) == month]
    before = expected_in(month, base, grouped)
    tallies = sums(now, lambda one: one.subject)
    ranked = sorted(category for category, tally in tallies.items() if tally.appeals >= rules.fewest)
    breadth = breadths(now) if broad else {}
    everything = total(tallies.values())
    figures = [
        _figures(rules, tallies[one], everything, before.get(one, 0.0) if base else None, breadth.get(one))
        for one in ranked
    ]
    parts = _parts(figures)
    rows = zip(ranked, figures, parts, strict=True)
    scored = sorted(
        ((_score(rules, part), category, figure, part) for category, figure, part in rows),
        key=lambda row: (-row[0], -tallies[row[1]].appeals, row[1]),
    )
    topics = tuple(
        Topic(
            place, category, score, figure, part, tallies[category],
            before.get(category, 0.0) if base else None,
        )
        for place, (score, category, figure, part) in enumerate(scored, start=1)
    )  # fmt: skip
    return Ranking(month, base, topics, len(tallies) - len(ranked))


def base_of(month: Month, known: Sequence[Month]) -> Base | None:
    """The same month of the year before if it is known, else those known of the three months before."""
    if month.plus(-12) in known:
        return Base((month.plus(-12),), True)
    before = tuple(one for back in range(BASE_MONTHS, 0, -1) if (one := month.plus(-back)) in known)
    return Base(before, False) if before else None


def expected_in(month: Month, base: Base | None, days: Iterable[Daily]) -> Mapping[str, float]:
    """Appeals that each subject would have in a month if every day were as those of the base are."""
    if base is None:
        return {}
    months = set(base.months)
    share = month.days / sum(one.days for one in months)
    before = sums((one for one in days if Month.of(one.day) in months), lambda one: one.subject)
    return {subject: tally.appeals * share for subject, tally in before.items()}


def breadths(days: Iterable[Daily]) -> Mapping[str, float]:
    """How many districts are hit, by subject: the number of equal shares that concentrate appeals as much.

    One over the sum of the squared shares (the inverse of Simpson's index): 1 where all come from one
    district, the number of districts where each has as many.
    """
    found: defaultdict[str, defaultdict[str, int]] = defaultdict(lambda: defaultdict(int))
    for one in days:
        found[one.subject][one.district] += one.tally.appeals
    return {
        subject: sum(counts.values()) ** 2 / squares
        for subject, counts in found.items()
        if (squares := sum(count * count for count in counts.values()))
    }


def shrunk(count: float, of: float, mean: float, prior: float) -> float:
    """A rate drawn towards a mean as if so many more cases had been seen that have it."""
    return (count + prior * mean) / (of + prior)


def _figures(
    rules: TopicRules, tally: Tally, everything: Tally, expected: float | None, breadth: float | None
) -> Figures:
    prior = rules.growth_prior
    unsolved, all_unsolved = tally.asked_solved - tally.solved, everything.asked_solved - everything.solved
    return Figures(
        volume=float(tally.appeals),
        growth=None if expected is None else (tally.appeals + prior) / (expected + prior),
        breadth=breadth,
        repeats=_rate(tally.repeat, tally.assessed, everything.repeat, everything.assessed, rules.rate_prior),
        unsolved=_rate(
            unsolved, tally.asked_solved, all_unsolved, everything.asked_solved, rules.rate_prior
        ),
    )  # fmt: skip


def _rate(count: int, of: int, all_count: int, all_of: int, prior: float) -> float | None:
    return shrunk(count, of, all_count / all_of, prior) if all_of else None


def _parts(figures: Sequence[Figures]) -> list[Figures]:
    """Each figure's place among all, by kind; equal figures share one."""
    columns = [_places([row[kind] for row in figures]) for kind in range(len(Figures._fields))]
    return [Figures(*row) for row in zip(*columns, strict=True)]


def _places(values: Sequence[float | None]) -> list[float | None]:
    known = [value for value in values if value is not None]
    if not known or len(known) < len(values):
        return [None] * len(values)
    return [float(rank - 0.5) / len(known) for rank in rankdata(known)]


def _score(rules: TopicRules, parts: Figures) -> float:
    """The weighted mean of the parts that are known; a part that nothing tells of weighs nothing."""
    weights = Figures(**rules.weights.model_dump())
    known = [
        (weight, part)
        for weight, part in zip(weights, parts, strict=True)
        if part is not None and weight is not None
    ]
    weight = sum(each for each, _ in known)
    return sum(each * part for each, part in known) / weight if weight else 0.0
