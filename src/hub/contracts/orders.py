"""What a unit reads about a case: its orders 派单."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Contract, Feed, Id, Instant, Urgency


class OrderRole(StrEnum):
    """What a unit is to a case; new roles are added at the end."""

    UNKNOWN = "unknown"
    LEAD = "lead"
    ASSIST = "assist"
    PROPOSED = "proposed"
    """Shall sign for it, and answers for it from then on."""
    SUPERVISOR = "supervisor"
    SUMMONED = "summoned"
    CONSULTED = "consulted"
    REVIEWER = "reviewer"
    CENTRE = "centre"
    """Calls the citizen back."""
    FORMER = "former"
    """Does not answer for it any more."""
    WHISTLER = "whistler"
    """Whistled for departments, and grades them."""
    TOWN = "town"
    """The town's own unit: makes the plan of whoever needs help."""


class OrderKind(StrEnum):
    """Why a unit hears about a case; new kinds are added at the end."""

    UNKNOWN = "unknown"
    NEW = "new"
    SIGNAL_JOINED = "signal_joined"
    WARNED = "warned"
    BREACHED = "breached"
    CLOSED = "closed"
    TO_RULE = "to_rule"
    """A request waits for the unit's ruling."""
    RULED = "ruled"
    TO_CALL_BACK = "to_call_back"
    TO_LOOK_BACK = "to_look_back"
    WHISTLED = "whistled"
    TO_COSIGN = "to_cosign"
    ESCALATED = "escalated"
    REMINDED = "reminded"
    REOPENED = "reopened"
    CHANGED = "changed"
    """Anything else that the unit must know."""
    WITHDRAWN = "withdrawn"
    """The case is the unit's no longer."""
    MOVED = "moved"
    """The case came to another stage, be it by the unit's own move: nothing is asked besides."""
    TO_PLAN = "to_plan"
    """Its appellant needs a plan of their own 一人一策."""


class FeedCount(Contract):
    """How many signals of a case came in one way."""

    feed: Annotated[Feed, Field(description="Which way they came in")]
    signals: Annotated[int, Field(ge=1, description="How many")]


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
    summary: Annotated[
        str, Field(max_length=200, description="Masked title; empty for a unit that it does not concern now")
    ] = ""
    sign_for_by: Annotated[Instant | None, Field(description="Limit to sign for it, if it runs")] = None
    resolve_by: Annotated[Instant | None, Field(description="Limit to resolve it")] = None
    reason: Annotated[str, Field(max_length=500, description="Why this unit, readable")] = ""
    stage_due: Annotated[Instant | None, Field(description="Limit of the present stage, if one runs")] = None
    working_left_h: Annotated[
        float | None, Field(description="Working hours left to resolve it; below 0: so many too late")
    ] = None
    assist_units: Annotated[tuple[Id, ...], Field(description="Units that help")] = ()
    lead_unit: Annotated[Id | None, Field(description="Unit that answers for it")] = None
    allowed: Annotated[
        tuple[ActionKind, ...], Field(description="What the unit may do about it in this stage")
    ] = ()
    feeds: Annotated[tuple[FeedCount, ...], Field(description="Its signals by the way they came in")] = ()
    newest: Annotated[
        str, Field(max_length=200, description="Masked title of the signal that joined now; else empty")
    ] = ""
    priority: Annotated[int, Field(ge=0, description="How many reasons raise its priority")] = 0
    signal_time: Annotated[Instant | None, Field(description="When the hub received the causing signal")] = (
        None
    )
    tags: Annotated[tuple[CaseTag, ...], Field(description="What else is known of the case")] = ()
