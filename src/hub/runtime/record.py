"""A Kafka record as every reader hands it on, free of any client library's types."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it lies on its topic; ``timestamp_ms`` counts from 1970-01-01 UTC."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes | None], ...]
