"""What a case holds while more than the plain work goes on: objection, consultation, whistle, requests."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.action_terms import Grounds
from hub.contracts.fields import Contract, Id, Instant


class Objection(Contract):
    """A unit's objection 派单异议 to a dispatch, or a case handed back, until it is ruled on."""

    unit: Annotated[Id, Field(description="Unit that objects")]
    grounds: Annotated[Grounds, Field(description="Why")]
    evidence: Annotated[Id | None, Field(description="Number of the document that proves it")]
    at: Annotated[Instant, Field(description="Log time of the objection")]


class Consultation(Contract):
    """A joint consultation 疑难会商 about who is responsible, until it rules."""

    by: Annotated[Id, Field(description="Unit that convened it; of a second objection the reviewer")]
    units: Annotated[tuple[Id, ...], Field(description="Units that are heard")]
    at: Annotated[Instant, Field(description="Log time when it was convened")]


class Summoned(Contract):
    """A department that was whistled for, and what it did."""

    unit: Annotated[Id, Field(description="Department")]
    due: Annotated[Instant, Field(description="When it must be on site")]
    arrived: Annotated[Instant | None, Field(description="When it reported in 报到; null: not yet")] = None
    left: Annotated[Instant | None, Field(description="When it left; null: still there or never came")] = None
    cosigned: Annotated[Instant | None, Field(description="When it co-signed the closure")] = None
    grade: Annotated[int | None, Field(description="The whistler's grade, 1 to 5; null: none yet")] = None


class Whistle(Contract):
    """A whistle 吹哨: who whistled, who must come, how many of them are enough."""

    by: Annotated[Id, Field(description="Unit that whistled: the town, a community, or the lead")]
    at: Annotated[Instant, Field(description="Log time of the whistle")]
    quorum: Annotated[int, Field(description="How many must come, and co-sign that it is done")]
    summoned: Annotated[tuple[Summoned, ...], Field(description="Who must come, as named")]
    plan: Annotated[Id | None, Field(description="Number of the joint plan; null: none")] = None
    ended: Annotated[
        Instant | None, Field(description="Log time when nobody was awaited any more; null: some still are")
    ] = None
    done: Annotated[
        Instant | None, Field(description="When the lead said that it is done, while that is co-signed")
    ] = None
    agreed: Annotated[
        Instant | None, Field(description="Log time when that was co-signed, or nobody was to co-sign it")
    ] = None


class AskedExtension(Contract):
    """Time that the lead asks for, until it is ruled on."""

    hours: Annotated[float, Field(description="Hours more than the limit gives")]
    grounds: Annotated[Grounds, Field(description="Why")]
    at: Annotated[Instant, Field(description="Log time of the request")]


class Exclusion(StrEnum):
    """Whether a case counts in its unit's score 剔除; new values are added at the end."""

    UNKNOWN = "unknown"
    NONE = "none"
    ASKED = "asked"
    GRANTED = "granted"
    REFUSED = "refused"


class CaseTag(StrEnum):
    """What is known of a case besides its stage; new values are added at the end."""

    UNKNOWN = "unknown"
    REPEAT = "repeat"
    """The same appellant or place came with the same category again and again 反复诉求."""
    HELP = "help"
    """Its appellant needs a plan of their own 一人一策."""
    REMEDIATION = "remediation"
    """It was dispatched while its town was under remediation 治理类街乡镇."""
    PROACTIVE = "proactive"
    """It was opened before anybody complained 未诉先办."""


class Absorbed(Contract):
    """A case that was joined to this one by hand: its signals lie among this one's."""

    case_id: Annotated[Id, Field(description="Case that was joined")]
    at: Annotated[Instant, Field(description="Log time of the join")]
