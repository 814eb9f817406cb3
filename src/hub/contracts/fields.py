"""The small types that every contract is made of: instants, codes, points, sources."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

TownCode = NewType("TownCode", str)
CellId = NewType("CellId", str)
UnitId = NewType("UnitId", str)
CaseId = NewType("CaseId", str)
CategoryCode = NewType("CategoryCode", str)
GatewayId = NewType("GatewayId", str)

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


def to_millis_utc(value: datetime) -> datetime:
    """Truncate to whole milliseconds in UTC, as Avro's timestamp-millis holds them."""
    if not EARLIEST <= value < LATEST:
        raise ValueError(f"time must lie between {EARLIEST.year} and {LATEST.year}")
    utc = value if value.tzinfo is UTC else value.astimezone(UTC)
    finer = utc.microsecond % 1000
    return utc - timedelta(microseconds=finer) if finer else utc


Instant = Annotated[AwareDatetime, AfterValidator(to_millis_utc)]
"""A moment with a time zone, held in UTC to the millisecond, 2000 <= year < 2100."""

LONGEST_ID = 200
"""The most characters that an identifier has."""

Id = Annotated[str, Field(min_length=1, max_length=LONGEST_ID, pattern=r"^[^\x00-\x1f]+$")]
"""An identifier: 1 to 200 characters, none of them a control character."""

Text = Annotated[str, Field(max_length=20_000)]
"""Free text, at most 20,000 characters. May hold personal data: never leaves a restricted topic."""

Digest = Annotated[str, Field(min_length=16, max_length=64, pattern=r"^[0-9a-f]+$")]
"""Lower-case hexadecimal, 16 to 64 characters."""


class Contract(BaseModel):
    """Base of every contract: immutable, no unknown fields, no infinities; bytes are base64 in JSON."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        allow_inf_nan=False,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )


class Point(Contract):
    """A place on earth, WGS-84."""

    lon: Annotated[float, Field(ge=-180, le=180, description="Longitude in degrees east, WGS-84")]
    lat: Annotated[float, Field(ge=-90, le=90, description="Latitude in degrees north, WGS-84")]


class PlaceRef(Contract):
    """Where something is, as its publisher knows it: a point, a code, or both."""

    point: Annotated[Point | None, Field(description="WGS-84 point, if known")] = None
    code: Annotated[
        str | None,
        Field(max_length=100, description="Code of a cell, community or town, or an alias of the city pack"),
    ] = None
    address: Annotated[Text | None, Field(description="Address as told; personal data")] = None


class Grade(StrEnum):
    """Who may read it 数据分级; an unknown grade is refused."""

    UNKNOWN = "unknown"
    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class Feed(StrEnum):
    """Which way a signal came in."""

    UNKNOWN = "unknown"
    HOTLINE = "hotline"
    GRID = "grid"
    INSPECTION = "inspection"
    SENSOR = "sensor"
    PROACTIVE = "proactive"
    """Reported before anybody complained 未诉先办."""


class Urgency(StrEnum):
    """How soon a case must be dispatched 紧急程度; the limits of each are in the city pack."""

    UNKNOWN = "unknown"
    GENERAL = "general"
    UTILITY = "utility"
    LIFE = "life"


class LimitLayer(StrEnum):
    """What said how long a limit 时限 is; the order of precedence is that of the city pack's limits."""

    UNKNOWN = "unknown"
    OWN = "own"
    """The record brought its own deadline."""
    CATEGORY_URGENCY_LEVEL_ROW = "category_urgency_level_row"
    CATEGORY_URGENCY_ROW = "category_urgency_row"
    CATEGORY_LEVEL_ROW = "category_level_row"
    CATEGORY_ROW = "category_row"
    CATEGORY = "category"
    URGENCY_LEVEL_ROW = "urgency_level_row"
    URGENCY_ROW = "urgency_row"
    URGENCY = "urgency"
    LEVEL_ROW = "level_row"
    KIND_ROW = "kind_row"
    DEFAULT = "default"


class Source(Contract):
    """Identity of a record: unique by publisher and the publisher's own id (CloudEvents source and id)."""

    source: Annotated[Id, Field(description="Who published it, e.g. hotline-12345")]
    id: Annotated[Id, Field(description="The publisher's own id of it, e.g. the ticket number")]
