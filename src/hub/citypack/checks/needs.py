"""What no indicator of a pack tells of: no mistake, but worth a look."""

from hub.citypack.city import City


def uncovered(city: City) -> tuple[str, ...]:
    """Categories without others below them that are under no indicator and not left out, sorted.

    Empty where the pack has no needs at all.
    """
    if not city.needs.needs:
        return ()
    covered = frozenset(
        category
        for need in city.needs.needs
        for indicator in need.indicators
        for category in indicator.categories
    ).union(city.needs.leave_out)
    parents = {category.parent for category in city.categories.values()}
    leaves = (code for code in city.categories if code not in parents)
    return tuple(sorted(code for code in leaves if covered.isdisjoint(city.ancestors_of(code))))
