"""What the log teaches of what is usual: signals that are a day old and came in no burst."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hub.citypack.warning_rules import SurgeRules
from hub.contracts.fields import Feed
from hub.contracts.surges import FeedPulse, GroupNorm, PartitionNorm, Recent
from hub.contracts.trusted import altered
from hub.domain.surges.counting import are_near
from hub.domain.surges.rates import DAY, faded, known_days
from hub.domain.surges.season import EMPTY, Season, hour_of_week, with_hour

_UNRELATED = timedelta(hours=12)
_MOST_PAIRS = 5_000.0
_SURE_MISSED = 20.0
"""A silence in which so many signals were expected is a gap of the feed: by chance, once in 5e8."""

_SHORTEST_GAP = timedelta(minutes=10)


def taught_norm(norm: GroupNorm | None, signal: Recent, zone: ZoneInfo, half_life_days: float) -> GroupNorm:
    """The norm of a group with one usual signal more."""
    if norm is None:
        norm = GroupNorm(level=0.0, updated=signal.at, hours=EMPTY)
    newest = max(norm.updated, signal.at)
    level = faded(norm.level, norm.updated, newest, half_life_days)
    hour = hour_of_week(signal.at.astimezone(zone))
    return altered(norm, level=level + 1.0, updated=newest, hours=with_hour(norm, hour))


def with_spread(norm: GroupNorm, others: int, expected: float) -> GroupNorm:
    """The norm with one more usual count to tell its dispersion from (method of moments)."""
    return altered(
        norm,
        excess=norm.excess + (others - expected) ** 2 - others,
        squares=norm.squares + expected**2,
    )


def with_pair(norm: PartitionNorm, newest: Recent, oldest: Recent, cells: int) -> PartitionNorm:
    """The partition's norm, which has seen whether two unrelated signals of a group lie near each other."""
    near = are_near(newest, oldest, cells)
    if near is None or newest.at - oldest.at < _UNRELATED:
        return norm
    scale = 0.5 if norm.pairs > _MOST_PAIRS else 1.0
    return altered(norm, near=norm.near * scale + near, pairs=norm.pairs * scale + 1.0)


def heard(
    rules: SurgeRules,
    norm: PartitionNorm | None,
    every: Season,
    town: str,
    feed: Feed,
    at: datetime,
    zone: ZoneInfo,
) -> PartitionNorm:
    """The partition's norm once a signal came through a feed; a gap before it teaches no zeros."""
    if norm is None:
        norm = PartitionNorm(started=at, updated=at, towns=(town,), feeds=(), lost_days=0.0)
    half = rules.half_life_days
    towns = norm.towns if town in norm.towns else tuple(sorted((*norm.towns, town)))
    known = next((pulse for pulse in norm.feeds if pulse.feed is feed), None)
    newest = max(norm.updated, at)
    lost = faded(norm.lost_days, norm.updated, newest, half)
    if known is None:
        pulse = FeedPulse(feed=feed, last=at, level=1.0)
    else:
        pulse, gap = _beat(rules, norm, known, every, at, zone)
        total = sum(one.level for one in norm.feeds)
        lost += gap / DAY * (known.level / total if total else 0.0)
    others = tuple(one for one in norm.feeds if one.feed is not feed)
    return altered(norm, updated=newest, towns=towns, feeds=(*others, pulse), lost_days=lost)


def _beat(
    rules: SurgeRules, norm: PartitionNorm, pulse: FeedPulse, every: Season, at: datetime, zone: ZoneInfo
) -> tuple[FeedPulse, timedelta]:
    """The feed's pulse with one beat more, and how long the gap before it was."""
    if at <= pulse.last:
        return altered(pulse, level=pulse.level + 1.0), timedelta(0)
    level = faded(pulse.level, pulse.last, at, rules.half_life_days) + 1.0
    silent = at - pulse.last
    beats = altered(pulse, last=at, level=level)
    if silent < _SHORTEST_GAP:
        return beats, timedelta(0)
    days = known_days(rules, norm, at) + rules.guard_hours / 24
    missed = level / (days + 1.0) * every.window(at.astimezone(zone), silent).days
    if missed < _SURE_MISSED:
        return beats, timedelta(0)
    return altered(beats, gap_from=pulse.last, gap_to=at), silent
