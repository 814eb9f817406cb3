"""The category tree with everything that a category leaves out filled in from its ancestors, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from hub.citypack.model import NEVER, Category, Join, Limits, Repeat
from hub.citypack.places import fold
from hub.contracts.fields import Urgency


@dataclass(frozen=True, slots=True)
class Policy:
    """What holds for one category, its own or inherited."""

    chain: tuple[str, ...]
    """The category and its ancestors, deepest first."""
    join: Join
    affinity: str
    urgency: Urgency
    limits: Limits | None
    repeat: Repeat | None


def chain_of(code: str, categories: Mapping[str, Category]) -> tuple[Category, ...]:
    """A category and its ancestors, deepest first; stops where a parent is unknown or comes round again."""
    found: dict[str, Category] = {}
    at: str | None = code
    while at is not None and at in categories and at not in found:
        found[at] = categories[at]
        at = categories[at].parent
    return tuple(found.values())


def path_of(code: str, categories: Mapping[str, Category]) -> str:
    """The path of a category: its own, or the names from the root to it with slashes between."""
    given = categories[code].path
    return given or "/".join(node.name for node in reversed(chain_of(code, categories)))


def policy_of(code: str, categories: Mapping[str, Category]) -> Policy:
    """What holds for a category of the tree."""
    chain = chain_of(code, categories)
    return Policy(
        chain=tuple(node.code for node in chain),
        join=next((node.join for node in chain if node.join is not None), NEVER),
        affinity=next((node.affinity for node in chain if node.affinity is not None), code),
        urgency=next((node.urgency for node in chain if node.urgency is not None), Urgency.GENERAL),
        limits=next((node.limits for node in chain if node.limits is not None), None),
        repeat=next((node.repeat for node in chain if node.repeat is not None), None),
    )


def names_of(categories: Mapping[str, Category]) -> Mapping[str, Category]:
    """Every name that stands for a category, folded: codes win over paths, paths over aliases."""
    names: dict[str, Category] = {}
    for category in categories.values():
        names.update({fold(alias): category for alias in category.aliases})
    names.update({fold(path_of(code, categories)): category for code, category in categories.items()})
    names.update({fold(code): category for code, category in categories.items()})
    return names


class Tree:
    """The category tree, resolved."""

    def __init__(self, categories: Iterable[Category], by_urgency: Mapping[Urgency, Limits]) -> None:
        self.categories: Mapping[str, Category] = MappingProxyType({c.code: c for c in categories})
        self._policies = {code: policy_of(code, self.categories) for code in self.categories}
        self._names = names_of(self.categories)
        self._by_urgency = dict(by_urgency)

    def find(self, text: str) -> Category | None:
        """The category that a code, path or alias stands for, or None."""
        return self._names.get(fold(text))

    def find_above(self, text: str) -> Category | None:
        """The deepest category whose name is a leading part of a path, for one not in the tree; or None."""
        parts = fold(text).split("/")
        above = ("/".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))
        return next((self._names[name] for name in above if name in self._names), None)

    def policy(self, category: str) -> Policy:
        """What holds for a category; for one that the tree does not know, the cautious defaults."""
        known = self._policies.get(category)
        return known or Policy((category,), NEVER, category, Urgency.GENERAL, None, None)

    def limits(self, category: str, urgency: Urgency) -> Limits:
        """The limits of the category or its nearest ancestor that has any, else those of the urgency."""
        policy = self.policy(category)
        if policy.limits is not None:
            return policy.limits
        asked = policy.urgency if urgency is Urgency.UNKNOWN else urgency
        return self.limits_by_urgency(asked)

    def own_limits(self, category: str) -> Limits | None:
        """The limits that a category states itself, or None."""
        known = self.categories.get(category)
        return known.limits if known is not None else None

    def limits_by_urgency(self, urgency: Urgency) -> Limits:
        """The limits of an urgency, else those of the general one."""
        return self._by_urgency.get(urgency) or self._by_urgency.get(Urgency.GENERAL) or Limits()

    @property
    def farthest_join_m(self) -> float:
        """The longest distance at which signals of any category join, metres."""
        return max((p.join.within_m for p in self._policies.values() if not p.join.never), default=0.0)
