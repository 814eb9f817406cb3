"""The packaged city of Beijing: whole, clean, quick to load, and rebuilt from its sources to the byte."""

from collections import Counter
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest

from hub.citypack.beijing.build import BY_HAND, build_beijing
from hub.citypack.beijing.draw import draw
from hub.citypack.beijing.gcj02 import to_gcj02, to_wgs84
from hub.citypack.city import City
from hub.citypack.geometry import distance_m
from hub.citypack.load import load_city
from hub.citypack.model import UnitLevel
from hub.contracts.cases import ClockKind
from hub.contracts.fields import Feed, LimitLayer, Point, Urgency
from hub.errors import HubError

PACK = files("hub") / "cities" / "beijing"


@pytest.fixture(scope="module")
def beijing() -> City:
    return load_city("beijing")


def test_it_loads_within_a_second() -> None:
    started = process_time()
    load_city("beijing")
    assert process_time() - started < 1.0


def test_it_has_its_districts_towns_and_residents(beijing: City) -> None:
    assert len(beijing.districts) == 16
    assert len(beijing.towns) == 343
    assert all(code.startswith(town.district) and len(code) == 9 for code, town in beijing.towns.items())
    assert sum(town.residents for town in beijing.towns.values()) == 21_893_095


def test_every_town_has_a_unit_below_its_district_and_the_city(beijing: City) -> None:
    for code, town in beijing.towns.items():
        assert beijing.units[code].town == code
        assert beijing.superiors_of(code) == (town.district, "city")


def test_every_town_has_a_point_and_lies_somewhere(beijing: City) -> None:
    found = Counter(
        located.town
        for community in beijing.communities.values()
        if community.lon is not None and community.lat is not None
        if (located := beijing.locate(Point(lon=community.lon, lat=community.lat))) is not None
    )
    assert set(found) == set(beijing.towns)


def test_known_places_lie_in_their_towns(beijing: City) -> None:
    zhongguancun = beijing.locate(Point(lon=116.3105, lat=39.9824))
    assert zhongguancun is not None
    assert beijing.districts[beijing.district_of(zhongguancun.town)].name == "海淀区"
    badaling = beijing.locate(Point(lon=116.0170, lat=40.3560))
    assert badaling is not None
    assert beijing.towns[badaling.town].name == "八达岭镇"
    assert beijing.locate(Point(lon=121.47, lat=31.23)) is None


def test_old_codes_zones_and_names_find_their_town(beijing: City) -> None:
    for code, name in (
        ("110105020", "首都机场街道"),
        ("110105400", "首都机场街道"),
        ("110115403", "亦庄地区"),
        ("110101001001", "东华门街道"),
        ("东城区东华门街道", "东华门街道"),
        ("东华门街道", "东华门街道"),
    ):
        located = beijing.located_by_code(code)
        assert located is not None, code
        assert beijing.towns[located.town].name == name
    assert beijing.located_by_code("八里庄街道") is None  # two districts have one


def test_every_leaf_is_dispatched_to_known_units_everywhere(beijing: City) -> None:
    for town in ("110101001", "110109101", "110119203"):
        place = beijing.located_by_code(town)
        assert place is not None
        for category in beijing.categories:
            for feed in (Feed.HOTLINE, Feed.GRID, Feed.SENSOR):
                row = beijing.choose(category, town, feed, None)
                lead, assists = beijing.resolve_units(row, place)
                assert row.id != "catch-all", category
                assert {lead, *assists} <= set(beijing.units)


def test_a_burst_main_and_what_it_causes_share_a_group(beijing: City) -> None:
    group = {beijing.affinity_of(code) for code in (
        "water.supply.burst", "water.supply.none", "water.supply.low-pressure", "sensor.pressure.abnormal",
    )}  # fmt: skip
    assert group == {"water-burst"}
    assert beijing.join_of("water.supply.billing").never
    assert beijing.join_of("heating.supply.cold-home").never


def test_limits_follow_urgency(beijing: City) -> None:
    assert beijing.urgency_of("gas.leak.smell") is Urgency.LIFE
    assert beijing.limits_of("gas.leak.smell", Urgency.UNKNOWN).sign_for_h == 1
    assert beijing.limits_of("water.supply.none", Urgency.UNKNOWN).sign_for_h == 2
    assert beijing.limits_of("cityscape.waste.piled", Urgency.UNKNOWN).sign_for_h == 24
    assert beijing.limits_of("building.illegal.new", Urgency.UNKNOWN).resolve_h == 360


@pytest.mark.parametrize(
    ("kind", "category", "hours", "working", "layer"),
    [
        (ClockKind.ARRIVE, "gas.leak.smell", 0.5, False, LimitLayer.URGENCY_ROW),
        (ClockKind.ARRIVE, "cityscape.waste.piled", 4, True, LimitLayer.LEVEL_ROW),
        (ClockKind.OBJECT, "cityscape.waste.piled", 4, True, LimitLayer.KIND_ROW),
        (ClockKind.RESOLVE, "building.illegal.new", 360, False, LimitLayer.CATEGORY),
        (ClockKind.LOOK_BACK, "cityscape.waste.piled", 720, False, LimitLayer.DEFAULT),
    ],
)
def test_limits_are_by_urgency_level_and_kind(
    beijing: City, kind: ClockKind, category: str, hours: float, working: bool, layer: LimitLayer
) -> None:
    limit = beijing.limit_of(kind, category, Urgency.UNKNOWN, UnitLevel.DISTRICT)
    assert limit is not None
    assert (limit.hours, limit.working, limit.layer) == (hours, working, layer)


def test_it_has_about_two_thousand_sensors_on_two_hundred_gateways(beijing: City) -> None:
    assert len(beijing.gateways) == 200
    assert sum(len(gateway.sensors) for gateway in beijing.gateways.values()) > 1900
    assert {beijing.district_of(gateway.town) for gateway in beijing.gateways.values()} == set(
        beijing.districts
    )
    assert [sensor.kind for sensor in beijing.gateways["air-dongsi"].sensors][:2] == ["pm25", "pm10"]


def test_the_calendar_knows_days_off_and_make_up_days(beijing: City) -> None:
    days = {holiday.day.isoformat() for holiday in beijing.calendar.holidays}
    assert {"2024-02-10", "2025-10-08", "2026-02-23"} <= days
    assert {day.isoformat() for day in beijing.calendar.workdays} >= {
        "2024-02-04",
        "2025-01-26",
        "2026-02-28",
    }
    assert all(beijing.worktime.works_on(day) for day in beijing.calendar.workdays)
    assert not any(beijing.worktime.works_on(holiday.day) for holiday in beijing.calendar.holidays)


def test_every_file_names_its_source_and_the_pack_is_small(beijing: City) -> None:
    named = {source.file for source in beijing.settings.sources}
    assert {file.name for file in PACK.iterdir()} == named | {"city.yaml"}
    assert sum(len(file.read_bytes()) for file in PACK.iterdir()) < 2_000_000


def test_the_pack_is_what_the_build_makes_of_its_sources(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    build_beijing(shared_data("divisions"), tmp_path)
    for file in PACK.iterdir():
        assert (tmp_path / file.name).read_bytes() == file.read_bytes(), file.name
    assert {file.name for file in tmp_path.iterdir()} >= set(BY_HAND)


def test_the_build_says_which_inputs_are_missing(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"beijing-districts\.csv"):
        build_beijing(tmp_path, tmp_path / "out")


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [  # the example points of googollee/eviltransform on GitHub: Shanghai, Shenzhen, Beijing
        ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
        ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
        ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
    ],
)
def test_gcj02_is_converted(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-8)
    assert to_wgs84(*gcj02) == pytest.approx(wgs84, abs=1e-8)


def test_the_shift_in_beijing_is_some_hundred_metres() -> None:
    lon, lat = to_wgs84(116.4, 39.9)
    assert 400 < distance_m(Point(lon=lon, lat=lat), Point(lon=116.4, lat=39.9)) < 700


def test_a_steady_draw_is_steady_and_spread() -> None:
    assert draw("110101001", 3, "east") == draw("110101001", "3", "east")
    numbers = [draw("spread", number) for number in range(1000)]
    assert 0.45 < sum(numbers) / len(numbers) < 0.55
    assert all(0 <= number < 1 for number in numbers)
