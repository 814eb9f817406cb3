"""How a town stands: whether it is under remediation 治理类街乡镇; said on the towns' log."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class Standing(StrEnum):
    """What a review says of a town; new values are added at the end."""

    UNKNOWN = "unknown"
    NORMAL = "normal"
    REMEDIATION = "remediation"
    """Over the city's thresholds: its new cases are dispatched one level higher until it leaves."""


class TownStatus(Contract):
    """A town enters or leaves remediation, said on one town's log: that of each town that may own its cases.

    Of two that speak of the same town the later decision holds, in whatever order they come.
    """

    source: Annotated[Id, Field(description="Who decided it")]
    id: Annotated[Id, Field(description="The publisher's id of the decision, the same on every log")]
    key_town: Annotated[Id, Field(description="Town on whose log it is said")]
    town: Annotated[Id, Field(description="Town that it is about")]
    standing: Annotated[Standing, Field(description="How that town stands from now on")]
    at: Annotated[Instant, Field(description="When it was decided")]
    why: Annotated[str, Field(max_length=300, description="Which criteria were met, readable")] = ""


class TownStanding(Contract):
    """What one town's log remembers of how a town stands: the latest decision."""

    source: Annotated[Id, Field(description="Who decided it")]
    id: Annotated[Id, Field(description="The publisher's id of the decision")]
    standing: Annotated[Standing, Field(description="How the town stands")]
    at: Annotated[Instant, Field(description="When it was decided")]
    why: Annotated[str, Field(max_length=300, description="Which criteria were met")] = ""
