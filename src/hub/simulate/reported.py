"""Which categories people report: not those that only sensors or inspectors speak of."""

from collections.abc import Iterable

from hub.citypack.city import City


def roots_of(city: City, categories: Iterable[str]) -> frozenset[str]:
    """The topmost ancestors of categories."""
    return frozenset(city.ancestors_of(code)[-1] for code in categories)


def leaves_of(city: City) -> list[str]:
    """The categories that have none below them, in the order of the pack."""
    parents = {category.parent for category in city.categories.values()}
    return [code for code in city.categories if code not in parents]


def reported_by_people(city: City, hazards: Iterable[str]) -> list[str]:
    """The leaves of the tree, without the branches that hold hazards and silent sensors."""
    silent = (kind.silent_category for kind in city.kinds.values())
    apart = roots_of(city, (*hazards, *silent))
    return [code for code in leaves_of(city) if city.ancestors_of(code)[-1] not in apart]
