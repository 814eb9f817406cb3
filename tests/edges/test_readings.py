import struct
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest

from hub.contracts.feeds import ReadingPack
from hub.edges.profiles import RowRefused, SensorSlot, load_profile
from hub.edges.rows import RECORDS

SENSORS = {
    "level-1": SensorSlot("gw-a", 0),
    "gw-a/level-1": SensorSlot("gw-a", 0),
    "flow-1": SensorSlot("gw-a", 7),
    "level-9": SensorSlot("gw-b", 2),
}
AIR = dict.fromkeys(
    ["PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "WSPM"], "NA"
) | {"year": "2016", "month": "3", "day": "1", "hour": "0", "wd": "N", "station": "Aotizhongxin"}


def packs(*records: object) -> list[ReadingPack]:
    made = load_profile("senml", SENSORS).records({RECORDS: list(records)})
    assert all(one.topic == "iot.readings" for one in made)
    found = [one.value for one in made if isinstance(one.value, ReadingPack)]
    assert [one.key for one in made] == [pack.gateway for pack in found]
    return found


def rows(pack: ReadingPack) -> list[tuple[int, int, float]]:
    count = len(pack.slots) // 2
    offsets = struct.unpack(f"<{count}i", pack.offsets_ms) if pack.offsets_ms else (0,) * count
    slots = np.frombuffer(pack.slots, "<u2").tolist()
    return list(zip(slots, offsets, np.frombuffer(pack.values, "<f8").tolist(), strict=True))


def air(**changed: str) -> ReadingPack:
    (made,) = load_profile("beijingair").records(AIR | changed)
    assert isinstance(made.value, ReadingPack)
    assert made.key == made.value.gateway
    return made.value


def test_a_gap_is_no_reading_and_a_zero_is_one() -> None:
    pack = air(**{"PM2.5": "63", "RAIN": "0", "TEMP": "-0.7"})
    assert rows(pack) == [(0, 0, 63.0), (6, 0, -0.7), (9, 0, 0.0)]
    assert pack.id == "air-aotizhongxin/2016030100"
    assert pack.gateway == "air-aotizhongxin"
    assert pack.base_time == datetime(2016, 2, 29, 16, tzinfo=UTC)


def test_an_hour_of_gaps_is_an_empty_pack() -> None:
    assert rows(air()) == []


def test_a_zero_that_is_a_number_already_counts_too() -> None:
    (made,) = load_profile("beijingair").records({**AIR, "RAIN": 0})
    assert isinstance(made.value, ReadingPack)
    assert rows(made.value) == [(9, 0, 0.0)]


@pytest.mark.parametrize("value", ["much", "inf", "1e999"])
def test_a_reading_that_is_no_number_refuses_the_row(value: str) -> None:
    with pytest.raises(RowRefused) as refused:
        air(CO=value)
    assert refused.value.field == "CO"


def test_base_fields_hold_until_replaced_and_add_up() -> None:
    (pack,) = packs(
        {"bn": "gw-a/", "bt": 1.7e9, "bv": 1, "n": "level-1", "v": 0.5},
        {"n": "level-1", "t": -1.5, "v": 2},
        {"bn": "", "n": "flow-1", "vb": True},
    )
    assert pack.base_time == datetime.fromtimestamp(1.7e9 - 1.5, UTC)
    assert rows(pack) == [(0, 1500, 1.5), (0, 0, 3.0), (7, 1500, 1.0)]


def test_a_mixed_pack_is_split_by_gateway_and_keeps_its_ids_when_sent_again() -> None:
    records = [{"bt": 1.7e9, "n": "level-1", "v": 1}, {"n": "level-9", "v": 2}]
    first, second = packs(*records)
    assert [(p.gateway, rows(p)) for p in (first, second)] == [
        ("gw-a", [(0, 0, 1.0)]),
        ("gw-b", [(2, 0, 2.0)]),
    ]
    assert packs(*records) == [first, second]
    assert packs({"bt": 1.7e9, "n": "level-1", "v": 1.25})[0].id != first.id


@pytest.mark.parametrize(
    ("record", "problem"),
    [
        ({"n": "none", "t": 1.7e9, "v": 1}, "names no sensor"),
        ({"n": "level-1", "v": 1}, "absolute"),
        ({"n": "level-1", "t": -5, "v": 1}, "absolute"),
        ({"n": "level-1", "t": 1.7e9, "vs": "open"}, "must be a number"),
        ({"n": "level-1", "t": 1.7e9, "v": "3"}, "must be a number"),
        ({"n": "level-1", "t": 1.7e9, "v": True}, "must be a number"),
        ({"n": "level-1", "t": 1.7e9, "v": 10**400}, "is not a number"),
        ({"n": "level-1", "t": 9.9e9, "v": 1}, "outside the years"),
        ({"n": "level-1", "t": 1.7e9, "v": 1, "secret_": 1}, "must be understood"),
        ("text", "must be a JSON object"),
    ],
)
def test_what_can_not_be_taken_is_refused_with_its_place(record: Any, problem: str) -> None:
    with pytest.raises(RowRefused, match=problem):
        packs(record)


def test_readings_too_far_apart_for_one_pack_are_refused() -> None:
    with pytest.raises(RowRefused, match="24 days"):
        packs({"n": "level-1", "t": 1.7e9, "v": 1}, {"n": "level-1", "t": 1.71e9, "v": 1})


def test_an_object_is_no_pack() -> None:
    with pytest.raises(RowRefused, match="JSON array"):
        load_profile("senml", SENSORS).records({"n": "level-1"})
