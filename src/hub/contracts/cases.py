"""A case 事件 and what is said about it: the table row, its events, its public state, refusals."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import (
    Absorbed,
    AskedExtension,
    CaseTag,
    Consultation,
    Exclusion,
    Objection,
    Whistle,
)
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import Contract, Digest, Feed, Id, Instant, LimitLayer, Point, Urgency


class Stage(StrEnum):
    """How far a case has come, or what it waits for; new stages are added at the end."""

    UNKNOWN = "unknown"
    RECEIVED = "received"
    DISPATCHED = "dispatched"
    SIGNED_FOR = "signed_for"
    IN_WORK = "in_work"
    RESOLVED = "resolved"
    CLOSED = "closed"
    OBJECTED = "objected"
    CONSULTING = "consulting"
    WHISTLED = "whistled"
    SUSPENDED = "suspended"
    COSIGNING = "cosigning"
    JOINED = "joined"
    """Ended: its signals belong to another case, until they are split off again."""
    INVALID = "invalid"
    """Ended: nothing that a city can do something about."""


ENDED = frozenset({Stage.CLOSED, Stage.JOINED, Stage.INVALID})
"""Stages in which a case is over; in all others exactly one unit answers for it."""


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
    ARCHIVE = "archive"
    """How long a case that is over can still come back or be asked about."""


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
    urgency: Annotated[Urgency, Field(description="Its own urgency")]
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
    wants_callback: Annotated[bool, Field(description="Whether its citizen wants to be called back")] = False
    hazard: Annotated[HazardGrade | None, Field(description="Grade of a hazard, null for others")] = None
    missed: Annotated[
        bool, Field(description="Missed a limit before its case was reopened with a fresh one")
    ] = False
    appellant: Annotated[
        Digest | None, Field(description="Keyed pseudonym of its appellant, where callbacks ask for it")
    ] = None


class Planned(Contract):
    """One limit of a case's plan: as the pack had it when the case was dispatched, whatever it says later."""

    kind: Annotated[ClockKind, Field(description="What it limits")]
    millis: Annotated[int, Field(ge=1, description="How long, milliseconds")]
    working: Annotated[bool, Field(description="Whether only working time counts")]
    warn_share: Annotated[float, Field(description="Share after which it warns")]
    layer: Annotated[LimitLayer, Field(description="Which layer of the pack answered")]


class Joined(Contract):
    """How a case stood when it was joined to another by hand, and how that one stood: a split restores it."""

    stage: Annotated[Stage, Field(description="Stage that it was in")]
    since: Annotated[Instant, Field(description="Log time when that stage began")]
    clocks: Annotated[tuple[Clock, ...], Field(description="Its running limits")]
    taker_seq: Annotated[int, Field(ge=0, description="Number of the join among the other case's events")]
    taker_urgency: Annotated[Urgency, Field(description="Urgency of the other case before the join")]
    taker_plan: Annotated[tuple[Planned, ...], Field(description="Plan of the other case before the join")]
    taker_clocks: Annotated[tuple[Clock, ...], Field(description="Limits of the other case before the join")]
    taker_tags: Annotated[
        tuple[CaseTag, ...], Field(description="Tags of the other case before the join")
    ] = ()


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
    since: Annotated[Instant, Field(description="Log time when its stage began")]
    back_to: Annotated[Stage | None, Field(description="Stage that it goes back to from a wait")] = None
    plan: Annotated[tuple[Planned, ...], Field(description="Its limits, frozen; others are defaults")]
    acted: Annotated[bytes, Field(description="Digests of the actions it has seen, 8 bytes each")] = b""
    previous: Annotated[Id | None, Field(description="Closed case at the same place that came back")] = None
    proposed_unit: Annotated[
        Id | None, Field(description="Unit that it was sent on to; answers for it once it has signed")
    ] = None
    supervisor: Annotated[Id | None, Field(description="Unit above that watches over it 督办")] = None
    level: Annotated[int, Field(ge=0, description="How many levels it was raised")] = 0
    objections: Annotated[int, Field(ge=0, description="Objections so far, cases handed back among them")] = 0
    objection: Annotated[Objection | None, Field(description="Objection that waits for a ruling")] = None
    consultation: Annotated[Consultation | None, Field(description="Consultation under way")] = None
    consulted: Annotated[bool, Field(description="Whether a consultation has said who is responsible")] = (
        False
    )
    former_lead: Annotated[Id | None, Field(description="Unit that answered for it before the lead")] = None
    lead_assists: Annotated[
        bool, Field(description="Whether the lead shall help once the unit that it was sent on to has signed")
    ] = False
    whistle: Annotated[Whistle | None, Field(description="Newest whistle")] = None
    suspensions: Annotated[int, Field(ge=0, description="How often it was suspended")] = 0
    extensions: Annotated[int, Field(ge=0, description="How often its limit was extended")] = 0
    extension: Annotated[AskedExtension | None, Field(description="Extension that waits for a ruling")] = None
    exclusion: Annotated[Exclusion, Field(description="Whether it counts in scores")] = Exclusion.NONE
    attempts: Annotated[int, Field(ge=0, description="Callbacks in vain since it was resolved")] = 0
    reopened: Annotated[int, Field(ge=0, description="How often it was reopened")] = 0
    failed: Annotated[int, Field(ge=0, description="Re-inspections that it failed")] = 0
    priority: Annotated[int, Field(ge=0, description="How many reasons raise its priority")] = 0
    absorbed: Annotated[tuple[Absorbed, ...], Field(description="Cases joined to it by hand")] = ()
    into: Annotated[Id | None, Field(description="Case that it was joined to by hand")] = None
    joined: Annotated[Joined | None, Field(description="What a split restores; null unless joined")] = None
    tags: Annotated[
        tuple[CaseTag, ...], Field(description="What else is known of it, in order of value")
    ] = ()


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
    REMINDED = "reminded"
    ESCALATED = "escalated"
    OBJECTED = "objected"
    HANDED_BACK = "handed_back"
    OBJECTION_UPHELD = "objection_upheld"
    OBJECTION_REJECTED = "objection_rejected"
    ROUTED = "routed"
    ACCOUNTABLE = "accountable"
    """Another unit answers for the case from now on."""
    CONVENED = "convened"
    CONSULTED = "consulted"
    WHISTLED = "whistled"
    REPORTED_IN = "reported_in"
    ABSENT = "absent"
    QUORUM_REACHED = "quorum_reached"
    WHISTLE_ENDED = "whistle_ended"
    LEFT = "left"
    COSIGNED = "cosigned"
    GRADED = "graded"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENSION_ASKED = "extension_asked"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    CALLED_BACK = "called_back"
    REOPENED = "reopened"
    LOOK_BACK_DUE = "look_back_due"
    LOOKED_BACK = "looked_back"
    EXCLUSION_ASKED = "exclusion_asked"
    EXCLUDED = "excluded"
    EXCLUSION_REFUSED = "exclusion_refused"
    CASE_JOINED = "case_joined"
    """Another case was joined to this one by hand."""
    JOINED_TO = "joined_to"
    """This case was joined to another one by hand, and is over."""
    SPLIT_OFF = "split_off"
    """Signals left this case for one of their own."""
    RESTORED = "restored"
    """Split off again, the case goes on where it was."""
    SIGNAL_MOVED = "signal_moved"
    INVALIDATED = "invalidated"
    RAISED = "raised"
    """A hazard and complaints or alarms near it raise each other's priority."""
    REINSPECTED = "reinspected"
    COSIGN_REFUSED = "cosign_refused"
    """A department that came says that the matter is not done."""
    JOINT_PLAN = "joint_plan"
    """The departments of a hazard's joint plan were called to help."""
    REPEATED = "repeated"
    """The same appellant or place comes with the same matter again and again 反复诉求."""
    HELP_NEEDED = "help_needed"
    """Its appellant comes so often, or so often dissatisfied, that they need a plan of their own 一人一策."""
    TOWN_IN_REMEDIATION = "town_in_remediation"
    """It was dispatched while its town was under remediation 治理类街乡镇."""


class CaseMove(Contract):
    """One thing that happened to a case, with its reason."""

    kind: Annotated[EventKind, Field(description="What happened")]
    reason: Annotated[str, Field(max_length=60, description="Why, a name from the list of reasons")]
    detail: Annotated[
        str, Field(max_length=500, description="The decision's trace, readable, free of personal data")
    ] = ""
    unit: Annotated[Id | None, Field(description="Unit that it is about, where that is not the lead")] = None


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
    proposed_unit: Annotated[Id | None, Field(description="Unit that it was sent on to, unsigned")] = None
    level: Annotated[int, Field(ge=0, description="How many levels it was raised")] = 0
    signals: Annotated[int, Field(ge=0, description="How many signals it has")] = 0
    next_due: Annotated[Instant | None, Field(description="Its next deadline; null once it is over")] = None
    answers: Annotated[Answers | None, Field(description="What the citizen said, of a callback")] = None
    other_case: Annotated[Id | None, Field(description="Case joined, split off, come back or near")] = None
    opened: Annotated[Instant | None, Field(description="Event time of the case's first signal")] = None
    cell: Annotated[Id | None, Field(description="Grid cell of the case, null if placed by a code alone")] = (
        None
    )
    urgency: Annotated[Urgency, Field(description="Urgency of the case")] = Urgency.UNKNOWN
    appeals: Annotated[int, Field(ge=0, description="How many of its signals are citizens' tickets")] = 0
    hazard: Annotated[HazardGrade | None, Field(description="Worst grade of its hazards, null if none")] = (
        None
    )
    tags: Annotated[tuple[CaseTag, ...], Field(description="What else is known of the case")] = ()
    happened: Annotated[
        Instant | None, Field(description="Event time of the signal that caused it, null for other causes")
    ] = None
    signal_category: Annotated[
        Id | None, Field(description="That signal's own category, null for other causes")
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
    since: Annotated[Instant, Field(description="Log time when its stage began")]
    next_due: Annotated[Instant | None, Field(description="Its next deadline; null once it is over")] = None
    proposed_unit: Annotated[Id | None, Field(description="Unit that it was sent on to, unsigned")] = None
    supervisor: Annotated[Id | None, Field(description="Unit above that watches over it 督办")] = None
    level: Annotated[int, Field(ge=0, description="How many levels it was raised")] = 0
    reopened: Annotated[int, Field(ge=0, description="How often it was reopened")] = 0
    exclusion: Annotated[Exclusion, Field(description="Whether it counts in scores 剔除")] = Exclusion.NONE
    priority: Annotated[int, Field(ge=0, description="How many reasons raise its priority")] = 0
    previous: Annotated[Id | None, Field(description="Closed case at the same place that came back")] = None
    into: Annotated[Id | None, Field(description="Case that it was joined to by hand")] = None
    hazard: Annotated[HazardGrade | None, Field(description="Worst grade of its hazards, null if none")] = (
        None
    )
    failed: Annotated[int, Field(ge=0, description="Re-inspections that it failed")] = 0
    site: Annotated[
        Digest | None, Field(description="Keyed digest of the inspected site, of a hazard's case alone")
    ] = None
    tags: Annotated[tuple[CaseTag, ...], Field(description="What else is known of the case")] = ()


class Refusal(Contract):
    """A signal or action that changed nothing, and why: duplicates, late ones, actions against the rules."""

    source: Annotated[Id, Field(description="Who published it")]
    source_id: Annotated[Id, Field(description="The publisher's id of it")]
    at: Annotated[Instant, Field(description="Log time")]
    reason: Annotated[str, Field(max_length=60, description="Why, a name from the list of reasons")]
    detail: Annotated[str, Field(max_length=500, description="Readable, free of personal data")] = ""
    case_id: Annotated[Id | None, Field(description="Case it concerns, if known")] = None
    unit: Annotated[Id | None, Field(description="Unit that acted, null for signals")] = None
