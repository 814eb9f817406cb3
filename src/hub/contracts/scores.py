"""Scores 考核: what each case counts for, and the sums of a day by district, town, unit and category."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.cases import Stage
from hub.contracts.fields import Contract, Id, Instant

Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$")]
"""A day of the city's own time zone, such as 2015-03-02."""

Count = Annotated[int, Field(ge=0)]


class ScoreBy(StrEnum):
    """What a sum is of."""

    UNKNOWN = "unknown"
    DISTRICT = "district"
    TOWN = "town"
    UNIT = "unit"
    CATEGORY = "category"


class ScoreCounts(Contract):
    """How many cases count for what. Cases are assessed, invalid or excluded, each one of the three."""

    cases: Annotated[Count, Field(description="Cases, without those joined to another")] = 0
    signals: Annotated[Count, Field(description="Signals of these cases")] = 0
    appeals: Annotated[Count, Field(description="Citizens' tickets among these signals")] = 0
    invalid: Annotated[Count, Field(description="Cases that were nothing for a city to do")] = 0
    excluded: Annotated[Count, Field(description="Cases that are left out of scores on request 剔除")] = 0
    exclusion_asked: Annotated[
        Count, Field(description="Cases for which that was asked, whatever the ruling")
    ] = 0
    assessed: Annotated[Count, Field(description="All other cases; what follows counts these alone")] = 0
    open: Annotated[Count, Field(description="Of these, not over yet")] = 0
    closed: Annotated[Count, Field(description="Of these, closed")] = 0
    overdue: Annotated[Count, Field(description="Cases that passed their limit to resolve, ever")] = 0
    escalated: Annotated[Count, Field(description="Cases that were raised a level or more")] = 0
    reopened: Annotated[Count, Field(description="Cases that were reopened, ever")] = 0
    repeat: Annotated[Count, Field(description="Repeat appeals 反复诉求")] = 0
    hazards: Annotated[Count, Field(description="Cases of a hazard")] = 0
    hazards_closed: Annotated[Count, Field(description="Closed cases of a hazard")] = 0
    asked: Annotated[Count, Field(description="Citizens who said whether they were contacted in time")] = 0
    contacted: Annotated[Count, Field(description="Of these, who were")] = 0
    asked_solved: Annotated[Count, Field(description="Citizens who said whether it is solved")] = 0
    solved: Annotated[Count, Field(description="Of these, for whom it is")] = 0
    asked_satisfied: Annotated[Count, Field(description="Citizens who said whether they are satisfied")] = 0
    satisfied: Annotated[Count, Field(description="Of these, who are")] = 0
    unreached: Annotated[Count, Field(description="Closed cases that were called back in vain alone")] = 0
    objected: Annotated[Count, Field(description="Objections of the unit, cases handed back among them")] = 0
    upheld: Annotated[Count, Field(description="Objections that were upheld")] = 0
    rejected: Annotated[Count, Field(description="Objections that were rejected")] = 0
    summoned: Annotated[
        Count, Field(description="Whistles that the unit came to, or was found absent at")
    ] = 0
    arrived: Annotated[Count, Field(description="Of these, that it came to")] = 0
    arrived_late: Annotated[Count, Field(description="Of these, after its limit to arrive")] = 0


class ScorePart(Contract):
    """What one case counts for with one unit: its lead has all but the objections and arrivals of others."""

    unit: Annotated[Id | None, Field(description="Unit; null before the case was dispatched")]
    counts: Annotated[ScoreCounts, Field(description="What it counts for")]
    handling_s: Annotated[
        float | None,
        Field(ge=1, description="Seconds from its first signal until it was resolved; null while it is open"),
    ] = None


class ScoreChange(Contract):
    """What a case counted for and counts for now, on one day in one place.

    A case that changes day, town or category leaves the old ones with one record and comes with another.
    """

    case_id: Annotated[Id, Field(description="Case")]
    seq: Annotated[int, Field(ge=0, description="Number of the case's event that changed it")]
    at: Annotated[Instant, Field(description="Log time of that event")]
    district: Annotated[Id, Field(description="District, key of the record")]
    town: Annotated[Id, Field(description="Town")]
    category: Annotated[Id, Field(description="Category")]
    day: Annotated[Day, Field(description="Day of the city on which the case was opened")]
    before: Annotated[
        tuple[ScorePart, ...],
        Field(description="What is taken out of the sums; empty: it did not count here"),
    ]
    after: Annotated[
        tuple[ScorePart, ...], Field(description="What is added to the sums; empty: it counts here no more")
    ]


class HandlingBin(Contract):
    """How many handling times lie in one bin of the sketch."""

    index: Annotated[int, Field(description="Bin of DDSketch's logarithmic mapping of seconds, 1 % accurate")]
    count: Annotated[int, Field(ge=1, description="How many lie in it")]


class ScoreCell(Contract):
    """The sums of one day for one subject in one district; the newest replaces the others.

    Weeks, months, the whole city, a department over all districts are sums of these.
    """

    day: Annotated[Day, Field(description="Day of the city on which the cases were opened")]
    by: Annotated[ScoreBy, Field(description="What the subject is")]
    subject: Annotated[Id, Field(description="Code of the district, town, unit or category")]
    district: Annotated[Id, Field(description="District of the cases")]
    changes: Annotated[
        int, Field(ge=1, description="Changes that the sums were made of so far; it only grows")
    ]
    counts: Annotated[ScoreCounts, Field(description="Sums over the cases; all 0 where none is left")]
    handling: Annotated[
        tuple[HandlingBin, ...], Field(description="Handling times of closed cases, by index of bin")
    ]


class UnitDispute(Contract):
    """What one unit objected to in a case, and how it answered whistles."""

    unit: Annotated[Id, Field(description="Unit")]
    objected: Annotated[Count, Field(description="Objections, cases handed back among them")] = 0
    upheld: Annotated[Count, Field(description="Of these, upheld")] = 0
    rejected: Annotated[Count, Field(description="Of these, rejected")] = 0
    summoned: Annotated[Count, Field(description="Whistles that it came to, or was found absent at")] = 0
    arrived: Annotated[Count, Field(description="Of these, that it came to")] = 0
    arrived_late: Annotated[Count, Field(description="Of these, after its limit")] = 0


class CaseScore(Contract):
    """The table row of a case: all that its events said and that scores are made of."""

    district: Annotated[Id, Field(description="District")]
    town: Annotated[Id, Field(description="Town")]
    category: Annotated[Id, Field(description="Category")]
    opened: Annotated[Instant, Field(description="Event time of its first signal")]
    day: Annotated[Day, Field(description="Day of the city of that time")]
    lead_unit: Annotated[Id | None, Field(description="The accountable unit")]
    stage: Annotated[Stage, Field(description="Stage")]
    signals: Annotated[int, Field(ge=0, description="How many signals it has")]
    appeals: Annotated[int, Field(ge=0, description="How many of them are citizens' tickets")]
    escalated: Annotated[bool, Field(description="Whether it was raised a level")] = False
    hazard: Annotated[bool, Field(description="Whether it has a hazard")] = False
    repeat: Annotated[bool, Field(description="Whether it is a repeat appeal")] = False
    resolved: Annotated[Instant | None, Field(description="When it was last said to be done")] = None
    closed: Annotated[Instant | None, Field(description="When it was last closed")] = None
    overdue: Annotated[bool, Field(description="Whether it ever passed its limit to resolve")] = False
    reopened: Annotated[bool, Field(description="Whether it was ever reopened")] = False
    exclusion_asked: Annotated[bool, Field(description="Whether exclusion was ever asked")] = False
    excluded: Annotated[bool, Field(description="Whether exclusion is granted")] = False
    called: Annotated[bool, Field(description="Whether it was ever called back")] = False
    reached: Annotated[bool, Field(description="Whether a callback ever reached the citizen")] = False
    contacted: Annotated[bool | None, Field(description="Newest answer: contacted in time")] = None
    solved: Annotated[bool | None, Field(description="Newest answer: solved")] = None
    satisfied: Annotated[bool | None, Field(description="Newest answer: satisfied")] = None
    objector: Annotated[Id | None, Field(description="Unit of the newest objection")] = None
    disputes: Annotated[tuple[UnitDispute, ...], Field(description="By unit, in order of appearance")] = ()
    parts: Annotated[tuple[ScorePart, ...], Field(description="What it counts for now")] = ()
    forget_at: Annotated[
        Instant | None, Field(description="Log time when it is forgotten; null while it is not over")
    ] = None
