"""A pack loads, or every mistake in it is explained with file, line, field and fix."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.citypack.load import find_pack, load_city, packaged_cities, read_pack
from hub.citypack.model import UnitLevel
from hub.contracts.cases import ClockKind
from hub.contracts.fields import Feed, LimitLayer, Point, Urgency
from hub.errors import HubError

WritePack = Callable[..., Path]


def test_a_third_city_loads_and_works(write_pack: WritePack) -> None:
    city = load_city(write_pack())
    place = city.locate(Point(lon=16.04, lat=48.06))
    assert place is not None
    assert place.town == "N2"
    row = city.choose("burst", "N2", Feed.HOTLINE, None)
    assert city.resolve_units(row, place) == ("lake", ("water",))
    assert city.limits_of("burst", Urgency.UNKNOWN).resolve_h == 12
    assert city.limits_of("dry", Urgency.UNKNOWN).resolve_h == 24
    assert city.affinity_of("dry") == city.affinity_of("burst") == "main"
    assert [sensor.id for sensor in city.gateways["g1"].sensors] == ["p0", "p1"]
    assert city.gateways["g1"].town == "N1"
    assert city.superiors_of("lake") == ("north", "hall")
    assert city.max_join_m == 100
    assert city.is_default_point(Point(lon=16.05, lat=48.05))


def test_limits_and_working_time_of_a_third_city(write_pack: WritePack) -> None:
    city = load_city(write_pack())
    limit = city.limit_of(ClockKind.SIGN_FOR, "noise", Urgency.UNKNOWN, UnitLevel.TOWN)
    assert limit is not None
    assert (limit.hours, limit.working, limit.layer) == (4, True, LimitLayer.CATEGORY_LEVEL_ROW)
    # Friday 16:00 in Vienna; the office shuts at 18:00 and opens on Monday at 9:00.
    opened = datetime(2026, 3, 6, 15, tzinfo=UTC)
    assert city.due_after(opened, limit) == datetime(2026, 3, 9, 10, tzinfo=UTC)


def test_limits_are_optional(write_pack: WritePack) -> None:
    city = load_city(write_pack(without=("limits.csv",)))
    limit = city.limit_of(ClockKind.CALLBACK, "noise", Urgency.GENERAL)
    assert limit is not None
    assert (limit.hours, limit.layer) == (24, LimitLayer.DEFAULT)


def test_working_hours_without_any_listed_holidays_are_refused(write_pack: WritePack) -> None:
    folder = write_pack(
        "city.yaml", "resolve_h: 2}", "resolve_h: 2, working: true}", without=("calendar.yaml",)
    )
    (folder / "calendar.yaml").write_text("weekend: [7]\n", encoding="utf-8")
    _, mistakes = read_pack(folder)
    assert [(each.where, each.field) for each in mistakes] == [
        ("city.yaml:7", "limits_by_urgency"),
        ("limits.csv:2", "working"),
    ]


def test_sensors_and_their_kinds_are_optional(write_pack: WritePack) -> None:
    city = load_city(write_pack(without=("sensor_kinds.yaml", "sensors.csv")))
    assert not city.gateways
    assert not city.kinds


def test_a_table_may_be_yaml_instead_of_csv(write_pack: WritePack) -> None:
    folder = write_pack(without=("districts.csv",))
    (folder / "districts.yaml").write_text("- {code: N, name: North}\n- {code: S, name: South}\n")
    assert set(load_city(folder).districts) == {"N", "S"}


def test_a_pack_of_listed_cells_needs_no_communities(write_pack: WritePack) -> None:
    folder = write_pack("city.yaml", "nearest_community", "cell_table", without=("communities.csv",))
    (folder / "cells.csv").write_text("cell,town\n0015-0066,N1\n0030-0066,N2\n0022-0033,S1\n")
    city = load_city(folder)
    place = city.located_by_code("0030-0066")
    assert place is not None
    assert (place.town, place.cell) == ("N2", "0030-0066")


MISTAKES = {
    "towns.csv": [  # old, new, line, field, problem, fix
        ("N2,Lake,N,", "N2,Lake,Nn,", 3, "district", "Nn is not in districts.csv", "did you mean N?"),
        ("N2,Lake", "N1,Lake", 3, "code", "N1 stands in line 2", "its own code"),
        ("N2,Lake,N,2000", "N2,Lake,N,many", 3, "residents", "'many'", "whole number"),
        ("N2,Lake,N,2000,", "N2,Lake,N,2000,ward 1", 3, "aliases", "stands for town N1", "remove one"),
        ("N2,Lake", "N 2,Lake", 3, "code", "'N 2'", "letters, digits"),
        ("N2,Lake,", "N2,,", 3, "name", "is missing", "add it"),
        ("residents", "resident", 2, "resident", "no such field", "did you mean residents?"),
        ("N2,Lake,N,2000,", "N2,Lake,N,2,000,", 3, "", "6 cells under 5 columns", "quotes"),
        ("residents,aliases", "aliases,aliases", 1, "aliases", "stands twice", "own name"),
        ("Hill", "\"Hill", 2, "", "unexpected end of data", "close every quote"),
    ],
    "districts.csv": [
        ("ecological", "wild", 3, "zone", "'wild' is not a choice", "'core', 'urban'"),
        ("S,South", "E,East,urban\nS,South", 3, "code", "E has no town", "add its towns"),
    ],
    "communities.csv": [
        ("N2-a,Lake Side,N2", "N2-a,Lake Side,N1", 3, "code", "no community of the town", "lon"),
        ("16.04,48.06", "16.04,", 3, "lat", "needs lon and lat", "write lat"),
        ("16.04,48.06", "16.05,48.05", 3, "lon", "default point", "real point"),
        ("16.04,", "216.04,", 3, "lon", "'216.04'", "correct it"),
        ("N2-a,", "N1,", 3, "code", "stands for town N1", "own code"),
        ("S1-b,Moor Edge,S1", "S1-b,Moor Edge,S9", 5, "town", "S9 is not in towns.csv", "add it"),
    ],
    "units.csv": [
        ("district,hall,N", "district,hal,N", 4, "parent", "hal is not in units.csv", "mean hall?"),
        ("hall,City hall,city,,", "hall,City hall,city,water,", 2, "parent", "above itself", "no parent"),
        ("town,north,N,N1", "town,,N,N1", 6, "parent", "nobody above it", "name its parent"),
        ("town,north,N,N1", "town,lake,N,N1", 6, "parent", "not above level town", "higher level"),
        ("lake,Lake office,town,north,N,N2", "lake,Lake,town,north,S,N2",
         7, "district", "lies in", "write N"),
        ("north,N,N2", "north,N,N1", 7, "town", "hill is the unit of town N1", "only one unit"),
        ("north,N,N2", "north,N,", 7, "town", "needs its town", "code"),
    ],
    "categories.csv": [
        ("dry,No water,utility", "dry,No water,utilty", 4, "parent", "not in", "mean utility?"),
        ("utility,Utilities,,", "utility,Utilities,dry,", 2, "parent", "its own ancestor", "no parent"),
        ("Noise,,,", "Noise,,Water  EVERYWHERE,", 5, "aliases", "stands for category burst", "rename"),
        ("dry,No water", "dry,Burst main", 4, "path", "stands for category burst", "rename"),
        (",50,2,", ",50,,", 5, "join", "no time", "within_hours"),
        ("true,,,", "true,9,9,", 6, "join", "never joins", "remove never"),
        ("noise,Noise,,,,", "noise,Noise,,,urgent,", 5, "urgency", "'urgent'", "'life'"),
    ],
    "catalogue.csv": [
        ("water,utility", "water,utilities", 3, "category", "utilities is not in", "mean utility?"),
        ("water,{town}|", "watr,{town}|", 3, "lead", "watr is not in units.csv", "mean water?"),
        ("{town},water", "{town},wtr", 4, "assist", "wtr is not in units.csv", "mean water?"),
        ("{town}|{district}", "water|{town}", 3, "assist", "water leads already", "leave it out"),
        ("{town}|{district}", "{town}|{town}", 3, "assist", "stands twice", "leave one out"),
        ("burst-lake,burst,,N2", "burst-lake,utility,,", 4, "category", "same as row water", "specific"),
        ("burst,,N2,,", "burst,,N2,S,", 4, "district", "never fits", "leave the district out"),
        ("all,,,,,,{town},{district}\n", "", 5, "code", "noise has no row", "add a row for noise"),
        ("burst,,N2,,", "burst,,N2,,phone", 4, "feed", "'phone", "'hotline'"),
    ],
    "limits.csv": [
        ("sign_for,noise", "sign_for,noice", 2, "category", "noice is not in", "mean noise?"),
        ("sign_for,noise", "signfor,noise", 2, "kind", "'signfor' is not a choice", "'sign_for'"),
        ("callback", "unknown", 3, "kind", "no limit", "write sign_for"),
        ("callback,,,", "callback,,unknown,", 3, "urgency", "no urgency", "leave it empty"),
        ("callback,,,,48", "callback,,,,", 3, "hours", "must not wait for ever", "leave the row out"),
        ("callback,,,,48", "sign_for,noise,,town,48", 3, "kind", "line 2", "remove one"),
        ("callback,,,,48", "resolve,,,town,48", 3, "kind", "never answers", "name an urgency"),
        ("4,true", "200,", 2, "hours", "200 h where resolve has 168 h", "before it must be resolved"),
        ("4,true", "-4,true", 2, "hours", "'-4'", "correct it"),
        ("noise,,town", "noise,,village", 2, "level", "'village' is not a choice", "'community'"),
    ],
    "sensor_kinds.yaml": [
        ("low_clear: 0.25", "low_clear: 0.1", 4, "low_clear", "lies below low", "at or above"),
        ("  low_clear: 0.25\n", "", 1, "low_clear", "go together", "write low_clear"),
        ("low_clear: 0.25", "low_clear: 0.25\n  high: 0.1\n  high_clear: 0.1", 3, "low", "high", "swap"),
        ("category: burst", "category: bust", 5, "category", "bust is not in", "mean burst?"),
        ("unit: MPa", "unit: MPa\n  fault_category: othr", 3, "fault_category", "is not in", "mean other?"),
        ("unit: MPa", "unit: MPa\n  stuck_above: 1", 3, "stuck_above", "not say when", "stuck_minutes"),
        ("unit: MPa", "unit: MPa\n  missing_share: 1.0", 3, "missing_share", "less than 1", ""),
        ("unit: MPa", "unit: MPa\n  unit: bar", 3, "unit", "stands twice", "keep one"),
        ("- kind", "kind", 2, "", "", "indentation"),
    ],
    "sensors.csv": [
        ("p1,g1,1", "p1,g1,2", 3, "slot", "no slot 1", "without gaps"),
        ("p1,g1,1", "p1,g1,0", 3, "slot", "taken by p0", "own slot"),
        ("16.021,48.06", "16.5,48.06", 3, "lon", "lies in no town", "correct lon"),
        ("16.021,48.06", "16.05,48.05", 3, "lon", "default point", "real point"),
        ("1,pressure", "1,presure", 3, "kind", "presure is not in", "did you mean pressure?"),
    ],
    "calendar.yaml": [
        ("[2026-01-03]", "[2026-01-05]", 4, "workdays", "working day anyway", "remove it"),
        ("years: [2026]", "years: [2025]", 2, "holidays", "not listed", "add 2026"),
        ("2026-01-01", "New Year", 3, "holidays.0.day", "'New Year'", "YYYY-MM-DD"),
        ("years: [2026]", "hours: [{start: 12:00, end: 09:00}]\nyears: [2026]",
         1, "hours.0", "later than start", "correct it"),
    ],
    "weights.yaml": [
        ("response: 0.2", "response: 0.3", 1, "", "must be 1, not 1.1", "correct it"),
    ],
    "city.yaml": [
        ("catch_all_unit: hall", "catch_all_unit: hal", 4, "catch_all_unit", "hal is not in", "hall?"),
        ("timezone: Europe/Vienna", "timezone: Europe/Vienna\ncases: {hazard_plan_units: [watr]}",
         4, "cases", "watr is not in", "water?"),
        ("timezone: Europe/Vienna", "timezone: Europe/Vienna\ncases: {reviewer: court}",
         4, "cases", "court is not in", "south?"),
        ("unknown_category: other", "unknown_category: odd", 5, "unknown_category", "odd is not in", "add"),
        ("Europe/Vienna", "Europe/Wien", 3, "timezone", "not a time zone", "Asia/Shanghai"),
        ("  life: {sign_for_h: 1, resolve_h: 2}\n", "",
         7, "limits_by_urgency", "life is missing", "add life"),
        ("sign_for_h: 1,", "sign_for_h: 3,", 7, "limits_by_urgency", "longer than", "shorter"),
        ("origin_lon: 16.0", "origin_lon: 16.03", 11, "grid", "south-west", "below 16.02"),
        ("origin_lon: 16.0", "origin_lon: 1.0", 11, "grid", "9999 cells", "nearer"),
        ("reach_m: 3000", "reach_m: far", 15, "grid.reach_m", "'far'", "number"),
        ("nearest_community", "cell_table", 11, "grid", "no cell is listed", "cells.csv"),
        ("town_from: nearest_community", "cell_m: 90\n  town_from: nearest_community",
         11, "grid", "100 m", "2"),
        ("reach_m: 3000", "reach: 3000", 15, "grid.reach", "no such field", "remove it"),
        ("lat: 48.05", "lat: 48.05, town: X", 16, "default_points", "X is not in", "add it"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "field", "problem", "fix"),
    [(file, *case) for file, cases in MISTAKES.items() for case in cases],
)
def test_a_mistake_is_explained_where_it_stands(
    write_pack: WritePack, file: str, old: str, new: str, line: int, field: str, problem: str, fix: str
) -> None:
    city, mistakes = read_pack(write_pack(file, old, new))
    assert city is None
    found = [
        mistake
        for mistake in mistakes
        if mistake.field == field
        and problem in mistake.problem
        and fix in mistake.fix
        and mistake.line == line
    ]
    assert found, "\n".join(map(str, mistakes))


def test_all_mistakes_are_reported_at_once_in_order(write_pack: WritePack) -> None:
    folder = write_pack("towns.csv", "N2,Lake,N,2000", "N2,Lake,N,many")
    (folder / "weights.yaml").write_text("response: 2\nresolution: x\n")
    (folder / "units.csv").write_bytes(b"id,name\n\xff\xfe,x\n")
    _, mistakes = read_pack(folder)
    assert [(mistake.file, mistake.line, mistake.field) for mistake in mistakes] == [
        ("towns.csv", 3, "residents"),
        ("units.csv", 0, ""),
        ("weights.yaml", 1, "response"),
        ("weights.yaml", 1, "satisfaction"),
        ("weights.yaml", 2, "resolution"),
    ]


def test_a_broken_row_is_not_reported_again_by_what_refers_to_it(write_pack: WritePack) -> None:
    _, mistakes = read_pack(write_pack("towns.csv", "N2,Lake,N,2000", "N2,Lake,N,many"))
    assert [(mistake.where, mistake.field) for mistake in mistakes] == [("towns.csv:3", "residents")]


@pytest.mark.parametrize("file", ["city.yaml", "towns.csv", "catalogue.csv", "calendar.yaml"])
def test_a_missing_file_is_named(write_pack: WritePack, file: str) -> None:
    _, mistakes = read_pack(write_pack(without=(file,)))
    assert [(mistake.file, mistake.problem) for mistake in mistakes] == [(file, "the file is missing")]


def test_a_misspelt_file_is_named_with_what_was_meant(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "sensors.csv").rename(folder / "sensor.csv")
    _, mistakes = read_pack(folder)
    assert [(mistake.file, mistake.fix) for mistake in mistakes] == [
        ("sensor.csv", "did you mean sensors.csv?")
    ]


def test_the_same_table_twice_is_refused(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "towns.yaml").write_text("[]\n")
    _, mistakes = read_pack(folder)
    assert any("towns.yaml says the same" in mistake.problem for mistake in mistakes)


def test_an_empty_file_is_explained(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "towns.csv").write_text("")
    (folder / "city.yaml").write_text("# nothing\n")
    _, mistakes = read_pack(folder)
    assert [(mistake.file, mistake.problem) for mistake in mistakes] == [
        ("city.yaml", "the file is empty"),
        ("towns.csv", "the file is empty"),
    ]


def test_yaml_that_holds_itself_is_refused(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "weights.yaml").write_text("response: &again [*again]\n")
    _, mistakes = read_pack(folder)
    assert any(mistake.problem == "nested too deeply" for mistake in mistakes)


def test_load_city_lists_the_mistakes_in_one_error(write_pack: WritePack) -> None:
    folder = write_pack("towns.csv", "N2,Lake,N,2000", "N2,Lake,Q,many")
    with pytest.raises(HubError, match=r"towns\.csv:3 residents: 'many'") as caught:
        load_city(folder)
    assert "hub city check" in caught.value.fix


def test_an_unknown_name_says_which_there_are() -> None:
    with pytest.raises(HubError, match="no city pack named bejing") as caught:
        load_city("bejing")
    assert "did you mean beijing?" in caught.value.fix


def test_packaged_names_win_and_are_listed() -> None:
    assert "beijing" in packaged_cities()
    assert (find_pack("beijing") / "city.yaml").is_file()
