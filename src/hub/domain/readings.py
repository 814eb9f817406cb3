"""Readings into slots: one pack of each of many gateways at once, and which alarms that changes.

Every operation is one of slots by themselves, so a pack says the same whichever packs are beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
from numpy.typing import NDArray

from hub.contracts.feeds import ReadingPack
from hub.domain.gateways import (
    BY_READINGS,
    HIGH,
    LOW,
    SILENT,
    Bools,
    Floats,
    Limits,
    Longs,
    Slots,
    active_in,
    millis,
)


@dataclass(frozen=True, slots=True)
class Flat:
    """Readings of packs one after the other, each pack's in order of time; all of them numbers."""

    at: NDArray[np.intp]
    """Row and slot as one number: row * sensors + slot."""
    values: Floats
    times: Longs


@dataclass(frozen=True, slots=True)
class Changed:
    """The alarms that readings raise and clear, by kind (of BY_READINGS), row and slot."""

    on: Bools
    off: Bools

    def rows(self) -> list[int]:
        """The rows in which an alarm changes, in order."""
        _, rows, slots = self.on.shape
        flat = np.flatnonzero(self.on | self.off)
        found: list[int] = np.unique(flat // slots % rows).tolist() if flat.size else []
        return found


def take_readings(
    slots: Slots,
    limits: Limits,
    packs: Sequence[ReadingPack],
    starts_ms: Longs,
    nows: Sequence[datetime],
) -> Changed:
    """Take a pack of each row into the slots; the alarms that change, which are left as they were.

    ``starts_ms`` are the packs' base times. A reading too old to show that its sensor speaks again, as of
    its log time, leaves the sensor silent.
    """
    highest, lowest = _add(slots, packs, starts_ms)
    active = active_in(slots, BY_READINGS)
    on, off = np.zeros_like(active), np.zeros_like(active)
    np.greater(highest, limits.high, out=on[HIGH])
    np.less(lowest, limits.low, out=on[LOW])
    if active.any():
        on &= ~active
        off = active & ~np.isnan(highest)
        off[HIGH] &= slots.value <= limits.high_clear
        off[LOW] &= slots.value >= limits.low_clear
        now_ms = np.array([millis(now) for now in nows], np.int64)
        off[SILENT] &= slots.seen_ms + limits.silent_ms >= now_ms[:, np.newaxis]
    return Changed(on, off)


@cache
def every_slot(sensors: int) -> bytes:
    """The slots of a pack in which each of so many sensors is read once, in order: as most packs are."""
    return np.arange(sensors, dtype="<u2").tobytes()


def highest_slot(pack: ReadingPack) -> int:
    """The highest slot that a pack names; -1 if it has no readings."""
    return int(np.frombuffer(pack.slots, "<u2").max(initial=0)) if pack.slots else -1


def latest_offset_ms(pack: ReadingPack) -> int:
    """How long after its base time a pack's last reading is; 0 if none is later."""
    return int(np.frombuffer(pack.offsets_ms, "<i4").max(initial=0)) if pack.offsets_ms else 0


def _add(slots: Slots, packs: Sequence[ReadingPack], starts_ms: Longs) -> tuple[Floats, Floats]:
    """Add packs to the slots; the highest and lowest value that each slot read, NaN where none."""
    shape = slots.value.shape
    every = every_slot(shape[1])
    if all(pack.slots == every and not pack.offsets_ms for pack in packs):
        values = np.frombuffer(bytearray().join([pack.values for pack in packs]), "<f8").reshape(shape)
        return _add_once(slots, values, starts_ms[:, np.newaxis])
    flat = _flat(packs, starts_ms, shape[1])
    if np.bincount(flat.at).max(initial=0) > 1:
        return _add_repeated(slots, flat)
    values, times = np.full(shape, np.nan), np.zeros(shape, np.int64)
    values.reshape(-1)[flat.at] = flat.values
    times.reshape(-1)[flat.at] = flat.times
    return _add_once(slots, values, times)


def _flat(packs: Sequence[ReadingPack], starts_ms: Longs, sensors: int) -> Flat:
    sizes = [len(pack.slots) // 2 for pack in packs]
    rows = np.repeat(np.arange(len(packs)), sizes)
    slots = np.frombuffer(b"".join([pack.slots for pack in packs]), "<u2")
    values = np.frombuffer(b"".join([pack.values for pack in packs]), "<f8")
    offsets = np.frombuffer(
        b"".join([pack.offsets_ms or bytes(4 * size) for pack, size in zip(packs, sizes, strict=True)]), "<i4"
    )
    finite = np.isfinite(values)
    order = np.flatnonzero(finite)[np.lexsort((offsets[finite], rows[finite]))]
    rows = rows[order]
    return Flat(rows * sensors + slots[order], values[order] + 0.0, starts_ms[rows] + offsets[order])


def _add_once(slots: Slots, values: Floats, times: Longs) -> tuple[Floats, Floats]:
    """Each slot has one reading at most, NaN or infinite if none. Values become NaN where there is none."""
    newer = times >= slots.seen_ms
    with np.errstate(over="ignore", invalid="ignore"):  # a sum that no number holds is infinite
        values += 0.0  # a maximum of zero and minus zero is either of them: there is one zero only
        if np.isfinite(values.sum()):
            slots.count[...] += 1
            np.add(slots.sum, values, out=slots.sum)
        else:
            read = np.isfinite(values)
            values[~read] = np.nan
            newer &= read
            slots.count[...] += read
            np.add(slots.sum, values, out=slots.sum, where=read)
    np.fmax(slots.high, values, out=slots.high)
    np.fmin(slots.low, values, out=slots.low)
    if newer.all():
        slots.value[...] = values
        slots.seen_ms[...] = times
    else:
        np.copyto(slots.value, values, where=newer)
        np.copyto(slots.seen_ms, times, where=newer)
    return values, values


def _add_repeated(slots: Slots, flat: Flat) -> tuple[Floats, Floats]:
    """A slot may have several readings: they count in order of time."""
    highest, lowest = np.full(slots.high.shape, np.nan), np.full(slots.low.shape, np.nan)
    np.fmax.at(highest.reshape(-1), flat.at, flat.values)
    np.fmin.at(lowest.reshape(-1), flat.at, flat.values)
    np.fmax(slots.high, highest, out=slots.high)
    np.fmin(slots.low, lowest, out=slots.low)
    np.add.at(slots.count.reshape(-1), flat.at, 1)
    with np.errstate(over="ignore"):  # a sum that no number holds is infinite
        np.add.at(slots.sum.reshape(-1), flat.at, flat.values)
    seen, value = slots.seen_ms.reshape(-1), slots.value.reshape(-1)
    newer = flat.times >= seen[flat.at]
    seen[flat.at[newer]] = flat.times[newer]
    value[flat.at[newer]] = flat.values[newer]
    return highest, lowest
