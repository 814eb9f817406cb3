"""Which category a category is counted under: an ancestor at some depth of the tree, itself, or none."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import lru_cache

from hub.citypack.city import City

Grouping = Callable[[str], str | None]
"""The category that a category is counted under, or None if it is left out."""


def at_depth(city: City, depth: int | None, leave_out: Collection[str] = ()) -> Grouping:
    """Groups by the ancestor at a depth (roots have 1), itself where that is not as deep or depth is None.

    Categories left out, and those below them, have no group.
    """
    out = frozenset(leave_out)

    @lru_cache(maxsize=4096)
    def group(category: str) -> str | None:
        chain = city.ancestors_of(category)
        if not out.isdisjoint(chain):
            return None
        return chain[max(0, len(chain) - depth)] if depth is not None else category

    return group


def depth_of(city: City, category: str) -> int:
    """How deep a category lies in the tree; roots have 1."""
    return len(city.ancestors_of(category))


def compared_with(city: City, category: str, leave_out: Collection[str] = ()) -> Grouping:
    """Groups as deep in the tree as a category, to compare it with: itself, and those that it has no part in.

    Left out are the branches named, what lies above the category, and groups that share an affinity with it:
    what is reported as the one may be reported as the other.
    """
    at = at_depth(city, depth_of(city, category))
    affinities: dict[str, set[str]] = {}
    for code in city.categories:
        affinities.setdefault(at(code) or code, set()).add(city.affinity_of(code))
    own = affinities.get(category, {city.affinity_of(category)})
    out = {group for group, theirs in affinities.items() if not own.isdisjoint(theirs)}
    out = (out | {*city.ancestors_of(category)}) - {category}
    return lambda code: None if _left_out(city, code, category, leave_out) or at(code) in out else at(code)


def _left_out(city: City, code: str, category: str, leave_out: Collection[str]) -> bool:
    chain = city.ancestors_of(code)
    return category not in chain and not frozenset(leave_out).isdisjoint(chain)
