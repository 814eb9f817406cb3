"""A Kafka record as every reader hands it on, free of any client library's types."""

from typing import NamedTuple

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
