"""Readings become packs: one row of columns, or a SenML pack (RFC 8428) split by gateway."""

from __future__ import annotations

import hashlib
import json
import math
import struct
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pydantic import ValidationError

from hub.citypack.city import City
from hub.contracts.feeds import ReadingPack
from hub.edges.rows import RECORDS, Row, RowRefused, cell

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RELATIVE_BELOW = 2**28
"""RFC 8428: a time below this is relative to now, which a file does not have."""

_KNOWN = frozenset({"bn", "bt", "bu", "bv", "bs", "bver", "n", "u", "v", "vs", "vb", "vd", "s", "t", "ut"})
_LONGEST_OFFSET_MS = 2**31 - 1


@dataclass(frozen=True, slots=True)
class SensorSlot:
    """Where a sensor's readings go: its gateway and its slot in that gateway's packs."""

    gateway: str
    slot: int


def sensor_slots(city: City) -> dict[str, SensorSlot]:
    """The city's sensors by the names that SenML may give them: the sensor's id, or gateway/id."""
    found = {}
    for gateway in city.gateways.values():
        for sensor in gateway.sensors:
            found[f"{gateway.id}/{sensor.id}"] = found[sensor.id] = SensorSlot(gateway.id, sensor.slot)
    return found


def pack_columns(columns: Sequence[str], absent: Sequence[str]) -> Callable[[Row], dict[str, bytes]]:
    """A function that packs a row's columns, slot 0 first; an absent reading is left out, never zero."""
    missing = frozenset(absent)

    def pack(row: Row) -> dict[str, bytes]:
        slots: list[int] = []
        values: list[float] = []
        for slot, column in enumerate(columns):
            found = cell(row, column)
            if found is not None and str(found) not in missing:
                slots.append(slot)
                values.append(_number(column, str(found)))
        return _columns(slots, values)

    return pack


def senml_packs(row: Row, source: str, sensors: Mapping[str, SensorSlot]) -> list[ReadingPack]:
    """The packs of one SenML pack, one for each gateway in it; its id derives from what it holds.

    Raises RowRefused: a sensor that the city does not have, a relative time, a value that is no number.
    """
    by_gateway: dict[str, list[tuple[int, int, float]]] = {}
    for number, (name, at_ms, value) in enumerate(_resolved(row)):
        sensor = sensors.get(name)
        if sensor is None:
            raise RowRefused(
                f"{RECORDS}.{number}.n", "names no sensor of the city pack (sensor, or gateway/sensor)"
            )
        by_gateway.setdefault(sensor.gateway, []).append((at_ms, sensor.slot, value))
    return [_pack(source, gateway, readings) for gateway, readings in by_gateway.items()]


def _pack(source: str, gateway: str, readings: Sequence[tuple[int, int, float]]) -> ReadingPack:
    base = min(at for at, _, _ in readings)
    offsets = [at - base for at, _, _ in readings]
    if max(offsets) > _LONGEST_OFFSET_MS:
        raise RowRefused("t", "the readings of one pack lie more than 24 days apart; send several packs")
    digest = hashlib.sha256(json.dumps(sorted(readings)).encode()).hexdigest()[:16]
    columns = _columns([slot for _, slot, _ in readings], [value for _, _, value in readings])
    try:
        return ReadingPack(
            source=source,
            id=f"{gateway}/{base}/{digest}",
            gateway=gateway,
            base_time=_EPOCH + timedelta(milliseconds=base),
            slots=columns["slots"],
            values=columns["values"],
            offsets_ms=struct.pack(f"<{len(offsets)}i", *offsets) if any(offsets) else b"",
        )
    except (ValidationError, OverflowError):
        raise RowRefused("bt", "the time lies outside the years 2000 to 2100") from None


def _resolved(row: Row) -> Iterator[tuple[str, int, float]]:
    """Name, time in ms and value of each record, base values added; base fields hold until replaced."""
    records = row.get(RECORDS)
    if not isinstance(records, list):
        raise RowRefused("line", "must be a SenML pack: a JSON array of records")
    base: dict[str, object] = {}
    for number, record in enumerate(records):
        if not isinstance(record, dict):
            raise RowRefused(f"{RECORDS}.{number}", "must be a JSON object")
        for label in record.keys() - _KNOWN:
            if str(label).endswith("_"):
                raise RowRefused(f"{RECORDS}.{number}", "has a label that must be understood, and is not")
        base.update((label, value) for label, value in record.items() if label in ("bn", "bt", "bv"))
        if record.keys() & {"v", "vb", "vs", "vd", "s"}:
            yield _resolve(record, base, f"{RECORDS}.{number}")


def _resolve(record: Mapping[str, object], base: Mapping[str, object], where: str) -> tuple[str, int, float]:
    name = f"{base.get('bn', '')}{record.get('n', '')}"
    at = _float(base.get("bt", 0), f"{where}.bt") + _float(record.get("t", 0), f"{where}.t")
    if not _RELATIVE_BELOW <= at < 1e11:
        raise RowRefused(f"{where}.t", "must be an absolute time, in seconds since 1970")
    if "v" in record:
        value = _float(base.get("bv", 0), f"{where}.bv") + _float(record["v"], f"{where}.v")
    elif isinstance(record.get("vb"), bool):
        value = float(record["vb"] is True)
    else:
        raise RowRefused(f"{where}.v", "must be a number (v) or a boolean (vb)")
    return name, round(at * 1000), value


def _float(value: object, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise RowRefused(where, "must be a number")
    return _number(where, value)


def _number(where: str, value: str | float) -> float:
    try:
        number = float(value)
    except (ValueError, OverflowError):
        raise RowRefused(where, "is not a number") from None
    if math.isinf(number):
        raise RowRefused(where, "is infinite")
    return number


def _columns(slots: Sequence[int], values: Sequence[float]) -> dict[str, bytes]:
    return {
        "slots": struct.pack(f"<{len(slots)}H", *slots),
        "values": struct.pack(f"<{len(values)}d", *values),
    }
