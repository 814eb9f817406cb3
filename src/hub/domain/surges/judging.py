"""Whether the newest signal of a group makes a surge: the least likely count of all windows decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.citypack.warning_rules import SurgeRules
from hub.contracts.fields import Feed
from hub.contracts.surges import FeedPulse, PartitionNorm, Recent
from hub.contracts.warnings import Scope, Surge
from hub.domain.surges.chance import tail
from hub.domain.surges.counting import beside, count
from hub.domain.surges.rates import Rate
from hub.domain.surges.season import Season, Window

UNUSUAL = 1e-3
"""Signals of counts less likely than this teach nothing: what is a burst must not become the rule."""

_BEHIND_GAP = timedelta(hours=1)
_LONGEST_GAP = timedelta(hours=12)

_LEAST_TOLD = 0.5
"""An hour in which nothing was ever heard is known as if from half a signal."""

_NEAR_PRIOR, _PAIRS_PRIOR = 1.0, 20.0
"""Of twenty pairs of unrelated signals in a town one is near, until more is known."""


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual for a group in a town: its rate, its week, and how often unrelated signals are near."""

    rate: Rate
    season: Season
    near: float
    norm: PartitionNorm
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Judged:
    """The least likely count that a signal makes, where its window began; with a p-value of 1 none."""

    surge: Surge
    began: datetime


def near_share(norm: PartitionNorm) -> float:
    """How likely two unrelated signals of one group and town lie near each other."""
    return (norm.near + _NEAR_PRIOR) / (norm.pairs + _PAIRS_PRIOR)


def judge(rules: SurgeRules, usual: Usual, recent: Sequence[Recent], end: int) -> Judged | None:
    """The least likely of the counts that end with the signal at a position; None if it is alone."""
    newest = recent[end]
    town = recent[: end + 1]
    found: list[Judged] = []
    for minutes in rules.quick_min:
        found += _window(rules, usual, town, timedelta(minutes=minutes), Scope.TOWN)
    near = beside(town, newest, rules.near_cells)
    for minutes in (*rules.quick_min, *rules.slow_min):
        found += _window(rules, usual, near, timedelta(minutes=minutes), Scope.CELL)
    return min(found, key=lambda one: one.surge.p_value, default=None)


def _window(
    rules: SurgeRules, usual: Usual, signals: Sequence[Recent], window: timedelta, scope: Scope
) -> list[Judged]:
    if len(signals) < rules.fewest:
        return []
    counted = count(signals, len(signals) - 1, window)
    if counted.others < rules.fewest - 1:
        return []
    newest = signals[-1].at
    share = usual.near if scope is Scope.CELL else 1.0
    days, told_from = _window_of(usual, newest, counted.window)
    expected = usual.rate.per_day * share * days
    size = 1.0 / (1.0 / usual.rate.size + 1.0 / max(told_from, _LEAST_TOLD))
    p_value = tail(counted.others, expected, size)
    surge = Surge(
        scope=scope,
        window_min=max(1, round(counted.window / timedelta(minutes=1))),
        observed=counted.others + 1,
        expected=round(expected, 4),
        p_value=p_value,
        at=newest,
    )
    return [Judged(surge, counted.began)]


def spread(rules: SurgeRules, usual: Usual, recent: Sequence[Recent], end: int) -> tuple[int, float]:
    """The count before a signal in the longest quick window of its town, and what was expected there."""
    counted = count(recent, end, timedelta(minutes=rules.quick_min[-1]))
    return counted.others, usual.rate.per_day * _window_of(usual, recent[end].at, counted.window).days


def _window_of(usual: Usual, end: datetime, window: timedelta) -> Window:
    """A window as mean days; what a gap held back is expected behind it, so a backlog is no surge."""
    days, told_from = usual.season.window(end.astimezone(usual.zone), window)
    for pulse in usual.norm.feeds:
        if pulse.gap_from and pulse.gap_to and pulse.gap_to <= end < pulse.gap_to + window + _BEHIND_GAP:
            gap = min(pulse.gap_to - pulse.gap_from, _LONGEST_GAP)
            held = usual.season.window(pulse.gap_to.astimezone(usual.zone), gap)
            days += held.days * feed_share(usual.norm, pulse.feed)
    return Window(days, told_from)


def feed_share(norm: PartitionNorm, feed: Feed) -> float:
    """Which share of the partition's signals comes through a feed."""
    total = sum(pulse.level for pulse in norm.feeds)
    return sum(_level_of(pulse, feed) for pulse in norm.feeds) / total if total else 0.0


def _level_of(pulse: FeedPulse, feed: Feed) -> float:
    return pulse.level if pulse.feed is feed else 0.0
