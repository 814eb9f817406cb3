"""Handling times 办理时长 as a sketch: counts by bin of DDSketch's logarithmic mapping.

Counts by bin add, and what was added can be taken out again, which quantile sketches by sampling can't do.
"""

from collections.abc import Mapping

from ddsketch.mapping import LogarithmicMapping

ACCURACY = 0.01
"""A quantile differs from the true one by at most this share of it."""

_MAPPING = LogarithmicMapping(ACCURACY)


def bin_of(seconds: float) -> int:
    """The bin that a handling time lies in; raises ValueError below or at 0."""
    return int(_MAPPING.key(seconds))


def quantile(bins: Mapping[int, int], share: float) -> float | None:
    """The handling time in seconds that a share of all do not exceed, 1 % accurate; None where there is none.

    As DDSketch has it: of n times in order the one at position floor(share x (n - 1)), from 0.
    """
    last = sum(bins.values()) - 1
    if last < 0:
        return None
    passed, rank = 0, share * last
    for index in sorted(bins):
        passed += bins[index]
        if passed > rank:
            return float(_MAPPING.value(index))
    raise AssertionError("a rank lies among what was counted")
