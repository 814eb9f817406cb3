"""What sensing says: alarms, their acknowledgement, summaries of windows."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class AlarmKind(StrEnum):
    """What is wrong at a sensor; new kinds are added at the end."""

    UNKNOWN = "unknown"
    HIGH = "high"
    LOW = "low"
    SILENT = "silent"
    STUCK = "stuck"
    """It says the same value for longer than its kind ever does."""
    MISSING = "missing"
    """It has too few values beside the other sensors of its gateway."""


class AlarmState(StrEnum):
    """Whether it still is, and whether somebody knows."""

    UNKNOWN = "unknown"
    ACTIVE_UNACKED = "active_unacked"
    ACTIVE_ACKED = "active_acked"
    CLEARED_UNACKED = "cleared_unacked"
    CLEARED_ACKED = "cleared_acked"


class Alarm(Contract):
    """The state of one alarm; identity is sensor and kind, so an open alarm is updated, never repeated."""

    alarm_id: Annotated[
        Id, Field(description="gateway/sensor/kind/number: one number for each time it was raised")
    ]
    gateway: Annotated[Id, Field(description="Gateway")]
    sensor: Annotated[Id, Field(description="Sensor, as the city pack names it")]
    kind: Annotated[AlarmKind, Field(description="What is wrong")]
    state: Annotated[AlarmState, Field(description="Active or cleared, acknowledged or not")]
    raised: Annotated[Instant, Field(description="Event time when it was raised")]
    changed: Annotated[Instant, Field(description="Event time of its last change")]
    value: Annotated[
        float | None,
        Field(description="Value at the last change, in the sensor's unit; null if silent or missing"),
    ]
    limit: Annotated[
        float | None,
        Field(description="Limit that it passed, in the sensor's unit; null for faults of the sensor"),
    ]
    town: Annotated[Id, Field(description="Town of the sensor")]
    cell: Annotated[Id | None, Field(description="Cell of the sensor")]


class AlarmAck(Contract):
    """Somebody knows of an alarm; travels with the packs so that sensing keeps one input."""

    source: Annotated[Id, Field(description="Who published the action")]
    id: Annotated[Id, Field(description="Action number")]
    gateway: Annotated[Id, Field(description="Gateway, key of the record")]
    alarm_id: Annotated[Id, Field(description="Alarm")]
    at: Annotated[Instant, Field(description="When it was acknowledged")]
    unit: Annotated[Id, Field(description="Unit that knows")]


class WindowSummary(Contract):
    """What a gateway's sensors read in one window, columnar by slot."""

    gateway: Annotated[Id, Field(description="Gateway")]
    start: Annotated[Instant, Field(description="Start of the window")]
    seconds: Annotated[int, Field(gt=0, description="Length of the window in seconds")]
    packs: Annotated[int, Field(ge=0, description="Packs taken in")]
    count: Annotated[bytes, Field(description="Readings per slot, little-endian uint32")]
    mean: Annotated[bytes, Field(description="Mean per slot, little-endian float64, NaN without readings")]
    low: Annotated[bytes, Field(description="Lowest per slot, little-endian float64, NaN without readings")]
    high: Annotated[bytes, Field(description="Highest per slot, little-endian float64, NaN without readings")]


class GatewayState(Contract):
    """The table row of one gateway: fixed-width arrays by slot, as bytes that numpy can view."""

    last_pack: Annotated[Instant, Field(description="Base time of the newest pack")]
    recent_ids: Annotated[str, Field(description="Ids of the newest packs, oldest first, a line each")]
    window_start: Annotated[Instant, Field(description="Start of the open window")]
    window_packs: Annotated[int, Field(ge=0, description="Packs in the open window")]
    next_due: Annotated[Instant | None, Field(description="When a window ends or a sensor counts as silent")]
    slots: Annotated[bytes, Field(description="Array after array by slot: see hub.domain.gateways")]
