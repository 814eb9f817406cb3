"""Counts by name: how sums are reckoned, and the contract that carries them."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.scores import ScoreCounts
from hub.contracts.trusted import unchecked

COUNTS = tuple(ScoreCounts.model_fields)
"""The names of all counts, in their order."""

NOTHING: Mapping[str, int] = MappingProxyType(dict.fromkeys(COUNTS, 0))
"""Every count at 0."""

_NAMES = set(COUNTS)


def counts_of(counts: dict[str, int]) -> ScoreCounts:
    """The contract of a dict that has every count; the dict is the contract's own from then on."""
    return unchecked(ScoreCounts, {**counts}, _NAMES)


def by_name(counts: ScoreCounts) -> Mapping[str, int]:
    """All counts by name, not to be changed."""
    return counts.__dict__
