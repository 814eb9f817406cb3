"""The names that labels may have: what the city pack knows, so that series stay few."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Self

from hub.citypack.city import City

OTHER = "other"
"""Label of what the map or the city pack does not know."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Districts and units of a city, and the category at the top of the tree for each category."""

    districts: frozenset[str]
    units: frozenset[str] = frozenset()
    tops: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, city: City) -> Self:
        """Those of a city."""
        tops = {code: city.ancestors_of(code)[-1] for code in city.categories}
        return cls(frozenset(city.districts), frozenset(city.units), MappingProxyType(tops))

    def unit(self, unit: str) -> str:
        """The label of a unit."""
        return unit if unit in self.units else OTHER

    def top(self, category: str) -> str:
        """The label of a category: that of the top of its tree."""
        return self.tops.get(category, OTHER)
