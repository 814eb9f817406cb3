"""Under which category a category counts, and with which others one may be compared."""

from __future__ import annotations

from functools import cache

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.domain.patterns.groups import at_depth, compared_with, depth_of


@cache
def beijing() -> City:
    return load_city("beijing")


def test_groups_are_ancestors_at_a_depth() -> None:
    at = at_depth(beijing(), 2, ["other"])
    assert at("heating.supply.cold-home") == "heating.supply"
    assert at("heating.supply") == "heating.supply"
    assert at("heating") == "heating"
    assert at("other.praise") is None
    assert at("not-in-the-tree") == "not-in-the-tree"
    assert at_depth(beijing(), None)("heating.supply.cold-home") == "heating.supply.cold-home"
    assert depth_of(beijing(), "heating.supply.cold-home") == 3


def test_what_may_be_one_thing_is_not_compared() -> None:
    group_of = compared_with(beijing(), "pollution.noise.site", ["other"])
    assert group_of("pollution.noise.site") == "pollution.noise.site"
    assert group_of("road.surface.pothole") == "road.surface.pothole"
    assert group_of("event.site.night") is None  # the same affinity: night work on sites
    assert group_of("pollution.noise") is None  # lies above
    assert group_of("other.praise") is None


def test_a_branch_is_compared_with_branches() -> None:
    group_of = compared_with(beijing(), "pollution.noise")
    assert group_of("pollution.noise.site") == group_of("pollution.noise") == "pollution.noise"
    assert group_of("road.light.out") == "road.light"
    assert group_of("event.site.night") is None
    assert compared_with(beijing(), "other.praise", ["other"])("other.praise") == "other.praise"
