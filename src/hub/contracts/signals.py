"""What the ordered log of a town holds (city.signals): signals, actions and ticks, free of personal data."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.action_terms import ActionTerms
from hub.contracts.feeds import ActionKind, HazardGrade
from hub.contracts.fields import Contract, Digest, Feed, Id, Instant, Point, Source, Urgency


class PlacedBy(StrEnum):
    """How a signal found its town."""

    UNKNOWN = "unknown"
    POINT = "point"
    CODE = "code"


class Signal(Contract):
    """Something reported about a place 上报: placed, classified, masked; opens or joins a case."""

    source: Annotated[Id, Field(description="Who published it")]
    id: Annotated[Id, Field(description="The publisher's id of it")]
    part: Annotated[
        int, Field(ge=0, description="Which part of the published record, from 0; the ledger counts part 0")
    ] = 0
    feed: Annotated[Feed, Field(description="Which way it came in")]
    time: Annotated[Instant, Field(description="When it happened or was reported (event time)")]
    arrived: Annotated[Instant, Field(description="When the hub's broker received it")]
    town: Annotated[Id, Field(description="Town it lies in")]
    key_town: Annotated[
        Id, Field(description="Town that owns its case; differs from town only near a border")
    ]
    cell: Annotated[Id | None, Field(description="Grid cell, null if placed by a code alone")]
    point: Annotated[Point | None, Field(description="WGS-84 point, null if none or a default point")]
    placed_by: Annotated[PlacedBy, Field(description="How the town was found")]
    category: Annotated[Id, Field(description="Category of the city pack's tree")]
    urgency: Annotated[Urgency, Field(description="Urgency, the publisher's or the category's")]
    site: Annotated[
        Digest | None, Field(description="Digest of an exact place (site or address); equal = same place")
    ] = None
    site_before: Annotated[
        Digest | None, Field(description="The same under the key before, around a change of keys")
    ] = None
    due: Annotated[Instant | None, Field(description="The signal's own limit, where it has one")] = None
    closed_at: Annotated[
        Instant | None, Field(description="When it was solved on the spot, null if open")
    ] = None
    appellant: Annotated[Digest | None, Field(description="Keyed pseudonym of the appellant")] = None
    appellant_before: Annotated[
        Digest | None, Field(description="The same under the key before, around a change of keys")
    ] = None
    appellant_epoch: Annotated[int, Field(ge=0, description="Epoch of the pseudonym's key")] = 0
    wants_callback: Annotated[bool, Field(description="Whether the citizen wants to be called back")] = False
    hazard: Annotated[
        HazardGrade | None, Field(description="Grade of a safety hazard, null for other signals")
    ] = None
    summary: Annotated[str, Field(max_length=200, description="Title with personal data masked")] = ""
    trace: Annotated[tuple[str, ...], Field(description="Why it was placed and classified so, readable")] = ()


class CaseAction(Contract):
    """A unit's action on its way to its case: checked for form, keyed by the case's town."""

    source: Annotated[Id, Field(description="Who published it")]
    id: Annotated[Id, Field(description="The publisher's id of it")]
    part: Annotated[
        int, Field(ge=0, description="Which part of the published record, from 0; the ledger counts part 0")
    ] = 0
    kind: Annotated[ActionKind, Field(description="What was done")]
    at: Annotated[Instant, Field(description="When it was done, as claimed")]
    arrived: Annotated[
        Instant, Field(description="When the hub's broker received it; the case's clocks judge by this")
    ]
    feed: Annotated[
        Feed, Field(description="Feed of a re-inspection; unknown for the units' own actions")
    ] = Feed.UNKNOWN
    key_town: Annotated[Id, Field(description="Town that owns the case")]
    unit: Annotated[Id | None, Field(description="Unit that acts")] = None
    case_id: Annotated[Id | None, Field(description="Case it is about")] = None
    signal: Annotated[Source | None, Field(description="Signal it is about")] = None
    terms: Annotated[ActionTerms | None, Field(description="What the action says besides")] = None


class ClockTick(Contract):
    """Time itself, on a partition's log: everything due by then fires."""

    at: Annotated[Instant, Field(description="The partition's clock is at least this")]
