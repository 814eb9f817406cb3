"""Checks what the files of a pack say of one another. Pure; every mistake names file, line, field and fix."""

from collections.abc import Iterator
from itertools import chain

from hub.citypack.checks import calendar, categories, dispatch, limits, places, references, sensors
from hub.citypack.city import City
from hub.citypack.draft import Draft, Mistake


def check_draft(draft: Draft) -> Iterator[Mistake]:
    """Every mistake that shows without a map of the city."""
    return chain(
        references.check(draft),
        places.check(draft),
        categories.check(draft),
        dispatch.check(draft),
        sensors.check(draft),
        calendar.check(draft),
        limits.check(draft),
    )


def check_city(draft: Draft, city: City) -> Iterator[Mistake]:
    """The mistakes that need the whole city: sensors that stand in no town, limits at odds with others."""
    return chain(sensors.check_placed(draft, city), limits.check_city(draft, city))
