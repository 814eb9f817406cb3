"""Places in the simulated city: points near a community, addresses, and what a publisher writes of them."""

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from math import cos, hypot, log, pi, radians, sin, sqrt

from hub.citypack.city import City, Located
from hub.citypack.geometry import METRES_PER_DEGREE
from hub.contracts.fields import PlaceRef, Point
from hub.simulate.chance import Weighted, digest_of, mixed, uniform

JITTER_M = 160.0
"""How far from the point of its community a place lies, one standard deviation, metres."""

PLACES = 32
"""Places of a community where something happens, again and again: its houses, crossings, shops."""

_TRIES = 4

_STREETS = ("Main St", "Park Ave", "Mill Rd", "Church St", "River St", "Oak St", "Station Rd", "Hill St")


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: its point, where that lies, and what people call it."""

    point: Point
    at: Located
    area: str
    """Code of the community, or of the town where the pack knows none."""
    name: str


class Spots:
    """Draws places of a city: towns by their residents, within a town any community as likely.

    With ``within`` only of these towns.
    """

    def __init__(self, city: City, language: str, seed: int, within: Collection[str] = ()) -> None:
        self.city = city
        self._language = language
        self._seed = seed
        self._places: dict[tuple[str, int, int], Spot] = {}
        self._anchors: dict[str, list[tuple[str, str, Point]]] = {code: [] for code in city.towns}
        for community in city.communities.values():
            if community.lon is not None and community.lat is not None:
                point = Point(lon=community.lon, lat=community.lat)
                self._anchors[community.town].append((community.code, community.name, point))
        for town in city.towns.values():
            if not self._anchors[town.code]:
                self._anchors[town.code] = [(town.code, town.name, p) for p in city.points_of(town.code)]
        known = [town for town in city.towns.values() if self._anchors[town.code]]
        mean = sum(town.residents for town in known) / max(len(known), 1) or 1.0
        weights = {town.code: float(town.residents or mean) for town in known}
        drawn = [code for code in weights if not within or code in within]
        self.part = sum(weights[code] for code in drawn) / (sum(weights.values()) or 1.0)
        """Share of the city's residents who live where places are drawn."""
        self.towns = Weighted(drawn, [weights[code] for code in drawn])
        self._among = lru_cache(maxsize=64)(partial(_among, weights))

    def draw(self, rng: random.Random, towns: Collection[str] = ()) -> Spot:
        """A place somewhere in the city, or in one of some towns."""
        among = self._among(frozenset(towns)) if towns else self.towns
        return self.in_town(rng, among.draw(rng))

    def share(self, towns: Collection[str]) -> float:
        """The share of some towns in all that is drawn."""
        return self._among(frozenset(towns)).total / self.towns.total

    def metres(self, a: Spot, b: Spot) -> float:
        """How far two places lie apart."""
        return self.city.distance_m(a.point, b.point)

    def in_town(self, rng: random.Random, town: str) -> Spot:
        """One of the places of a town, or of a neighbour just beyond its border."""
        anchors = self._anchors[town]
        anchor, place = int(rng.random() * len(anchors)), int(rng.random() * PLACES)
        spot = self._places.get((town, anchor, place))
        if spot is None:
            spot = self._places[town, anchor, place] = self._place(town, anchor, place)
        return spot

    def _place(self, town: str, anchor: int, place: int) -> Spot:
        """The place with this number around a known point: the same in every run with the seed."""
        area, name, point = self._anchors[town][anchor]
        centre = Spot(point, Located(town, None, town), area, name)
        drawn = digest_of(self._seed, "place", town, anchor, place)
        away, angle = JITTER_M * sqrt(-2 * log(uniform(drawn))), 2 * pi * uniform(mixed(drawn))
        return (
            self._moved_to(centre, away * cos(angle), away * sin(angle))
            or self._moved_to(centre, 0, 0)
            or centre
        )

    def near(self, rng: random.Random, spot: Spot, within_m: float) -> Spot:
        """A place within so many metres of another, more often near than far; that one itself if none is."""
        for _ in range(_TRIES):
            east, north = rng.gauss(0.0, within_m / 2.2), rng.gauss(0.0, within_m / 2.2)
            if hypot(east, north) <= within_m and (found := self._moved_to(spot, east, north)):
                return found
        return spot

    def at(self, point: Point) -> Spot | None:
        """The place of a point, None outside the city."""
        located = self.city.locate(point)
        if located is None:
            return None
        return Spot(point, located, located.town, self.city.towns[located.town].name)

    def _moved_to(self, origin: Spot, east_m: float, north_m: float) -> Spot | None:
        """The spot so many metres away; None outside the city.

        It keeps its community's name, or takes its town's where it lies across a town's border.
        """
        point = _moved(origin.point, east_m, north_m)
        located = self.city.locate(point)
        if located is None:
            return None
        community = self.city.communities.get(origin.area)
        if community is not None and community.town == located.town:
            return Spot(point, located, origin.area, origin.name)
        return Spot(point, located, located.town, self.city.towns[located.town].name)

    # what publishers write

    def address(self, rng: random.Random, spot: Spot) -> str:
        """An exact address, as a citizen says it."""
        drawn = int(rng.random() * 100_000)
        town = self.city.towns[spot.at.town]
        if self._language != "zh":
            street = _STREETS[drawn % len(_STREETS)]
            return f"{1 + drawn // len(_STREETS) % 999} {street}, {town.name}"
        district = self.city.districts[town.district].name
        area = spot.name if spot.name != town.name else ""
        building, entrance, floor, door = (
            1 + drawn % 40,
            1 + drawn % 6,
            1 + drawn // 40 % 18,
            1 + drawn // 720 % 4,
        )
        return f"{district}{town.name}{area}{building}号楼{entrance}单元{floor}0{door}"

    def told_by_citizen(self, rng: random.Random, spot: Spot, address: str) -> PlaceRef:
        """Mostly a point with a code, one in eight a code and an address alone, seldom a point alone."""
        told = rng.random()
        if told < 0.85:
            return PlaceRef(point=spot.point, code=spot.area, address=address if told < 0.5 else None)
        if told < 0.95:
            return PlaceRef(code=spot.area, address=address)
        if told < 0.98:
            return PlaceRef(code=self._alias(spot.at.town), address=address)
        return PlaceRef(point=spot.point)

    def told_by_worker(self, rng: random.Random, spot: Spot) -> PlaceRef:
        """A grid worker's phone knows the point and the cell; seldom the cell alone."""
        point = spot.point if rng.random() < 0.93 else None
        return PlaceRef(point=point, code=spot.at.cell or spot.at.town)

    def _alias(self, town: str) -> str:
        aliases = self.city.towns[town].aliases
        return aliases[-1] if aliases else town


def _among(weights: Mapping[str, float], towns: frozenset[str]) -> Weighted[str]:
    known = sorted(towns & weights.keys())
    return Weighted(known, [weights[code] for code in known])


def _moved(point: Point, east_m: float, north_m: float) -> Point:
    """A point so many metres to the east and north, to the sixth decimal as phones give it."""
    lat = point.lat + north_m / METRES_PER_DEGREE
    lon = point.lon + east_m / METRES_PER_DEGREE / cos(radians(point.lat))
    return Point(lon=round(lon, 6), lat=round(lat, 6))
