"""Early warnings 风险预警 in four colours: what is unusual where, why, and whether it came true."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class Colour(StrEnum):
    """How grave a warning is, in rising order 蓝黄橙红."""

    UNKNOWN = "unknown"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class WarningState(StrEnum):
    """Whether what it warns of still goes on."""

    UNKNOWN = "unknown"
    ACTIVE = "active"
    ENDED = "ended"


class Verdict(StrEnum):
    """Whether it came true: told by later complaints, or by how its proactive case ended."""

    UNKNOWN = "unknown"
    RIGHT = "right"
    WRONG = "wrong"


class Scope(StrEnum):
    """What a count is of."""

    UNKNOWN = "unknown"
    TOWN = "town"
    """Signals of one category group in one town."""
    CELL = "cell"
    """Signals that may be about one thing (an affinity group) in one cell."""


class Surge(Contract):
    """The most unlikely count of a warning so far: more signals in a window than chance explains."""

    scope: Annotated[Scope, Field(description="Town and category group, or cell and affinity group")]
    window_min: Annotated[int, Field(gt=0, description="Length of the window, minutes")]
    observed: Annotated[int, Field(ge=1, description="Signals in the window, the newest included")]
    expected: Annotated[float, Field(ge=0, description="Signals expected in the window")]
    p_value: Annotated[
        float, Field(ge=0, le=1, description="Chance of so many or more beside the newest one")
    ]
    at: Annotated[Instant, Field(description="Event time of the newest signal")]


class Warning(Contract):
    """One early warning: updated while it goes on, never repeated (compacted by its id)."""

    warning_id: Annotated[Id, Field(description="Begins with the town; the same input gives the same id")]
    seq: Annotated[int, Field(ge=0, description="Number of this version, from 0")]
    district: Annotated[Id, Field(description="District")]
    town: Annotated[Id, Field(description="Town")]
    cell: Annotated[Id | None, Field(description="Grid cell of most signals, null if they are scattered")]
    group: Annotated[Id, Field(description="Affinity group of the pack that its signals belong to")]
    category: Annotated[Id, Field(description="Category of most of its signals")]
    colour: Annotated[Colour, Field(description="Colour now; never lowered while active")]
    score: Annotated[float, Field(ge=0, description="Points of the evidence; the pack maps them to colours")]
    began: Annotated[Instant, Field(description="Event time of the first signal that counts in it")]
    raised: Annotated[Instant, Field(description="Log time when it was first told")]
    changed: Annotated[Instant, Field(description="Log time of this version")]
    ended: Annotated[Instant | None, Field(description="Log time when it was quiet; null while active")] = (
        None
    )
    state: Annotated[WarningState, Field(description="Active or ended")]
    verdict: Annotated[Verdict, Field(description="Whether it came true; unknown until that is told")]
    verdict_why: Annotated[
        str, Field(max_length=60, description="What told the verdict, a name from the list of reasons")
    ] = ""
    surge: Annotated[Surge | None, Field(description="Its most unlikely count; null without a surge")] = None
    signals: Annotated[int, Field(ge=0, description="Complaints and reports that count in it")]
    alarms: Annotated[int, Field(ge=0, description="Sensor alarms that count in it")] = 0
    hazards: Annotated[int, Field(ge=0, description="Safety hazards that count in it")] = 0
    repeats: Annotated[int, Field(ge=0, description="Signals of repeated matters 反复诉求 among them")] = 0
    cases: Annotated[
        tuple[Id, ...], Field(max_length=20, description="The first of its cases, oldest first")
    ] = ()
    further: Annotated[int, Field(ge=0, description="Complaints that came after it was raised")] = 0
    unit: Annotated[Id | None, Field(description="Suggested unit: the lead by the catalogue")] = None
    report: Annotated[Id | None, Field(description="Proactive report that it made; null if none")] = None
    proactive_case: Annotated[Id | None, Field(description="Case of that report; null if none yet")] = None
