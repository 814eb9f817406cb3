"""What keeps the hub honest: dead letters, ledger entries."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from hub.contracts.fields import Contract, Id, Instant


class Header(Contract):
    """A Kafka header as it came."""

    name: Annotated[str, Field(description="Name")]
    value: Annotated[bytes | None, Field(description="Bytes as they came")]


class DeadLetter(Contract):
    """A record that could not be used, whole, with the reason and where it came from. Restricted."""

    letter_id: Annotated[
        Id, Field(description="topic:partition:offset of the original, which is its identity")
    ]
    step: Annotated[Id, Field(description="Step that refused it")]
    reason: Annotated[str, Field(max_length=60, description="A name from the list of reasons")]
    detail: Annotated[
        str, Field(max_length=2000, description="Failing fields and the fix, free of personal data")
    ]
    topic: Annotated[Id, Field(description="Topic it came on")]
    partition: Annotated[int, Field(ge=0, description="Partition")]
    offset: Annotated[int, Field(ge=0, description="Offset")]
    arrived: Annotated[Instant, Field(description="When the broker received it")]
    source: Annotated[str, Field(max_length=200, description="Publisher by its header, or 'unknown'")]
    source_id: Annotated[str | None, Field(max_length=200, description="The publisher's id by its header")]
    trace_id: Annotated[Id, Field(description="Id to follow it in logs")]
    key: Annotated[bytes | None, Field(description="Key as it came")]
    value: Annotated[bytes | None, Field(description="Value as it came")]
    headers: Annotated[tuple[Header, ...], Field(description="Headers as they came")]


class Tally(StrEnum):
    """The columns of the ledger of loss: received = the sum of the others, per source and hour."""

    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"
    LATE = "late"
    DEAD = "dead"


class LedgerCount(Contract):
    """How many records of one publisher and hour ended one way."""

    feed: Annotated[Id, Field(description="Topic of the feed that they came on")]
    source: Annotated[Id, Field(description="Publisher, or 'unknown'")]
    hour: Annotated[Instant, Field(description="Hour of arrival")]
    tally: Annotated[Tally, Field(description="How they ended")]
    count: Annotated[int, Field(ge=1, description="Records")]


class LedgerEntry(Contract):
    """What one transaction did with its input, committed with it."""

    step: Annotated[Id, Field(description="Step")]
    topic: Annotated[Id, Field(description="Input topic")]
    partition: Annotated[int, Field(ge=0, description="Input partition")]
    first_offset: Annotated[int, Field(ge=0, description="Offset of the first record handled")]
    last_offset: Annotated[int, Field(ge=0, description="Offset of the last record handled")]
    records: Annotated[int, Field(ge=0, description="Records handled")]
    counts: Annotated[tuple[LedgerCount, ...], Field(description="Records that ended here")]
