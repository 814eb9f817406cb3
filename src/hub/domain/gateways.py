"""What sensing keeps of a gateway: one fixed-width row per sensor, worked on as whole arrays."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.citypack.city import City, Gateway
from hub.contracts.sensing import AlarmKind, GatewayState
from hub.flow import DueIndex, Table

GATEWAYS = Table("gateways", GatewayState)
GATEWAYS_DUE = DueIndex(GATEWAYS, lambda row: row.next_due)

KINDS = (AlarmKind.HIGH, AlarmKind.LOW, AlarmKind.SILENT)
"""The alarms of a sensor, in the order of the columns of a slot."""

QUIET, ACTIVE_UNACKED, ACTIVE_ACKED, CLEARED_UNACKED, CLEARED_ACKED = range(5)
"""The state of an alarm in a slot; quiet = never raised."""

SLOT = np.dtype(
    [
        ("seen_ms", "<i8"),  # time of the newest value
        ("value", "<f8"),  # newest value
        ("count", "<u4"),  # readings in the open window
        ("sum", "<f8"),
        ("low", "<f8"),
        ("high", "<f8"),
        ("alarm", "u1", (len(KINDS),)),
        ("number", "<u4", (len(KINDS),)),  # how often it was raised
        ("raised_ms", "<i8", (len(KINDS),)),
    ]
)

Slots = NDArray[Any]
"""An array of SLOT rows."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a gateway's sensors by slot; a missing one is infinite, so it is never passed."""

    high: Floats
    high_clear: Floats
    low: Floats
    low_clear: Floats
    silent_ms: NDArray[np.int64]


def limits_of(city: City, gateway: Gateway) -> Limits:
    """The limits of each slot, from the kinds of its sensors."""
    kinds = [city.kinds[sensor.kind] for sensor in gateway.sensors]

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


def new_slots(size: int, start_ms: int) -> Slots:
    """Slots of a gateway heard of for the first time: none of its sensors is silent yet."""
    slots = np.zeros(size, dtype=SLOT)
    slots["seen_ms"] = start_ms
    slots["value"] = np.nan
    reset_window(slots)
    return slots


def slots_of(row: GatewayState) -> Slots:
    """A writable copy of a row's slots."""
    return np.frombuffer(row.slots, dtype=SLOT).copy()


def reset_window(slots: Slots) -> None:
    """Begin a new window."""
    slots["count"] = 0
    slots["sum"] = 0.0
    slots["low"] = np.nan
    slots["high"] = np.nan


def active_in(slots: Slots) -> NDArray[np.bool_]:
    """Which alarms are active, by slot and kind; whether somebody knows of them makes no difference."""
    state = slots["alarm"]
    active: NDArray[np.bool_] = (state == ACTIVE_UNACKED) | (state == ACTIVE_ACKED)
    return active


def millis(time: datetime) -> int:
    """Milliseconds since 1970."""
    return round(time.timestamp() * 1000)


def instant(ms: int) -> datetime:
    """The moment so many milliseconds after 1970."""
    return datetime.fromtimestamp(ms // 1000, UTC).replace(microsecond=ms % 1000 * 1000)
