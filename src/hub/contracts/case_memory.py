"""What the town log's rules remember besides open cases: archived ones, known signals, refused actions."""

from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class ClosedCase(Contract):
    """What is remembered of an archived case, for 30 days of log time after it was over."""

    acted: Annotated[bytes, Field(description="Digests of the actions it has seen, 8 bytes each")]
    forget_at: Annotated[Instant, Field(description="Log time when it is forgotten")]


class RefusedActions(Contract):
    """What is remembered of a unit's refused actions in a town: the newest exactly, the others by time."""

    newer: Annotated[bytes, Field(description="Digests of the newest, 8 bytes each")]
    newer_at: Annotated[Instant, Field(description="Latest time that one of these claims")]
    older: Annotated[bytes, Field(description="Digests of the generation before")] = b""
    older_at: Annotated[Instant | None, Field(description="Latest time that one of those claims")] = None
    floor: Annotated[
        Instant | None, Field(description="Latest time that a forgotten one claims; null: none is forgotten")
    ] = None
    forget_at: Annotated[Instant, Field(description="Log time when all are forgotten")]


class SeenSignal(Contract):
    """A signal handled before, kept to know it again: 30 days of log time after its last use."""

    case_id: Annotated[Id | None, Field(description="Case it went to, null if none")]
    time: Annotated[Instant, Field(description="Log time when it was handled")]
    forget_at: Annotated[Instant, Field(description="Log time when it is forgotten")]


class Observation(Contract):
    """Findings of one category at one site that have not opened a case yet."""

    seen: Annotated[tuple[Instant, ...], Field(description="Event times, oldest first")]
    forget_at: Annotated[Instant, Field(description="Log time when it is forgotten")]


class PartitionClock(Contract):
    """How late it is on a partition's log: the highest time that it has shown."""

    now: Annotated[Instant, Field(description="Log time")]
