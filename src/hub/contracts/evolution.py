"""Which changes a contract may see: old programs must read new records, and new programs old ones."""

from collections.abc import Iterator, Mapping
from typing import cast

from hub.contracts.avro import NAMESPACE, Json

Schema = dict[str, Json]


def breaking_changes(older: Schema, newer: Schema) -> list[str]:
    """What forbids the newer schema to follow the older one, each with its place; empty if nothing does.

    Allowed are new fields with a default, fields dropped that had one, symbols added at the end, and words.
    """
    return list(_differences(_Side(older), _Side(newer), older, newer, str(newer["name"])))


class _Side:
    """One schema with its definitions by full name."""

    def __init__(self, schema: Schema) -> None:
        self._defined: dict[str, Schema] = {}
        self._define(schema)

    def _define(self, part: Json) -> None:
        if isinstance(part, dict):
            if "name" in part and "type" in part and part["type"] in ("record", "enum"):
                self._defined[f"{NAMESPACE}.{part['name']}"] = part
            for inner in part.values():
                self._define(inner)
        elif isinstance(part, list):
            for inner in part:
                self._define(inner)

    def resolve(self, part: Json) -> Json:
        """The definition that a full name stands for; anything else as it is."""
        return self._defined.get(part, part) if isinstance(part, str) else part


def _differences(old: _Side, new: _Side, before: Json, after: Json, at: str) -> Iterator[str]:
    before, after = old.resolve(before), new.resolve(after)
    match before, after:
        case [_, was], [_, now]:
            yield from _differences(old, new, was, now, at)
        case {"type": "record"}, {"type": "record"}:
            yield from _record_differences(old, new, cast("Schema", before), cast("Schema", after), at)
        case {"type": "enum"}, {"type": "enum"}:
            yield from _enum_differences(cast("Schema", before), cast("Schema", after), at)
        case {"type": "array", "items": was}, {"type": "array", "items": now}:
            yield from _differences(old, new, was, now, f"{at}[]")
        case _ if before != after:
            yield f"{at}: the type changes from {_words(before)} to {_words(after)}; add a new field instead"


def _record_differences(old: _Side, new: _Side, before: Schema, after: Schema, at: str) -> Iterator[str]:
    if before["name"] != after["name"]:
        yield f"{at}: the record {before['name']} becomes {after['name']}; keep its name"
    olds, news = _fields(before), _fields(after)
    for name in olds.keys() - news.keys():
        if "default" not in olds[name]:
            yield f"{at}.{name}: dropped, but old programs need it, it has no default there"
    for name in news.keys() - olds.keys():
        if "default" not in news[name]:
            yield f"{at}.{name}: new, so it needs a default for records that were written without it"
    for name in olds.keys() & news.keys():
        yield from _differences(old, new, olds[name]["type"], news[name]["type"], f"{at}.{name}")


def _enum_differences(before: Schema, after: Schema, at: str) -> Iterator[str]:
    was, now = cast("list[str]", before["symbols"]), cast("list[str]", after["symbols"])
    if before["name"] != after["name"]:
        yield f"{at}: the enum {before['name']} becomes {after['name']}; keep its name"
    if now[: len(was)] != was:
        yield f"{at}: symbols of {after['name']} change; keep {', '.join(was)} in this order, add at the end"


def _fields(record: Schema) -> Mapping[str, Schema]:
    return {str(field["name"]): field for field in cast("list[Schema]", record["fields"])}


def _words(part: Json) -> str:
    if isinstance(part, list):
        return " or ".join(map(_words, part))
    if isinstance(part, dict):
        return str(part.get("logicalType") or part.get("name") or part["type"])
    return str(part)
