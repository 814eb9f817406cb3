"""What an action says besides its kind: grounds, rulings, units, hours, answers. Free of personal data."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id


class Grounds(StrEnum):
    """Why a unit objects, suspends, asks for time or asks to be left out; new ones are added at the end."""

    UNKNOWN = "unknown"
    NOT_OUR_DUTY = "not_our_duty"
    NOT_OUR_AREA = "not_our_area"
    DUPLICATE = "duplicate"
    NO_SUCH_PLACE = "no_such_place"
    NOT_A_MATTER = "not_a_matter"
    """Unreasonable, or nothing that a city can do."""
    WAITS_FOR_CITIZEN = "waits_for_citizen"
    WAITS_FOR_OTHERS = "waits_for_others"
    WAITS_FOR_SEASON = "waits_for_season"
    """Weather, frost, a growing season."""
    NEEDS_A_PLAN = "needs_a_plan"
    """Money, permits or building works that take their time."""
    OTHER = "other"


class Ruling(StrEnum):
    """What whoever decides about a request says."""

    UNKNOWN = "unknown"
    UPHOLD = "uphold"
    """The request is granted."""
    REJECT = "reject"


class Answers(Contract):
    """What a citizen said when called back 回访: the three rates are made of it."""

    reached: Annotated[bool, Field(description="Whether anybody answered the call")]
    contacted: Annotated[
        bool | None, Field(description="Whether the unit had contacted the citizen in time; null: not asked")
    ] = None
    solved: Annotated[bool | None, Field(description="Whether the matter is solved; null: not said")] = None
    satisfied: Annotated[bool | None, Field(description="Whether the citizen is satisfied; null: unsaid")] = (
        None
    )


class ActionTerms(Contract):
    """What an action says besides its kind; which action needs which is in the table of moves."""

    grounds: Annotated[Grounds | None, Field(description="Why it is asked")] = None
    evidence: Annotated[
        Id | None, Field(description="Number of a document that proves it, or of the joint plan")
    ] = None
    ruling: Annotated[Ruling | None, Field(description="What was decided")] = None
    to_unit: Annotated[Id | None, Field(description="Unit that the case goes to, or that is graded")] = None
    units: Annotated[
        tuple[Id, ...], Field(max_length=20, description="Units that are summoned, convened or shall help")
    ] = ()
    category: Annotated[Id | None, Field(description="Category that the matter really has")] = None
    hours: Annotated[
        float | None, Field(ge=0.1, le=17_520, description="Hours that are asked for, or given to arrive")
    ] = None
    quorum: Annotated[
        int | None, Field(ge=1, le=20, description="How many of the summoned must come and co-sign")
    ] = None
    answers: Annotated[Answers | None, Field(description="What the citizen said")] = None
    grade: Annotated[int | None, Field(ge=1, le=5, description="Grade of who came, 5 is best")] = None
    passed: Annotated[bool | None, Field(description="Whether what was looked at again is in order")] = None
    other_case: Annotated[Id | None, Field(description="The other case of a join, split or move")] = None
