"""How likely a count is by chance: the upper tail of the negative binomial, exact to double precision."""

from math import exp, lgamma, log, log1p

_NEGLIGIBLE = 1e-17


def tail(count: int, mean: float, size: float) -> float:
    """P(X >= count) for a negative binomial X of this mean and size; its variance is mean + mean^2 / size.

    An infinite size is the Poisson distribution. Terms are summed away from the mean, so that small
    chances are as exact as large ones.
    """
    if count <= 0:
        return 1.0
    if mean <= 0.0:
        return 0.0
    if count <= mean:
        return max(0.0, 1.0 - _sum(count - 1, -1, mean, size))
    return min(1.0, _sum(count, 1, mean, size))


def _sum(start: int, step: int, mean: float, size: float) -> float:
    """The probabilities of start, start + step and so on, until nothing more is added."""
    chance = exp(_log_chance(start, mean, size))
    total, at = chance, start
    poisson = size == float("inf")
    ratio = mean if poisson else mean / (size + mean)
    while chance > total * _NEGLIGIBLE:
        at += step
        if at < 0:
            break
        lower = at - 1 if step > 0 else at
        grows = ratio / (lower + 1) if poisson else ratio * (lower + size) / (lower + 1)
        chance = chance * grows if step > 0 else chance / grows
        total += chance
    return total


def _log_chance(count: int, mean: float, size: float) -> float:
    if size == float("inf"):
        return count * log(mean) - mean - lgamma(count + 1)
    return (
        lgamma(count + size)
        - lgamma(size)
        - lgamma(count + 1)
        - size * log1p(mean / size)
        + count * (log(mean) - log(size + mean))
    )
