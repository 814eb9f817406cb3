"""What sensing keeps of gateways: arrays by slot, of one gateway or of many side by side.

A row is the arrays of _COLUMNS one after the other, 133 bytes a sensor. One of another length, from before a
column was added or the city pack changed the gateway's sensors, is begun anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.citypack.city import City
from hub.citypack.model import SensorKind
from hub.contracts.sensing import AlarmKind, GatewayState
from hub.flow import DueIndex, Table

GATEWAYS = Table("gateways", GatewayState)
GATEWAYS_DUE = DueIndex(GATEWAYS, lambda row: row.next_due)

KINDS = (AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.SILENT, AlarmKind.STUCK, AlarmKind.MISSING)
"""The alarms of a sensor, in the order of the first axis of what slots keep of alarms."""

HIGH, LOW, SILENT, STUCK, MISSING = range(len(KINDS))

BY_READINGS = slice(STUCK)
"""The alarms that a reading can change at once; the others are judged when a window ends."""

QUIET, ACTIVE_UNACKED, ACTIVE_ACKED, CLEARED_UNACKED, CLEARED_ACKED = range(5)
"""The state of an alarm in a slot; quiet = never raised."""

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Longs = NDArray[np.int64]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)

_PER_SENSOR = (
    *(("seen_ms", "<i8"), ("value", "<f8"), ("sum", "<f8"), ("low", "<f8"), ("high", "<f8")),
    *(("held", "<f8"), ("held_ms", "<i8"), ("gaps", "<f4"), ("count", "<u4")),
)
_PER_ALARM = (("raised_ms", "<i8"), ("number", "<u4"), ("alarm", "u1"))
_COLUMNS = (
    *((name, np.dtype(kind), 1) for name, kind in _PER_SENSOR),
    *((name, np.dtype(kind), len(KINDS)) for name, kind in _PER_ALARM),
)
_SLOT_BYTES = sum(kind.itemsize * times for _, kind, times in _COLUMNS)


@dataclass(frozen=True, slots=True)
class Slots:
    """What is known of the sensors of a gateway, by slot; or of many gateways of one size, by row and slot.

    What is kept of alarms has their kind as its first axis. The arrays are this object's own, to be changed.
    """

    seen_ms: Longs
    """Time of the newest value."""
    value: Floats
    """Newest value."""
    sum: Floats
    """Of the readings in the open window, as are low, high and count."""
    low: Floats
    high: Floats
    held: Floats
    """The only value of the newest windows; NaN if there were several."""
    held_ms: Longs
    """When the first of these windows began."""
    gaps: NDArray[np.float32]
    """Share of missing readings over the newest windows."""
    count: NDArray[np.uint32]
    raised_ms: Longs
    number: NDArray[np.uint32]
    """How often the alarm was raised."""
    alarm: NDArray[np.uint8]
    """QUIET, ACTIVE_UNACKED and so on."""

    def row(self, row: int) -> Slots:
        """A view of one of many gateways."""
        return self._view((row,))

    def first(self, rows: int) -> Slots:
        """A view of the first of many gateways."""
        return self._view((slice(rows),))

    def _view(self, rows: tuple[int | slice, ...]) -> Slots:
        alarms = (slice(None), *rows)
        return Slots(
            self.seen_ms[rows],
            self.value[rows],
            self.sum[rows],
            self.low[rows],
            self.high[rows],
            self.held[rows],
            self.held_ms[rows],
            self.gaps[rows],
            self.count[rows],
            self.raised_ms[alarms],
            self.number[alarms],
            self.alarm[alarms],
        )


def row_bytes(sensors: int) -> int:
    """Length of the row of a gateway with so many sensors."""
    return sensors * _SLOT_BYTES


def read_slots(rows: Sequence[bytes], sensors: int) -> Slots:
    """The slots of gateways with equally many sensors, a copy."""
    data = np.frombuffer(b"".join(rows), np.uint8).reshape(len(rows), row_bytes(sensors))
    columns: dict[str, NDArray[Any]] = {}
    start = 0
    for name, kind, times in _COLUMNS:
        end = start + kind.itemsize * times * sensors
        column = data[:, start:end].view(kind)
        if times > 1:
            column = column.reshape(len(rows), times, sensors).transpose(1, 0, 2)
        columns[name] = column.copy()
        start = end
    return Slots(**columns)


def write_slots(slots: Slots) -> list[bytes]:
    """The rows of many gateways: column after column, so that a column of many rows is read as one array."""
    rows, sensors = slots.seen_ms.shape
    data = np.empty((rows, row_bytes(sensors)), np.uint8)
    start = 0
    for name, kind, times in _COLUMNS:
        end = start + kind.itemsize * times * sensors
        column: NDArray[Any] = getattr(slots, name)
        if times > 1:
            column = np.ascontiguousarray(column.transpose(1, 0, 2))
        data[:, start:end] = column.view(np.uint8).reshape(rows, end - start)
        start = end
    return [row.tobytes() for row in data]


def begin(slots: Slots, start_ms: int) -> None:
    """A gateway heard of for the first time: none of its sensors is silent yet."""
    for name, _, _ in _COLUMNS:
        getattr(slots, name)[...] = 0
    slots.seen_ms[...] = start_ms
    slots.value[...] = np.nan
    slots.held[...] = np.nan
    reset_window(slots)


def reset_window(slots: Slots) -> None:
    """Begin a new window."""
    slots.count[...] = 0
    slots.sum[...] = 0.0
    slots.low[...] = np.nan
    slots.high[...] = np.nan


def active_in(slots: Slots, kinds: slice = slice(None)) -> Bools:
    """Which alarms of these kinds are active; whether somebody knows of them makes no difference."""
    alarm = slots.alarm[kinds]
    active: Bools = (alarm == ACTIVE_UNACKED) | (alarm == ACTIVE_ACKED)
    return active


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of sensors, as slots are laid out; a missing one is infinite, so it is never passed."""

    high: Floats
    high_clear: Floats
    low: Floats
    low_clear: Floats
    silent_ms: Longs

    def first(self, rows: int) -> Limits:
        """Those of the first of many gateways."""
        return Limits(
            self.high[:rows],
            self.high_clear[:rows],
            self.low[:rows],
            self.low_clear[:rows],
            self.silent_ms[:rows],
        )


def limits_of(kinds: Sequence[SensorKind]) -> Limits:
    """The limits of sensors of these kinds, slot by slot."""

    def column(values: list[float | None], missing: float) -> Floats:
        return np.array([missing if value is None else value for value in values], dtype=np.float64)

    return Limits(
        high=column([kind.high for kind in kinds], np.inf),
        high_clear=column(
            [kind.high_clear if kind.high_clear is not None else kind.high for kind in kinds], np.inf
        ),
        low=column([kind.low for kind in kinds], -np.inf),
        low_clear=column(
            [kind.low_clear if kind.low_clear is not None else kind.low for kind in kinds], -np.inf
        ),
        silent_ms=np.array([kind.silent_s * 1000 for kind in kinds], dtype=np.int64),
    )


def limits_of_many(limits: Sequence[Limits]) -> Limits:
    """The limits of gateways with equally many sensors, side by side; one row for all if all share them."""
    if all(one is limits[0] for one in limits):
        limits = limits[:1]

    def rows(columns: list[NDArray[Any]]) -> NDArray[Any]:
        return np.concatenate(columns).reshape(len(limits), -1)

    return Limits(
        rows([one.high for one in limits]),
        rows([one.high_clear for one in limits]),
        rows([one.low for one in limits]),
        rows([one.low_clear for one in limits]),
        rows([one.silent_ms for one in limits]),
    )


@dataclass(frozen=True, slots=True)
class FaultLimits:
    """When sensors of a gateway count as faulty, slot by slot; a missing limit is never passed."""

    stuck_ms: Floats
    """How long a value may stay the same."""
    stuck_above: Floats
    """A value at or below it may stay for ever."""
    missing_share: Floats


def fault_limits_of(kinds: Sequence[SensorKind]) -> FaultLimits:
    """The limits of faults of sensors of these kinds, slot by slot."""
    return FaultLimits(
        stuck_ms=np.array(
            [np.inf if kind.stuck_minutes is None else kind.stuck_minutes * 60_000.0 for kind in kinds]
        ),
        stuck_above=np.array([-np.inf if kind.stuck_above is None else kind.stuck_above for kind in kinds]),
        missing_share=np.array(
            [np.inf if kind.missing_share is None else kind.missing_share for kind in kinds]
        ),
    )


@dataclass(frozen=True, slots=True)
class SensingRules:
    """What sensing needs of the city: its gateways, the limits of their sensors, the length of a window.

    ``ahead`` is how far behind its arrival a record's time may lie.
    """

    city: City
    limits: Mapping[str, Limits]
    faults: Mapping[str, FaultLimits]
    window_ms: int
    ahead: timedelta


def rules_of(city: City) -> SensingRules:
    """The rules for a city's gateways; those with the same kinds of sensors share their limits."""
    kinds_of = {one.id: tuple(sensor.kind for sensor in one.sensors) for one in city.gateways.values()}
    models = {kinds: [city.kinds[kind] for kind in kinds] for kinds in set(kinds_of.values())}
    limits = {kinds: limits_of(found) for kinds, found in models.items()}
    faults = {kinds: fault_limits_of(found) for kinds, found in models.items()}
    settings = city.settings
    return SensingRules(
        city,
        {gateway: limits[kinds] for gateway, kinds in kinds_of.items()},
        {gateway: faults[kinds] for gateway, kinds in kinds_of.items()},
        settings.windows_s * 1000,
        timedelta(seconds=settings.ahead_s),
    )


def millis(time: datetime) -> int:
    """Milliseconds since 1970."""
    return round(time.timestamp() * 1000)


def instant(ms: int) -> datetime:
    """The moment so many milliseconds after 1970."""
    return _EPOCH + ms * _MILLISECOND
