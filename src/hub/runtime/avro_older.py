"""Bodies of older versions: fastavro resolves them into the newest, which our own readers then read."""

import json
from collections.abc import Callable, Mapping
from io import BytesIO

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from fastavro.types import Schema

from hub.contracts.avro import Json

Upgrade = Callable[[bytes], bytes]
"""Turns a body of one older version into the newest. Raises ValueError if it is not one."""


def make_upgrade(older: Mapping[str, Json], newest: Mapping[str, Json]) -> Upgrade:
    """The function that upgrades bodies written with one schema to another that can read it."""
    written, wanted = _bare(older), _bare(newest)

    def upgrade(body: bytes) -> bytes:
        source, target = BytesIO(body), BytesIO()
        try:
            record = schemaless_reader(source, written, wanted)
            schemaless_writer(target, wanted, record)
        except Exception as error:
            # fastavro has no error type of its own for unreadable bytes.
            raise ValueError(f"not a body of that version: {type(error).__name__}") from None
        if source.tell() != len(body):
            raise ValueError("bytes follow the record")
        return target.getvalue()

    return upgrade


def _bare(schema: Mapping[str, Json]) -> Schema:
    """The schema with times as plain numbers, so that none is too far for Python before it is checked."""

    def plain(part: dict[str, Json]) -> Json:
        return part["type"] if "logicalType" in part else part

    return parse_schema(json.loads(json.dumps(schema), object_hook=plain))
