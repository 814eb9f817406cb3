"""Districts, towns and communities of Beijing: towns of 2023, with the points of the communities of 2016."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.citypack.beijing.gcj02 import to_wgs84
from hub.citypack.beijing.residents import residents_of
from hub.citypack.fields import Zone
from hub.citypack.model import Community, District, Town

_ZONES = {
    **dict.fromkeys(("110101", "110102"), Zone.CORE),
    **dict.fromkeys(("110105", "110106", "110107", "110108"), Zone.URBAN),
    **dict.fromkeys(("110111", "110112", "110113", "110114", "110115"), Zone.NEW_TOWN),
    **dict.fromkeys(("110109", "110116", "110117", "110118", "110119"), Zone.ECOLOGICAL),
}

DEVELOPMENT_ZONES: Mapping[str, str] = {
    "110115403": "110115004",  # 北京经济技术开发区 -> 亦庄地区
    "110115404": "110115005",  # 大兴生物医药产业基地 -> 黄村地区
    "110115405": "110115005",  # 大兴经济开发区 -> 黄村地区
    "110115406": "110115106",  # 大兴国际机场 -> 礼贤镇
    "110116400": "110116004",  # 北京雁栖经济开发区 -> 雁栖地区
    "110118400": "110118100",  # 中关村科技园区密云园 -> 密云镇
}
"""Zones have a code in the tables but are no towns: what is reported under the code goes to this town."""

FORMER_TOWNS: Mapping[str, str] = {
    "110105400": "110105020",  # 首都机场街道, code changed
    "110106019": "110106005",  # 南苑地区, dissolved, most of it -> 南苑街道
    "110112005": "110112120",  # 永顺地区 -> 永顺镇
    "110112006": "110112121",  # 梨园地区 -> 梨园镇
}
"""Towns of 2016 that are no more, and the town that their communities now belong to."""

_NAMED_AFTER: Mapping[str, tuple[str, ...]] = {
    "110106020": ("成寿寺",),
    "110106021": ("石榴庄",),
    "110106023": ("看丹",),
    "110106024": ("五里店",),
    "110106025": ("青塔",),
    "110112010": ("九棵树",),
    "110112012": ("杨庄",),
    "110112013": ("潞邑", "小潞邑"),
}
"""Towns founded after 2016, and how the names of the communities begin that went to them."""

_ESTIMATED: Mapping[str, tuple[float, float]] = {
    "110106021": (116.4085, 39.8420),  # 石榴庄街道
    "110106022": (116.3360, 39.8410),  # 玉泉营街道
    "110106024": (116.2480, 39.8600),  # 五里店街道
    "110112007": (116.7330, 39.9070),  # 潞源街道
    "110112008": (116.7080, 39.8990),  # 通运街道
    "110112009": (116.6740, 39.8520),  # 文景街道
    "110112011": (116.6780, 39.8660),  # 临河里街道
    "110114013": (116.2840, 40.1000),  # 史各庄街道
    "110115013": (116.5070, 39.7670),  # 博兴街道
}
"""WGS-84 points of towns for which the tables have none: our own estimate, good to about a kilometre."""


@dataclass(frozen=True, slots=True)
class Divisions:
    """The places of the city, sorted by code."""

    districts: tuple[District, ...]
    towns: tuple[Town, ...]
    communities: tuple[Community, ...]


@dataclass(frozen=True, slots=True)
class _Area:
    """One row of the table of 2016."""

    code: str
    name: str
    level: str
    point: tuple[float, float] | None


def read_divisions(folder: Path) -> Divisions:
    """The places from beijing-districts.csv, beijing-towns.csv and beijing-areas-2016.csv of a folder."""
    names = {row["code"]: row["name"] for row in _rows(folder / "beijing-districts.csv")}
    towns = [row for row in _rows(folder / "beijing-towns.csv") if row["code"] not in DEVELOPMENT_ZONES]
    areas = [_area(row) for row in _rows(folder / "beijing-areas-2016.csv")]
    town_names = {row["code"]: row["name"] for row in towns}
    communities = sorted(_communities(areas, town_names), key=lambda community: community.code)
    residents = residents_of(town_names, communities)
    return Divisions(
        districts=tuple(District(code=code, name=names[code], zone=_ZONES[code]) for code in sorted(names)),
        towns=tuple(
            Town(
                code=code,
                name=town_names[code],
                district=code[:6],
                residents=residents[code],
                aliases=tuple(_aliases(code, names[code[:6]], town_names)),
            )
            for code in sorted(town_names)
        ),
        communities=tuple(communities),
    )


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield from csv.DictReader(lines)


def _area(row: Mapping[str, str]) -> _Area:
    lon, lat = row["lon_gcj02"], row["lat_gcj02"]
    return _Area(row["code"], row["name"], row["level"], to_wgs84(float(lon), float(lat)) if lon else None)


def _communities(areas: Sequence[_Area], towns: Mapping[str, str]) -> Iterator[Community]:
    """The communities under the towns of 2023, and one more for each town that has a point of its own."""
    town_points = dict(_ESTIMATED)
    doubtful = _doubtful_points(areas, towns)
    for area in areas:
        if area.level == "town" and area.point is not None and area.code[:9] in towns:
            town_points.setdefault(area.code[:9], area.point)
        elif area.level == "village":
            point = None if area.point in doubtful else area.point
            yield _community(area.code, _short(area.name), _town_now(area, towns), point)
    for town, point in town_points.items():
        yield _community(f"{town}000", towns[town], town, point)


def _doubtful_points(areas: Sequence[_Area], towns: Mapping[str, str]) -> set[tuple[float, float]]:
    """Points that communities of two towns share: they were looked up by a name that both towns have."""
    found: dict[tuple[float, float], set[str]] = {}
    for area in areas:
        if area.level == "village" and area.point is not None:
            found.setdefault(area.point, set()).add(_town_now(area, towns))
    return {point for point, sharing in found.items() if len(sharing) > 1}


def _town_now(area: _Area, towns: Mapping[str, str]) -> str:
    """The town of 2023: one founded since and named like the community, else the one with its town's code."""
    for town, beginnings in _NAMED_AFTER.items():
        if town[:6] == area.code[:6] and area.name.startswith(beginnings):
            return town
    then = area.code[:9]
    town = FORMER_TOWNS.get(then) or DEVELOPMENT_ZONES.get(then) or then
    if town not in towns:
        raise ValueError(f"{area.code} {area.name}: its town {then} is in no table; add it to FORMER_TOWNS")
    return town


def _community(code: str, name: str, town: str, point: tuple[float, float] | None) -> Community:
    if point is None:
        return Community(code=code, name=name, town=town)
    return Community(code=code, name=name, town=town, lon=round(point[0], 6), lat=round(point[1], 6))


def _short(name: str) -> str:
    """The community's name without its committee: 多福巷社区居委会 -> 多福巷社区, 永顺村村委会 -> 永顺村."""
    if name.endswith("村村委会"):
        return name.removesuffix("村委会")
    return name.removesuffix("居委会") if name.endswith("居委会") else name.removesuffix("委会")


def _aliases(code: str, district: str, towns: Mapping[str, str]) -> Iterator[str]:
    """What else the town is called: its name if only one town has it, that with the district, old codes."""
    name = towns[code]
    if sum(other == name for other in towns.values()) == 1:
        yield name
    yield f"{district}{name}"
    for old, now in sorted({**DEVELOPMENT_ZONES, **FORMER_TOWNS}.items()):
        if now == code:
            yield old
