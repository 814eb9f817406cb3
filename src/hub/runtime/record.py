"""A Kafka record as every reader hands it on, free of any client library's types."""

from datetime import UTC, datetime
from typing import NamedTuple

from hub.contracts.fields import EARLIEST, LATEST

EARLIEST_MS = int(EARLIEST.timestamp() * 1000)
LATEST_MS = int(LATEST.timestamp() * 1000) - 1
"""First and last time of a record that a contract can hold."""

UNREADABLE_HEADERS: tuple[tuple[str, bytes | None], ...] = (("hub_unreadable_headers", None),)
"""Stands for headers whose names are not UTF-8: the client library can't hand them out."""


class Record(NamedTuple):
    """One record as it lies on its topic; ``timestamp_ms`` counts from 1970-01-01 UTC."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]


def instant_of(timestamp_ms: int) -> datetime:
    """A record's time; one that nobody can mean becomes the nearest that a contract can hold."""
    held = min(max(timestamp_ms, EARLIEST_MS), LATEST_MS)
    return datetime.fromtimestamp(held / 1000, UTC)
