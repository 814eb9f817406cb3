"""The names that labels may have: what the city pack knows, so that series stay few."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Self

from hub.citypack.city import City
from hub.citypack.model import Weights

OTHER = "other"
"""Label of what the map or the city pack does not know."""

_EQUAL = Weights(response=0.25, resolution=0.5, satisfaction=0.25)


class Named(StrEnum):
    """What has a name besides its code."""

    DISTRICT = "district"
    TOWN = "town"
    UNIT = "unit"
    CATEGORY = "category"


@dataclass(frozen=True, slots=True)
class KnownNames:
    """Districts, towns, units and sensors of a city, and the top of the tree for each category."""

    districts: frozenset[str]
    units: frozenset[str] = frozenset()
    tops: Mapping[str, str] = field(default_factory=dict)
    towns: Mapping[str, str] = field(default_factory=dict)
    """The district of each town."""
    sensors: Mapping[str, int] = field(default_factory=dict)
    """How many sensors stand in each town."""
    residents: Mapping[str, int] = field(default_factory=dict)
    """How many people live in each town; 0 where nobody knows."""
    districts_of_units: Mapping[str, str] = field(default_factory=dict)
    """The district of each unit that has one."""
    weights: Weights = _EQUAL
    smallest_group: int = 5
    """Groups of fewer people are never shown."""
    names: Mapping[Named, Mapping[str, str]] = field(default_factory=dict)
    """What people call each code."""

    @classmethod
    def of(cls, city: City) -> Self:
        """Those of a city."""
        tops = {code: city.ancestors_of(code)[-1] for code in city.categories}
        return cls(
            districts=frozenset(city.districts),
            units=frozenset(city.units),
            tops=MappingProxyType(tops),
            towns=MappingProxyType({code: town.district for code, town in city.towns.items()}),
            sensors=MappingProxyType(
                Counter(place.town for gateway in city.gateways.values() for place in gateway.places)
            ),
            residents=MappingProxyType({code: town.residents for code, town in city.towns.items()}),
            districts_of_units=MappingProxyType(
                {code: unit.district for code, unit in city.units.items() if unit.district}
            ),
            weights=city.weights,
            smallest_group=city.repeats.smallest_group,
            names=MappingProxyType(
                {
                    Named.DISTRICT: {code: one.name for code, one in city.districts.items()},
                    Named.TOWN: {code: one.name for code, one in city.towns.items()},
                    Named.UNIT: {code: one.name for code, one in city.units.items()},
                    Named.CATEGORY: {code: city.categories[code].name for code in set(tops.values())},
                }
            ),
        )

    def district(self, district: str) -> str:
        """The label of a district."""
        return district if district in self.districts else OTHER

    def town(self, town: str) -> tuple[str, str]:
        """The labels of a town: its district and itself."""
        return (self.towns[town], town) if town in self.towns else (OTHER, OTHER)

    def unit(self, unit: str) -> str:
        """The label of a unit."""
        return unit if unit in self.units else OTHER

    def top(self, category: str) -> str:
        """The label of a category: that of the top of its tree."""
        return self.tops.get(category, OTHER)
