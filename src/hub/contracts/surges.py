"""What the warnings step remembers: recent signals of each group of matters, and what is usual."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Feed, Id, Instant
from hub.contracts.warnings import Warning


class RecentKind(StrEnum):
    """What kind of signal it was."""

    UNKNOWN = "unknown"
    COMPLAINT = "complaint"
    """A citizen's ticket or a grid worker's report."""
    ALARM = "alarm"
    HAZARD = "hazard"


class Recent(Contract):
    """One signal of the last days."""

    at: Annotated[Instant, Field(description="Event time")]
    kind: Annotated[RecentKind, Field(description="Complaint, alarm or hazard")]
    cell: Annotated[Id | None, Field(description="Cell of its case")]
    category: Annotated[Id, Field(description="Its category")]
    case_id: Annotated[Id, Field(description="Its case")]
    repeat: Annotated[bool, Field(description="Whether its case is one of a repeated matter")] = False
    unusual: Annotated[bool, Field(description="Whether it came in a burst: such teach nothing")] = False


class GroupTrace(Contract):
    """The table row of one group of matters in one town: what was said lately, and how often as a rule."""

    town: Annotated[Id, Field(description="Town")]
    group: Annotated[Id, Field(description="Affinity group")]
    recent: Annotated[tuple[Recent, ...], Field(description="Its signals of the last days, by event time")]
    taught: Annotated[int, Field(ge=0, description="How many of them, from the oldest, have taught")] = 0
    level: Annotated[float, Field(ge=0, description="Usual signals, each worth less as it ages")] = 0.0
    updated: Annotated[Instant, Field(description="Time that the level is of")]
    restless: Annotated[Instant | None, Field(description="Since when unusual signals come again and again")]
    warning: Annotated[Id | None, Field(description="Its active warning")] = None
    due: Annotated[Instant, Field(description="When it is looked at again, to teach and to be forgotten")]


class GroupNorm(Contract):
    """The table row of one group in all towns of a partition, or of all groups: what is usual."""

    level: Annotated[float, Field(ge=0, description="Usual signals, each worth less as it ages")]
    updated: Annotated[Instant, Field(description="Time that the level is of")]
    hours: Annotated[bytes, Field(description="Signals by hour of the week, 168 little-endian float32")]
    excess: Annotated[float, Field(description="Sum of (others - expected)^2 - others")] = 0.0
    squares: Annotated[float, Field(ge=0, description="Sum of expected^2")] = 0.0


class FeedPulse(Contract):
    """How a feed beats: a long silence that chance doesn't explain is a gap, not quiet."""

    feed: Annotated[Feed, Field(description="Feed")]
    last: Annotated[Instant, Field(description="Newest event time")]
    level: Annotated[float, Field(ge=0, description="Signals, each worth less as it ages")]
    gap_from: Annotated[Instant | None, Field(description="Begin of its newest gap")] = None
    gap_to: Annotated[Instant | None, Field(description="End of its newest gap")] = None


class PartitionNorm(Contract):
    """The table row of a partition as a whole: since when it learns, of which towns, through which feeds."""

    started: Annotated[Instant, Field(description="Event time of its first signal")]
    updated: Annotated[Instant, Field(description="Time that its levels are of")]
    towns: Annotated[tuple[Id, ...], Field(description="Towns seen, sorted")]
    feeds: Annotated[tuple[FeedPulse, ...], Field(description="Feeds seen")]
    lost_days: Annotated[float, Field(ge=0, description="Days in gaps of feeds, each worth less with age")]
    near: Annotated[float, Field(ge=0, description="Unrelated signals of a group near each other")] = 0.0
    pairs: Annotated[float, Field(ge=0, description="Unrelated signals of a group compared")] = 0.0


class OpenWarning(Contract):
    """The table row of a warning until nothing more is expected of it."""

    warning: Annotated[Warning, Field(description="As it was last told")]
    newest: Annotated[Instant, Field(description="Event time of its newest signal")]
    due: Annotated[Instant, Field(description="When it ends, is judged or forgotten")]
