"""How often signals of a group come as a rule: counts that fade, shrunk towards what other towns have."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import exp2, log

from hub.citypack.warning_rules import SurgeRules
from hub.contracts.surges import GroupNorm, GroupTrace, PartitionNorm

DAY = timedelta(days=1)

_COLD_CITY = 50_000.0
"""Signals a day of a city that is not known yet: many, so that little is called a surge."""


def faded(level: float, since: datetime, now: datetime, half_life_days: float) -> float:
    """What a count is worth after some time; never more than it was."""
    days = (now - since) / DAY
    return level if days <= 0 else level * exp2(-days / half_life_days)


def known_days(rules: SurgeRules, norm: PartitionNorm, now: datetime) -> float:
    """How many days of signals a level holds at most: those learned from, each worth less as it ages."""
    whole = rules.half_life_days / log(2)
    days = max(0.0, (now - norm.started) / DAY - rules.guard_hours / 24)
    lost = faded(norm.lost_days, norm.updated, now, rules.half_life_days)
    return max(0.0, whole * (1 - exp2(-days / rules.half_life_days)) - lost)


@dataclass(frozen=True, slots=True)
class Rate:
    """Signals per mean day, and how sure that is: the size of its negative binomial distribution."""

    per_day: float
    size: float


def rate_of(
    rules: SurgeRules,
    norm: PartitionNorm,
    of_all_towns: GroupNorm | None,
    trace: GroupTrace | None,
    share: float,
    now: datetime,
) -> Rate:
    """The rate of a group in a town that has ``share`` of the partition's residents.

    A gamma prior of the partition's rate, worth ``prior_days``, and the town's own signals: the count of a
    window is then negative binomial (Gelman et al., Bayesian Data Analysis, section 2.6). Day to day the
    group may spread more than that; its dispersion is estimated by moments over all towns.
    """
    half = rules.half_life_days
    days = known_days(rules, norm, now)
    pooled = 0.0 if of_all_towns is None else faded(of_all_towns.level, of_all_towns.updated, now, half)
    prior = (pooled * share + rules.cold_rate) / (days + 1.0)
    own = 0.0 if trace is None else faded(trace.level, trace.updated, now, half)
    shape = own + prior * rules.prior_days
    spread = 1.0 / shape + (0.0 if of_all_towns is None else dispersion(of_all_towns))
    return Rate(shape / (days + rules.prior_days), 1.0 / spread)


def dispersion(norm: GroupNorm) -> float:
    """By how much the variance of counts exceeds their mean, as a share of the squared mean, 0 to 1."""
    return min(1.0, max(0.0, norm.excess / (norm.squares + 1.0)))


def tests_per_day(
    rules: SurgeRules, norm: PartitionNorm, every: GroupNorm | None, towns: int, now: datetime
) -> float:
    """How many counts are judged in the whole city on a mean day: each signal's, in each window."""
    level = 0.0 if every is None else faded(every.level, every.updated, now, rules.half_life_days)
    days = known_days(rules, norm, now)
    whole = towns / max(1, len(norm.towns))
    signals = (level * whole + _COLD_CITY) / (days + 1.0)
    return signals * (2 * len(rules.quick_min) + len(rules.slow_min))
