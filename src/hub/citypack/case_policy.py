"""How a city handles its cases, besides limits: who reviews, how often what is allowed, who bears time."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from hub.contracts.action_terms import Ruling

Often = Annotated[int, Field(ge=0, le=20)]
"""How often something is allowed, 0 to 20 times."""


class Bears(StrEnum):
    """Who bears the time that an objection or a consultation takes."""

    NOBODY = "nobody"
    """Limits stand still meanwhile."""
    UNIT = "unit"
    """Limits go on, and may be over when the ruling comes."""


class CasePolicy(BaseModel):
    """The rules of a city's cases that are not limits; every field has a default that suits most."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    reviewer: Annotated[
        str | None, Field(description="Unit that rules on objections; null: the catch-all unit")
    ] = None
    escalation_cap: Annotated[Often, Field(description="Levels that a case is raised at most")] = 2
    unreviewed: Annotated[Ruling, Field(description="What holds where no ruling on an objection comes")] = (
        Ruling.REJECT
    )
    upheld_time: Annotated[Bears, Field(description="Who bears the time of an objection that is upheld")] = (
        Bears.NOBODY
    )
    rejected_time: Annotated[Bears, Field(description="Who bears that of one rejected")] = Bears.UNIT
    consultation_time: Annotated[Bears, Field(description="Who bears that of a consultation")] = Bears.NOBODY
    suspensions: Annotated[Often, Field(description="Suspensions of one case at most")] = 2
    extensions: Annotated[Often, Field(description="Extensions of one case at most")] = 1
    extension_share: Annotated[
        float, Field(gt=0, le=10, description="Longest extension, as a share of the limit itself")
    ] = 1.0
    callback_attempts: Annotated[Often, Field(description="Callbacks in vain before a case is closed")] = 3
    reopen_same_unit: Annotated[
        Often, Field(description="Times that a dissatisfied citizen's case goes back to its unit, then up")
    ] = 1
    reopen_cap: Annotated[Often, Field(description="Times that one case is reopened at most")] = 3
    return_days: Annotated[
        float,
        Field(ge=0, le=30, description="A signal at a closed case's place by then is its return"),
    ] = 7.0
    look_back_share: Annotated[
        float, Field(ge=0, le=1, description="Share of closed cases that are looked at again")
    ] = 0.0
    failed_inspections: Annotated[
        int, Field(ge=1, le=20, description="Failed re-inspections after which a hazard is raised a level")
    ] = 2
    hazard_plan_units: Annotated[
        tuple[str, ...],
        Field(max_length=20, description="Units that help with a hazard once it is raised: its joint plan"),
    ] = ()
