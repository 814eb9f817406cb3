"""A third city of three towns, as small as a pack can be, for tests to load and to break."""

from collections.abc import Callable
from pathlib import Path

import pytest

TINY = {
    "city.yaml": """\
code: tiny
name: Tiny City
timezone: Europe/Vienna
catch_all_unit: hall
unknown_category: other
catalogue_version: "1"
limits_by_urgency:
  life: {sign_for_h: 1, resolve_h: 2}
  utility: {sign_for_h: 2, resolve_h: 24}
  general: {sign_for_h: 24, resolve_h: 168}
grid:
  origin_lon: 16.0
  origin_lat: 48.0
  town_from: nearest_community
  reach_m: 3000
default_points:
  - {lon: 16.05, lat: 48.05, note: city hall}
""",
    "districts.csv": "code,name,zone\nN,North,urban\nS,South,ecological\n",
    "towns.csv": (
        "code,name,district,residents,aliases\n"
        "N1,Hill,N,1000,The Hill|Ward 1\nN2,Lake,N,2000,\nS1,Moor,S,500,\n"
    ),
    "communities.csv": (
        "code,name,town,lon,lat\nN1-a,Hill Top,N1,16.02,48.06\nN2-a,Lake Side,N2,16.04,48.06\n"
        "S1-a,Moor End,S1,16.03,48.03\nS1-b,Moor Edge,S1,,\n"
    ),
    "units.csv": (
        "id,name,level,parent,district,town\nhall,City hall,city,,,\nwater,Water works,city,hall,,\n"
        "north,North office,district,hall,N,\nsouth,South office,district,hall,S,\n"
        "hill,Hill office,town,north,N,N1\nlake,Lake office,town,north,N,N2\n"
        "moor,Moor office,town,south,S,S1\n"
    ),
    "categories.csv": (
        "code,name,parent,aliases,urgency,affinity,join.never,join.within_m,join.within_hours,limits.resolve_h\n"
        "utility,Utilities,,,utility,,,100,24,\n"
        "burst,Burst main,utility,water everywhere,,main,,,,12\n"
        "dry,No water,utility,,,main,,,,\n"
        "noise,Noise,,,,,,50,2,\n"
        "other,Other,,,,,true,,,\n"
    ),
    "catalogue.csv": (
        "id,category,title,town,district,feed,lead,assist\n"
        "all,,,,,,{town},{district}\n"
        "water,utility,,,,,water,{town}|{district}\n"
        "burst-lake,burst,,N2,,,{town},water\n"
    ),
    "limits.csv": (
        "kind,category,urgency,level,hours,working,note\n"
        "sign_for,noise,,town,4,true,at the town office\n"
        "callback,,,,48,,\n"
    ),
    "sensor_kinds.yaml": """\
- kind: pressure
  unit: MPa
  low: 0.2
  low_clear: 0.25
  category: burst
  silent_category: other
""",
    "sensors.csv": (
        "id,gateway,slot,kind,lon,lat\np0,g1,0,pressure,16.02,48.06\np1,g1,1,pressure,16.021,48.06\n"
    ),
    "calendar.yaml": """\
years: [2026]
holidays:
  - {day: 2026-01-01, name: New Year}
workdays: [2026-01-03]
""",
    "weights.yaml": "response: 0.2\nresolution: 0.4\nsatisfaction: 0.4\n",
}

WritePack = Callable[..., Path]


@pytest.fixture
def write_pack(tmp_path: Path) -> WritePack:
    """Write the tiny pack, with a text replaced by another in one file, or files left out; its folder."""

    def write(file: str = "", old: str = "", new: str = "", *, without: tuple[str, ...] = ()) -> Path:
        folder = tmp_path / "tiny"
        folder.mkdir()
        for name, text in TINY.items():
            if name == file:
                assert old in text, f"{old!r} is not in {name}"
            if name not in without:
                (folder / name).write_text(
                    text.replace(old, new, 1) if name == file else text, encoding="utf-8"
                )
        return folder

    return write
