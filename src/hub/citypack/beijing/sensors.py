"""Sensors of the Beijing pack: simulated gateways in the towns, and twelve known air stations."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import cos, radians

from hub.citypack.beijing.divisions import Divisions
from hub.citypack.beijing.draw import draw
from hub.citypack.geometry import METRES_PER_DEGREE
from hub.citypack.model import Sensor, Town

GATEWAYS = 188
_SPREAD_M = 150.0

AIR_STATIONS: Mapping[str, tuple[float, float]] = {
    "Aotizhongxin": (116.397, 39.982),
    "Changping": (116.230, 40.217),
    "Dingling": (116.220, 40.292),
    "Dongsi": (116.417, 39.929),
    "Guanyuan": (116.339, 39.929),
    "Gucheng": (116.184, 39.914),
    "Huairou": (116.628, 40.328),
    "Nongzhanguan": (116.461, 39.937),
    "Shunyi": (116.655, 40.127),
    "Tiantan": (116.407, 39.886),
    "Wanliu": (116.287, 39.987),
    "Wanshouxigong": (116.352, 39.878),
}
"""The stations of the city's published hourly air readings; WGS-84 points to about 100 m."""

AIR_KINDS = (
    "pm25",
    "pm10",
    "so2",
    "no2",
    "co",
    "o3",
    "air-temperature",
    "air-pressure",
    "dew-point",
    "rain",
    "wind-speed",
)
"""What a station measures, in the order of its packs' columns (the profile `beijingair`)."""

_PROFILES: tuple[tuple[str, ...], ...] = (
    ("water-pressure",) * 6 + ("manhole-tilt",) * 4,
    ("underpass-level",) * 4 + ("manhole-tilt",) * 5 + ("noise",),
    ("smoke",) * 5 + ("lift",) * 3 + ("gas",) * 3,
    ("heat-supply",) * 4 + ("gas",) * 4 + ("water-pressure",) * 3,
    ("noise",) * 2 + ("pm25",) * 2 + ("manhole-tilt",) * 4 + ("smoke",) * 2,
)
"""What hangs on one gateway: a pipe network, an underpass, a block of flats, a boiler house, a street."""


@dataclass(frozen=True, slots=True)
class _Site:
    """A place for a gateway."""

    gateway: str
    lon: float
    lat: float


def sensors_of(divisions: Divisions) -> Iterator[Sensor]:
    """All sensors of the pack, by gateway and slot."""
    for site, kinds in sorted(_sites(divisions), key=lambda pair: pair[0].gateway):
        for slot, kind in enumerate(kinds):
            lon, lat = _near(site, slot) if kinds != AIR_KINDS else (site.lon, site.lat)
            yield Sensor(
                id=f"{site.gateway}.{slot:02d}",
                gateway=site.gateway,
                slot=slot,
                kind=kind,
                lon=round(lon, 6),
                lat=round(lat, 6),
            )


def _sites(divisions: Divisions) -> Iterator[tuple[_Site, tuple[str, ...]]]:
    for station, (lon, lat) in AIR_STATIONS.items():
        yield _Site(f"air-{station.lower()}", lon, lat), AIR_KINDS
    points: dict[str, list[tuple[float, float]]] = {}
    for community in divisions.communities:
        if community.lon is not None and community.lat is not None:
            points.setdefault(community.town, []).append((community.lon, community.lat))
    for number, town in enumerate(_equipped_towns(divisions.towns)):
        known = points[town.code]
        lon, lat = known[int(draw(town.code, "gateway") * len(known))]
        yield _Site(f"gw-{town.code}", lon, lat), _PROFILES[number % len(_PROFILES)]


def _equipped_towns(towns: Sequence[Town]) -> list[Town]:
    """The towns with a gateway: the largest of each district in turn, until there are enough."""
    by_district: dict[str, list[Town]] = {}
    for town in sorted(towns, key=lambda town: (-town.residents, town.code)):
        by_district.setdefault(town.district, []).append(town)
    rank = {town.code: (at, town.code) for inside in by_district.values() for at, town in enumerate(inside)}
    return sorted(towns, key=lambda town: rank[town.code])[:GATEWAYS]


def _near(site: _Site, slot: int) -> tuple[float, float]:
    """A point within about 150 m of the gateway."""
    east = (2 * draw(site.gateway, slot, "east") - 1) * _SPREAD_M
    north = (2 * draw(site.gateway, slot, "north") - 1) * _SPREAD_M
    return (
        site.lon + east / METRES_PER_DEGREE / cos(radians(site.lat)),
        site.lat + north / METRES_PER_DEGREE,
    )
