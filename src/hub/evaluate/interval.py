"""Shares and medians with their 95 % intervals, computed without chance: the same figures every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import median

Z = 1.959964
"""95 % of a normal distribution lie within so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A figure, and between which bounds it lies with 95 %; all None where there is nothing to judge."""

    value: float | None = None
    low: float | None = None
    high: float | None = None


def share(hits: Sequence[float], of: Sequence[float]) -> Interval:
    """A share of sums, one pair for each thing drawn on its own (Wilson's interval).

    Things that count more than once (the pairs of one incident) count as many as their spread says: the
    number of cases is divided by the design effect of a ratio estimated from clusters.
    """
    whole = sum(of)
    if not whole:
        return Interval()
    p = sum(hits) / whole
    things = sum(1 for one in of if one)
    spread = sum((hit - p * one) ** 2 for hit, one in zip(hits, of, strict=True)) / whole**2
    if things > 1:
        spread *= things / (things - 1)
    n = p * (1 - p) / spread if spread else float(things)
    middle = (p + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return Interval(p, max(middle - half, 0.0), min(middle + half, 1.0))


def counted(hits: Sequence[bool]) -> Interval:
    """The share of things that are so."""
    return share([float(hit) for hit in hits], [1.0] * len(hits))


def middle_of(values: Sequence[float]) -> Interval:
    """The median; its interval are the values whose ranks hold it with 95 %."""
    if not values:
        return Interval()
    ordered, n = sorted(values), len(values)
    half = Z * sqrt(n) / 2
    low, high = int(max(n / 2 - half, 0)), int(min(n / 2 + half, n - 1))
    return Interval(median(ordered), ordered[low], ordered[high])
