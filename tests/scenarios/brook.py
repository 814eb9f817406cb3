"""The city of the stories: its pack lies beside this file, its places are told in metres."""

from __future__ import annotations

from functools import cache
from math import cos, radians
from pathlib import Path

from hub.citypack.city import City
from hub.citypack.geometry import METRES_PER_DEGREE, Lattice
from hub.citypack.load import load_city
from hub.contracts.fields import PlaceRef, Point
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.topology import build_steps

PACK = Path(__file__).parent / "brook"
KEY = "a key for stories only"
PARTITIONS = 3
"""MILL and QUAY lie on different partitions than HEATH, where nothing ever happens by itself."""

_LATTICE = Lattice.of(16.0, 48.0, 100)
_BORDER = _LATTICE.origin_lon + 19 * _LATTICE.step_lon
"""Longitude of the border between MILL in the west and QUAY in the east, at the latitude of both."""


@cache
def brook() -> City:
    """The city, loaded once."""
    return load_city(PACK)


def steps() -> tuple[Step, ...]:
    """The city's steps."""
    return build_steps(brook(), Pseudonyms(KEY.encode()))


def steps_with_state() -> tuple[str, ...]:
    """The names of those that keep rows, for their changelogs."""
    return tuple(step.name for step in steps() if step.stateful)


def mill(east: float = 0.0, north: float = 0.0, *, code: str | None = None) -> PlaceRef:
    """A point so many metres from Mill Square."""
    return _near(16.02, 48.06, east, north, code)


def quay(east: float = 0.0, north: float = 0.0) -> PlaceRef:
    """A point so many metres from Quay Side."""
    return _near(16.03, 48.06, east, north)


def heath(east: float = 0.0, north: float = 0.0) -> PlaceRef:
    """A point so many metres from Heath End, far from the other two towns."""
    return _near(16.08, 48.02, east, north)


def border(east: float) -> PlaceRef:
    """A point on the border of MILL and QUAY, or so many metres behind it; west is MILL."""
    return _near(_BORDER, 48.06, east, 0.0)


def by_code(code: str) -> PlaceRef:
    """A place that is known by its code alone."""
    return PlaceRef(code=code)


def unknown_point(code: str | None = None) -> PlaceRef:
    """The point that this city's geocoder gives when it knows nothing."""
    return PlaceRef(point=Point(lon=16.05, lat=48.05), code=code)


def at_address(place: PlaceRef, address: str) -> PlaceRef:
    """The place, with an address as somebody told it."""
    return place.model_copy(update={"address": address})


def _near(lon: float, lat: float, east: float, north: float, code: str | None = None) -> PlaceRef:
    per_degree = METRES_PER_DEGREE * cos(radians(lat))
    point = Point(lon=lon + east / per_degree, lat=lat + north / METRES_PER_DEGREE)
    return PlaceRef(point=point, code=code)
