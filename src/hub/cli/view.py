"""A record as a person or a script reads it: decoded, and on restricted topics masked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hub.cli.terminal import harmless
from hub.contracts.feeds import ReadingPack
from hub.contracts.fields import Contract, Grade
from hub.domain.privacy import mask
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import Topic

MASKED = "[masked]"

_SHOWN = frozenset(
    {
        "source", "id", "reported_at", "channel", "category", "urgency", "wants_callback", "due", "kind",
        "solved_at", "at", "unit", "case_id", "signal", "place", "code",
        "source_id", "letter_id", "step", "reason", "detail", "topic", "partition", "offset", "arrived",
        "trace_id",
    }
)  # fmt: skip
"""Fields of restricted topics that hold nothing personal; a new field is masked until it is named here."""


def decoded(record: Record) -> Contract:
    """The contract that a record holds; raises Refused with the reason."""
    attributes = read_headers(record.headers)
    return decode(attributes.type, attributes.version, record.value or b"")


def shown(record: Record, topic: Topic, *, clear: bool) -> dict[str, Any]:
    """A record as JSON: where it lies, what its headers say, its body; ``clear`` leaves nothing masked."""
    hide = topic.grade is Grade.RESTRICTED and not clear
    key = (record.key or b"").decode(errors="replace")
    found: dict[str, Any] = {
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp": _iso(record.timestamp_ms),
        "key": mask(key) if hide else key,
    }
    if record.value is None:
        return {**found, "removed": True}
    try:
        attributes = read_headers(record.headers)
        body = decode(attributes.type, attributes.version, record.value)
    except Refused as refused:
        problem = f"{refused.reason}: {refused.detail}"
        return {**found, "unreadable": problem, "bytes": len(record.value)}
    found["type"] = attributes.type
    found["id"] = attributes.id
    found["source"] = attributes.source
    plain = body.model_dump(mode="json", exclude_none=True)
    found["body"] = _masked(plain) if hide else plain
    return found


def one_line(row: dict[str, Any]) -> str:
    """A shown record as a line for people; nothing in it can steer their terminal."""
    return harmless(_line(row))


def _line(row: dict[str, Any]) -> str:
    where = f"{row['timestamp']}  {row['topic']}[{row['partition']}]@{row['offset']}"
    if "removed" in row:
        return f"{where}  {row['key']} removed"
    if "unreadable" in row:
        return f"{where}  unreadable, {row['bytes']} bytes: {row['unreadable']}"
    body = dict(row["body"])
    if row["type"] == ReadingPack.__name__:
        body = {name: body[name] for name in ("gateway", "base_time")}
        body["readings"] = len(row["body"]["slots"]) * 3 // 4 // 2
    parts = " ".join(f"{name}={_short(value)}" for name, value in body.items())
    return f"{where}  {row['type']} {row['id']}  {parts}"


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _masked(inner) if name in _SHOWN else MASKED for name, inner in value.items()}
    if isinstance(value, list):
        return [_masked(inner) for inner in value]
    return value


def _short(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + " ".join(f"{name}={_short(inner)}" for name, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_short, value)) + "]"
    return str(value)


def _iso(millis: int) -> str:
    return datetime.fromtimestamp(millis / 1000, UTC).isoformat(timespec="milliseconds")
