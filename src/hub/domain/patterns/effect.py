"""The effect of a topic's plan: before and after against comparable categories, with an interval.

Difference in differences of log counts, each category a cluster of its own; formulas: docs/patterns.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import erfc, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hub.citypack.pattern_rules import EffectRules
from hub.domain.patterns.tallies import Daily

WEEK = 7
_LEVEL = 0.95

Table = NDArray[np.float64]
"""Appeals by category (rows) and week (columns)."""


class Weeks(NamedTuple):
    """The weeks before and after a plan began; both run from its first day."""

    since: date
    before: int
    after: int

    @property
    def first(self) -> date:
        """The first day that is looked at."""
        return self.since - timedelta(weeks=self.before)

    @property
    def last(self) -> date:
        """The last day that is looked at."""
        return self.since + timedelta(weeks=self.after, days=-1)


class Control(NamedTuple):
    """A category that the plan is not about, and what it did."""

    category: str
    before: int
    after: int
    parallel_p: float
    """How likely so different a course of the weeks before would be by chance, were both parallel."""


@dataclass(frozen=True, slots=True)
class Effect:
    """What became of a category after a plan, against what became of the controls."""

    category: str
    weeks: Weeks
    before: int
    after: int
    expected: float
    """Appeals after, had the category gone on as the controls did."""
    change: float
    """Share that there were more (or less, below 0) than expected."""
    low: float
    high: float
    """The 95 % interval of the change."""
    placebo_p: float
    """Share of the controls, itself among them, that moved as far from the others as the category did."""
    dispersion: float
    """Variance of a week's count over its mean: 1 would be Poisson."""
    drift: float
    """Standard deviation of what categories do on their own between before and after, on the log scale."""
    controls: tuple[Control, ...]


class TooLittle(NamedTuple):
    """Why no effect can be told."""

    why: str


def weekly(days: Sequence[Daily], weeks: Weeks) -> Mapping[str, NDArray[np.float64]]:
    """Appeals of each subject by week, in order."""
    count = weeks.before + weeks.after
    found: dict[str, NDArray[np.float64]] = {}
    for one in days:
        week = (one.day - weeks.first).days // WEEK
        if 0 <= week < count:
            row = found.setdefault(one.subject, np.zeros(count))
            row[week] += one.tally.appeals
    return found


def measure(
    rules: EffectRules, counts: Mapping[str, NDArray[np.float64]], category: str, weeks: Weeks
) -> Effect | TooLittle:
    """The effect on a category, of weekly counts of it and of every category that may be compared.

    Those comparable run parallel to it before: of them the nearest in number are taken as controls.
    """
    own = counts.get(category)
    enough = rules.fewest_a_week * weeks.before
    if own is None or own[: weeks.before].sum() < enough:
        return TooLittle(f"{category} has fewer than {enough:g} appeals before")
    others = sorted(
        name for name, row in counts.items() if name != category and row[: weeks.before].sum() >= enough
    )
    candidates = np.array([own, *(counts[name] for name in others)])
    dispersion = _dispersion(candidates, weeks.before)
    chosen = _comparable(rules, candidates[:, : weeks.before], others, dispersion)
    if len(chosen) < rules.fewest_controls:
        return TooLittle(
            f"{len(chosen)} of {len(others)} categories run parallel to {category} before; "
            f"{rules.fewest_controls} are needed"
        )
    names = [others[index] for index, _ in chosen]
    rows = np.array([own, *(counts[name] for name in names)])
    before, after = rows[:, : weeks.before].sum(axis=1), rows[:, weeks.before :].sum(axis=1)
    estimate = _estimate(before, after, dispersion)
    reach = float(stats.t.ppf((1 + _LEVEL) / 2, len(names) - 1)) * estimate.spread
    controls = tuple(
        Control(name, int(b), int(a), p)
        for name, b, a, (_, p) in zip(names, before[1:], after[1:], chosen, strict=True)
    )
    return Effect(
        category=category,
        weeks=weeks,
        before=int(before[0]),
        after=int(after[0]),
        expected=float((after[0] + 0.5) / np.exp(estimate.effect)),
        change=float(np.expm1(estimate.effect)),
        low=float(np.expm1(estimate.effect - reach)),
        high=float(np.expm1(estimate.effect + reach)),
        placebo_p=_placebo_p(before, after, dispersion, estimate.effect),
        dispersion=dispersion,
        drift=estimate.drift,
        controls=controls,
    )


def _comparable(
    rules: EffectRules, before: Table, names: Sequence[str], dispersion: float
) -> list[tuple[int, float]]:
    """Position and p of the candidates whose weeks before run parallel to the first row's; nearest in number.

    Parallel means that the category's share of the pair has no trend over the weeks: the test of Cochran and
    Armitage, its variance times the dispersion.
    """
    found = []
    for index in range(len(names)):
        own, other = before[0], before[index + 1]
        p = _trend_p(own, own + other, dispersion)
        if p >= rules.parallel_p:
            found.append((abs(float(np.log(other.sum() / own.sum()))), names[index], index, p))
    return [(index, p) for _, _, index, p in sorted(found)[: rules.most_controls]]


def _trend_p(part: Table, whole: Table, dispersion: float) -> float:
    """How likely so strong a trend of part over whole would be by chance, were there none."""
    share = part.sum() / whole.sum()
    weeks = np.arange(len(whole)) - (np.arange(len(whole)) * whole).sum() / whole.sum()
    variance = dispersion * share * (1 - share) * (whole * weeks**2).sum()
    if variance == 0:
        return 1.0
    return erfc(abs((weeks * (part - share * whole)).sum()) / sqrt(2 * variance))


def _chi_square(table: Table) -> float:
    """Pearson's chi-square of a table against the product of its margins; empty columns say nothing."""
    kept = table[:, table.sum(axis=0) > 0]
    expected = kept.sum(axis=1, keepdims=True) * kept.sum(axis=0, keepdims=True) / kept.sum()
    return float(((kept - expected) ** 2 / expected).sum())


def _dispersion(table: Table, before: int) -> float:
    """Quasi-Poisson dispersion: chi-square over degrees of freedom, categories and weeks as margins.

    Of the weeks before and of those after apart, so that what changes between them is no noise. At least 1.
    """
    square, freedom = 0.0, 0
    for part in (table[:, :before], table[:, before:]):
        kept = part[part.sum(axis=1) > 0]
        if len(kept) > 1 and kept.shape[1] > 1:
            square += _chi_square(kept)
            freedom += (len(kept) - 1) * (kept.shape[1] - 1)
    return max(1.0, square / freedom) if freedom else 1.0


class _Estimate(NamedTuple):
    """An effect on the log scale, its standard deviation were there none, the drift of categories."""

    effect: float
    spread: float
    drift: float


def _estimate(before: Table, after: Table, dispersion: float) -> _Estimate:
    """The first row's change against the others', and how far that of a row without effect would vary."""
    changes = np.log((after + 0.5) / (before + 0.5))
    noise = dispersion * (1 / (after + 0.5) + 1 / (before + 0.5))
    drift2 = _drift_squared(changes[1:], noise[1:])
    weights = 1 / (noise[1:] + drift2)
    common = float((weights * changes[1:]).sum() / weights.sum())
    spread = float(np.sqrt(noise[0] + drift2 + 1 / weights.sum()))
    return _Estimate(float(changes[0]) - common, spread, float(np.sqrt(drift2)))


def _drift_squared(changes: Table, noise: Table) -> float:
    """What the changes vary beyond their noise, by the method of moments (DerSimonian and Laird)."""
    weights = 1 / noise
    common = (weights * changes).sum() / weights.sum()
    excess = (weights * (changes - common) ** 2).sum() - (len(changes) - 1)
    scale = weights.sum() - (weights**2).sum() / weights.sum()
    return max(0.0, float(excess / scale))


def _placebo_p(before: Table, after: Table, dispersion: float, effect: float) -> float:
    """Share of all rows that, taken as if the plan were about them, moved as far from the controls."""
    as_far = 1
    for row in range(1, len(before)):
        order = [row, *(other for other in range(1, len(before)) if other != row)]
        as_far += abs(_estimate(before[order], after[order], dispersion).effect) >= abs(effect)
    return as_far / len(before)
