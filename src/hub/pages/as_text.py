"""The map as plain text for a terminal, and as plain data for programs."""

from collections.abc import Iterable

from hub.contracts.registry import VERSIONS
from hub.pages.city_map import Box, CityMap, held, kept, partitions_of
from hub.topics import Topic

_WIDTH = 11


def text(drawn: CityMap) -> str:
    """Every step, edge and topic as a short block."""
    blocks = [*map(_box, drawn.boxes), *map(_topic, drawn.topics)]
    return "\n".join(blocks)


def plain_data(drawn: CityMap) -> dict[str, object]:
    """The map as JSON holds it."""
    return {
        "boxes": [_box_data(box) for box in drawn.boxes],
        "topics": [_topic_data(t) for t in drawn.topics],
    }


def _box(box: Box) -> str:
    kind = f"step, worker group {box.worker}" if box.core else "edge"
    tables = ", ".join(f"{name} ({row})" for name, row in box.tables)
    clock = "the partition's own, from its records and ticks" if box.clock else ""
    fields = (
        ("reads", ", ".join(box.sources)),
        ("writes", ", ".join(box.sinks)),
        ("keeps", tables),
        ("finds by", ", ".join(box.indexes)),
        ("due rows", ", ".join(box.due)),
        ("changelog", box.changelog or ""),
        ("clock", clock),
    )
    return _block(f"{box.name}  [{kind}]", box.doc, fields)


def _topic(topic: Topic) -> str:
    fields = (
        ("holds", ", ".join(f"{name} v{VERSIONS[name]}" for name in held(topic)) or "rows"),
        ("key", topic.key),
        ("owner", topic.owner),
        ("readers", ", ".join(topic.readers)),
        ("partitions", partitions_of(topic)),
        ("kept", kept(topic)),
        ("grade", f"{topic.grade}, {topic.envelope} headers"),
    )
    return _block(f"{topic.name}  [topic]", topic.purpose, fields)


def _block(title: str, about: str, fields: Iterable[tuple[str, str]]) -> str:
    lines = [title, f"  {about}", *(f"  {name:{_WIDTH}}{value}" for name, value in fields if value)]
    return "\n".join(lines) + "\n"


def _box_data(box: Box) -> dict[str, object]:
    return {
        "name": box.name,
        "kind": "core" if box.core else "edge",
        "worker": box.worker,
        "doc": box.doc,
        "sources": box.sources,
        "sinks": box.sinks,
        "tables": dict(box.tables),
        "indexes": box.indexes,
        "due": box.due,
        "changelog": box.changelog,
        "clock": box.clock,
    }


def _topic_data(topic: Topic) -> dict[str, object]:
    return {
        "name": topic.name,
        "contracts": {name: VERSIONS[name] for name in held(topic)},
        "key": topic.key,
        "owner": topic.owner,
        "readers": topic.readers,
        "partitions": partitions_of(topic),
        "retention_days": topic.retention_days,
        "compacted": topic.compacted,
        "grade": topic.grade,
        "envelope": topic.envelope,
        "feed": topic.feed,
        "purpose": topic.purpose,
    }
