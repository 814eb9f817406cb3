"""Reports made before anybody complains 未诉先办: a warning, an alert or an operator asks to look."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant, PlaceRef, Text, Urgency


class ReportOrigin(StrEnum):
    """Who asks; new origins are added at the end."""

    UNKNOWN = "unknown"
    WARNING = "warning"
    """A warning of the hub that reached the pack's colour."""
    ALERT = "alert"
    """An alert of the monitoring."""
    OPERATOR = "operator"
    """A person at the operations centre."""


class ProactiveReport(Contract):
    """A case to open before anybody complains 未诉先办. Never counted among the complaints of a surge."""

    source: Annotated[Id, Field(description="Publisher, equal to the ce_source header")]
    id: Annotated[Id, Field(description="Report number, equal to the ce_id header; repeated = ignored")]
    reported_at: Annotated[Instant, Field(description="When the report was made")]
    origin: Annotated[ReportOrigin, Field(description="Who asks: a warning, an alert or an operator")]
    category: Annotated[str, Field(max_length=300, description="Category code or path of the city pack")]
    title: Annotated[str, Field(max_length=500, description="Short title of the matter")]
    evidence: Annotated[Text, Field(description="Why somebody should look, readable, no personal data")] = ""
    place: Annotated[PlaceRef, Field(description="Where it is: a point, or the code of a cell or town")]
    urgency: Annotated[Urgency, Field(description="Urgency; unknown takes the category's")] = Urgency.UNKNOWN
    warning: Annotated[Id | None, Field(description="Warning that made it; null for others")] = None
