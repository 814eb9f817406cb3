"""A case 事件 and what is said about it: the table row, its events, its public state, refusals."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Digest, Feed, Id, Instant, Point, Urgency


class Stage(StrEnum):
    """How far a case has come."""

    UNKNOWN = "unknown"
    RECEIVED = "received"
    DISPATCHED = "dispatched"
    SIGNED_FOR = "signed_for"
    IN_WORK = "in_work"
    RESOLVED = "resolved"
    CLOSED = "closed"


class ClockKind(StrEnum):
    """What a clock of a case limits; new kinds are added at the end."""

    UNKNOWN = "unknown"
    SIGN_FOR = "sign_for"
    RESOLVE = "resolve"
    OBJECT = "object"
    """How long a unit may object: nothing fires, later objections are refused."""
    REVIEW = "review"
    CONSULT = "consult"
    ARRIVE = "arrive"
    COSIGN = "cosign"
    SUSPEND = "suspend"
    EXTENSION = "extension"
    EXCLUSION = "exclusion"
    CALLBACK = "callback"
    REMIND = "remind"
    LOOK_BACK = "look_back"


class Clock(Contract):
    """One running limit of a case, frozen when it starts."""

    kind: Annotated[ClockKind, Field(description="What it limits")]
    warn_at: Annotated[Instant | None, Field(description="When it warns; null if no warning is left")]
    due: Annotated[Instant | None, Field(description="When it is breached; null if it was")]


class Member(Contract):
    """A signal that belongs to a case, in order of joining."""

    source: Annotated[Id, Field(description="Who published it")]
    source_id: Annotated[Id, Field(description="The publisher's id of it, e.g. the ticket number")]
    feed: Annotated[Feed, Field(description="Which way it came in")]
    category: Annotated[Id, Field(description="Its own category")]
    town: Annotated[Id, Field(description="Town it lies in")]
    cell: Annotated[Id | None, Field(description="Grid cell, null if placed by a code alone")]
    point: Annotated[Point | None, Field(description="WGS-84 point, null if none")]
    site: Annotated[Digest | None, Field(description="Digest of an exact place")]
    time: Annotated[Instant, Field(description="Event time")]
    due: Annotated[Instant | None, Field(description="Its limit: its own, or its category's")]
    closed: Annotated[Instant | None, Field(description="When its publisher or its case closed it")]
    met: Annotated[
        bool | None, Field(description="Closed in time, null while open and not overdue, or without a limit")
    ]


class Case(Contract):
    """The table row of one open case: all that the rules need to go on with it."""

    case_id: Annotated[Id, Field(description="Begins with the code of the town that owns it")]
    seq: Annotated[int, Field(ge=0, description="Number of its last event, from 0")]
    town: Annotated[Id, Field(description="Town of its first signal")]
    cell: Annotated[Id | None, Field(description="Cell of its first signal")]
    category: Annotated[Id, Field(description="Category of its first signal")]
    urgency: Annotated[Urgency, Field(description="Highest urgency of its signals")]
    stage: Annotated[Stage, Field(description="How far it has come")]
    opened: Annotated[Instant, Field(description="Event time of its first signal")]
    changed: Annotated[Instant, Field(description="Log time of its last change")]
    lead_unit: Annotated[Id | None, Field(description="The accountable unit 主办; null only before dispatch")]
    assist_units: Annotated[tuple[Id, ...], Field(description="Units that help 协办")]
    catalogue_row: Annotated[str, Field(description="Row of the dispatch catalogue that chose the units")]
    summary: Annotated[str, Field(description="Masked title of the first signal")] = ""
    members: Annotated[tuple[Member, ...], Field(description="Its signals in order of joining")]
    clocks: Annotated[tuple[Clock, ...], Field(description="Its running limits")]
    closed: Annotated[Instant | None, Field(description="When it was closed")] = None


class SeenSignal(Contract):
    """A signal or action handled before, kept to know it again: 30 days of log time after its last use."""

    case_id: Annotated[Id | None, Field(description="Case it went to, null if none")]
    time: Annotated[Instant, Field(description="Log time when it was handled")]
    forget_at: Annotated[Instant, Field(description="Log time when it is forgotten")]


class Observation(Contract):
    """Findings of one category at one site that have not opened a case yet."""

    seen: Annotated[tuple[Instant, ...], Field(description="Event times, oldest first")]
    forget_at: Annotated[Instant, Field(description="Log time when it is forgotten")]


class PartitionClock(Contract):
    """How late it is on a partition's log: the highest time that it has shown."""

    now: Annotated[Instant, Field(description="Log time")]


class EventKind(StrEnum):
    """What happened to a case; new kinds are added at the end."""

    UNKNOWN = "unknown"
    OPENED = "opened"
    JOINED = "joined"
    DISPATCHED = "dispatched"
    SIGNED_FOR = "signed_for"
    STARTED = "started"
    PROGRESSED = "progressed"
    RESOLVED = "resolved"
    SIGNAL_CLOSED = "signal_closed"
    CLOSED = "closed"
    WARNED = "warned"
    BREACHED = "breached"


class CaseMove(Contract):
    """One thing that happened to a case, with its reason."""

    kind: Annotated[EventKind, Field(description="What happened")]
    reason: Annotated[str, Field(max_length=60, description="Why, a name from the list of reasons")]
    detail: Annotated[
        str, Field(max_length=500, description="The decision's trace, readable, free of personal data")
    ] = ""


class CaseEvent(Contract):
    """All that one cause (a signal, an action, a clock) did to one case: one record, in order."""

    case_id: Annotated[Id, Field(description="Case, key of the record's partition by its town")]
    seq: Annotated[int, Field(ge=0, description="Position in the case's life, from 0, without gaps")]
    at: Annotated[Instant, Field(description="Log time of the change; of a clock, its due time")]
    source: Annotated[Id, Field(description="Publisher of the cause; 'clock' for clocks")]
    source_id: Annotated[
        Id, Field(description="The publisher's id of the cause; the clock's kind for clocks")
    ]
    feed: Annotated[Feed, Field(description="Feed of a signal, unknown for actions and clocks")] = (
        Feed.UNKNOWN
    )
    actor: Annotated[Id | None, Field(description="Unit that acted, null for signals and clocks")] = None
    moves: Annotated[tuple[CaseMove, ...], Field(description="What happened, in order")]
    stage: Annotated[Stage, Field(description="Stage of the case afterwards")]
    lead_unit: Annotated[Id | None, Field(description="Accountable unit afterwards")]
    assist_units: Annotated[tuple[Id, ...], Field(description="Helping units afterwards")] = ()
    district: Annotated[Id, Field(description="District of the case")]
    town: Annotated[Id, Field(description="Town of the case")]
    category: Annotated[Id, Field(description="Category of the case")]
    signal_time: Annotated[
        Instant | None, Field(description="When the hub received the signal, for end-to-end times")
    ] = None


class CaseMember(Contract):
    """A signal of a case as the public state shows it."""

    source: Annotated[Id, Field(description="Who published it")]
    source_id: Annotated[Id, Field(description="The publisher's id of it")]
    due: Annotated[Instant | None, Field(description="Its limit")]
    closed: Annotated[Instant | None, Field(description="When it was closed")]
    met: Annotated[
        bool | None, Field(description="Closed in time; null while open and in time, or without a limit")
    ]


class CaseState(Contract):
    """The public projection of a case: its newest state (compacted by case id)."""

    case_id: Annotated[Id, Field(description="Case")]
    seq: Annotated[int, Field(ge=0, description="Number of the event that made this state")]
    members: Annotated[tuple[CaseMember, ...], Field(description="Its signals in order of joining")]
    lead_unit: Annotated[Id | None, Field(description="The accountable unit")]
    assist_units: Annotated[tuple[Id, ...], Field(description="Units that help")]
    district: Annotated[Id, Field(description="District")]
    town: Annotated[Id, Field(description="Town")]
    cell: Annotated[Id | None, Field(description="Grid cell")]
    category: Annotated[Id, Field(description="Category")]
    urgency: Annotated[Urgency, Field(description="Urgency")]
    stage: Annotated[Stage, Field(description="Stage")]
    opened: Annotated[Instant, Field(description="Event time of its first signal")]
    due: Annotated[
        Instant | None, Field(description="Earliest limit of its open signals; of a closed case, the latest")
    ]
    closed: Annotated[Instant | None, Field(description="When it was closed")]
    met: Annotated[
        bool | None, Field(description="False if any signal missed its limit, true if all met it, else null")
    ]


class Refusal(Contract):
    """A signal or action that changed nothing, and why: duplicates, late ones, actions against the rules."""

    source: Annotated[Id, Field(description="Who published it")]
    source_id: Annotated[Id, Field(description="The publisher's id of it")]
    at: Annotated[Instant, Field(description="Log time")]
    reason: Annotated[str, Field(max_length=60, description="Why, a name from the list of reasons")]
    detail: Annotated[str, Field(max_length=500, description="Readable, free of personal data")] = ""
    case_id: Annotated[Id | None, Field(description="Case it concerns, if known")] = None
    unit: Annotated[Id | None, Field(description="Unit that acted, null for signals")] = None


class OrderRole(StrEnum):
    """Whether a unit leads a case or helps."""

    UNKNOWN = "unknown"
    LEAD = "lead"
    ASSIST = "assist"


class OrderKind(StrEnum):
    """Why a unit hears about a case."""

    UNKNOWN = "unknown"
    NEW = "new"
    SIGNAL_JOINED = "signal_joined"
    WARNED = "warned"
    BREACHED = "breached"
    CLOSED = "closed"


class UnitOrder(Contract):
    """What a unit reads about a case that it leads or helps with; free of personal data."""

    unit: Annotated[Id, Field(description="Unit that it is for")]
    case_id: Annotated[Id, Field(description="Case")]
    seq: Annotated[int, Field(ge=0, description="Event of the case that caused it")]
    at: Annotated[Instant, Field(description="Log time")]
    kind: Annotated[OrderKind, Field(description="Why the unit hears about the case")]
    role: Annotated[OrderRole, Field(description="Lead or assist")]
    stage: Annotated[Stage, Field(description="Stage of the case")]
    category: Annotated[Id, Field(description="Category")]
    town: Annotated[Id, Field(description="Town")]
    cell: Annotated[Id | None, Field(description="Grid cell")]
    urgency: Annotated[Urgency, Field(description="Urgency")]
    signals: Annotated[int, Field(ge=0, description="How many signals the case has")]
    summary: Annotated[str, Field(max_length=200, description="Masked title")] = ""
    sign_for_by: Annotated[Instant | None, Field(description="Limit to sign for it, if it runs")] = None
    resolve_by: Annotated[Instant | None, Field(description="Limit to resolve it")] = None
    reason: Annotated[str, Field(max_length=500, description="Why this unit, readable")] = ""
    signal_time: Annotated[Instant | None, Field(description="When the hub received the causing signal")] = (
        None
    )
