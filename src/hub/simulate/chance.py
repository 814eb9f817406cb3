"""Chance with a seed: independent streams by name, so that one more draw in one never changes another."""

import random
from bisect import bisect
from collections.abc import Sequence
from hashlib import blake2b
from itertools import accumulate
from math import log
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")

_ALL = 0xFFFFFFFFFFFFFFFF
_GOLDEN = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB


def digest_of(*parts: str | int) -> int:
    """64 bits that depend on every part; the same on every machine and in every process."""
    text = "\x1f".join(map(str, parts)).encode()
    return int.from_bytes(blake2b(text, digest_size=8).digest(), "big")


def mixed(counter: int) -> int:
    """64 bits that look drawn, from a counter (splitmix64): ten times as fast as a digest."""
    z = counter * _GOLDEN & _ALL
    z = (z ^ (z >> 30)) * _MIX_1 & _ALL
    z = (z ^ (z >> 27)) * _MIX_2 & _ALL
    return z ^ (z >> 31)


def uniform(bits: int) -> float:
    """A number above 0 and at most 1 from 64 bits."""
    return ((bits >> 11) + 1) / 2.0**53


def stream(*parts: str | int) -> random.Random:
    """The stream of chance with this name."""
    return random.Random(digest_of(*parts))


class Weighted(Generic[T]):
    """Things that are drawn by weight."""

    def __init__(self, things: Sequence[T], weights: Sequence[float]) -> None:
        self.things = tuple(things)
        self._heights = list(accumulate(weights))
        self.total = self._heights[-1] if self._heights else 0.0

    def draw(self, rng: random.Random) -> T:
        """One of the things; IndexError where the weights add up to nothing."""
        return self.things[bisect(self._heights, rng.random() * self.total)]


def poisson(rng: random.Random, mean: float) -> int:
    """How many events happen where ``mean`` are expected; takes time in proportion to the answer."""
    count, waited = -1, 0.0
    while waited <= mean:
        waited += rng.expovariate(1.0)
        count += 1
    return count


def lognormal(rng: random.Random, median: float, sigma: float) -> float:
    """A delay with this median: one in six is longer than ``median * exp(sigma)``."""
    return rng.lognormvariate(log(median), sigma)


def between(rng: random.Random, low: float, high: float) -> float:
    """A number between two, each as likely."""
    return low + (high - low) * rng.random()


def noise(seed: int, rows: NDArray[np.int64], columns: int) -> NDArray[np.float64]:
    """Bell-shaped noise between -1 and 1, by row number and column: no state, any order gives the same.

    The sum of three uniform numbers of a hash (splitmix64), so that no version of numpy changes it.
    """
    high = rows.astype(np.uint64)[:, None] << np.uint64(16)
    base = high | np.arange(columns).astype(np.uint64)
    total = np.zeros(base.shape)
    for salt in range(3):
        total += _uniform(base, np.uint64(digest_of(seed, salt)))
    return total / 1.5 - 1.0


def _uniform(counter: NDArray[np.uint64], salt: np.uint64) -> NDArray[np.float64]:
    """Numbers from 0 to 1 that depend on counter and salt alone."""
    z = (counter ^ salt) * np.uint64(_GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(_MIX_1)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(_MIX_2)
    z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)).astype(np.float64) / 2.0**53
