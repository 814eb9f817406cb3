"""Writes the files of the Beijing pack that come from published tables; the others are written by hand."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from hub.citypack.beijing.divisions import Divisions, read_divisions
from hub.citypack.beijing.sensors import sensors_of
from hub.errors import HubError

INPUTS = ("beijing-districts.csv", "beijing-towns.csv", "beijing-areas-2016.csv")
BY_HAND = (
    "city.yaml",
    "categories.csv",
    "catalogue.csv",
    "limits.csv",
    "sensor_kinds.yaml",
    "calendar.yaml",
    "repeats.yaml",
    "weights.yaml",
    "patterns.yaml",
    "warnings.yaml",
    "indicators.yaml",
)
_UNIT_FIELDS = ("id", "name", "level", "parent", "district", "town")
_OFFICES = {"街道": "办事处", "地区": "办事处", "镇": "人民政府", "乡": "人民政府"}

Row = Mapping[str, object]


def build_beijing(divisions: Path, out: Path) -> dict[str, int]:
    """Write districts, towns, communities, units and sensors; rows written by file. HubError without inputs.

    Files written by hand are copied from the packaged pack where ``out`` lacks them, and so are the city's
    own units; those of districts and towns are made from the tables.
    """
    missing = [name for name in INPUTS if not (divisions / name).is_file()]
    if missing:
        raise HubError(
            f"{divisions} lacks {', '.join(missing)}.",
            fix="Give --divisions the folder that holds the published division tables of Beijing.",
        )
    out.mkdir(parents=True, exist_ok=True)
    packaged = files("hub") / "cities" / "beijing"
    for name in (*BY_HAND, "units.csv"):
        if not (out / name).exists():
            (out / name).write_bytes((packaged / name).read_bytes())
    places = read_divisions(divisions)
    tables: dict[str, tuple[Sequence[str], list[Row]]] = {
        "districts.csv": (("code", "name", "zone"), [row.model_dump() for row in places.districts]),
        "towns.csv": (
            ("code", "name", "district", "residents", "aliases"),
            [{**row.model_dump(), "aliases": "|".join(row.aliases)} for row in places.towns],
        ),
        "communities.csv": (
            ("code", "name", "town", "lon", "lat"),
            [row.model_dump() for row in places.communities],
        ),
        "units.csv": (_UNIT_FIELDS, [*_city_units(out / "units.csv"), *_local_units(places)]),
        "sensors.csv": (
            ("id", "gateway", "slot", "kind", "lon", "lat"),
            [row.model_dump() for row in sensors_of(places)],
        ),
    }
    return {name: _write(out / name, fields, rows) for name, (fields, rows) in tables.items()}


def _city_units(file: Path) -> list[Row]:
    """The units of the city itself, which are written by hand."""
    with file.open(encoding="utf-8", newline="") as lines:
        return [row for row in csv.DictReader(lines) if row["level"] == "city"]


def _local_units(places: Divisions) -> Iterator[Row]:
    for district in places.districts:
        name = f"{district.name}人民政府"
        yield {
            "id": district.code,
            "name": name,
            "level": "district",
            "parent": "city",
            "district": district.code,
        }
    for town in places.towns:
        office = next(office for ending, office in _OFFICES.items() if town.name.endswith(ending))
        yield {
            "id": town.code,
            "name": f"{town.name}{office}",
            "level": "town",
            "parent": town.district,
            "district": town.district,
            "town": town.code,
        }


def _write(file: Path, fields: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a table with exactly these columns; the number of rows."""
    written = list(rows)
    with file.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, fields, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(written)
    return len(written)
