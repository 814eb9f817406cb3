"""Which changes to a contract are legal; the reference implementation of Avro must agree."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse

from hub.contracts.avro import avro_schema
from hub.contracts.evolution import breaking_changes
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.runtime.schema_files import read_schema, schemas_folder

Change = Callable[[Any], object]


def _reads(reader: object, writer: object) -> bool:
    checker: Any = ReaderWriterCompatibilityChecker
    answer = checker().get_compatibility(parse(json.dumps(reader)), parse(json.dumps(writer)))
    return bool(answer.compatibility is SchemaCompatibilityType.compatible)


def _ticket() -> Any:
    return copy.deepcopy(avro_schema(CONTRACTS["HotlineTicket"]))


def _changed(change: Change) -> Any:
    schema = _ticket()
    change(schema)
    return schema


def _field(schema: Any, *names: str) -> Any:
    """A field by the names on the way to it, through records and unions."""
    for name in names:
        part = schema["type"] if schema["type"] != "record" else schema
        part = part[1] if isinstance(part, list) else part
        schema = next(field for field in part["fields"] if field["name"] == name)
    return schema


def _without(name: str) -> Change:
    return lambda schema: schema["fields"].remove(_field(schema, name))


def _with(field: dict[str, Any]) -> Change:
    return lambda schema: schema["fields"].append(field)


def _set(key: str, value: object, *names: str) -> Change:
    return lambda schema: _field(schema, *names).__setitem__(key, value)


@pytest.mark.parametrize("name", CONTRACTS)
def test_all_versions_read_one_another(name: str) -> None:
    """Every pair, not only neighbours: old programs stay for years."""
    versions = [read_schema(schemas_folder(), name, each) for each in range(1, VERSIONS[name] + 1)]
    for older in versions:
        for newer in versions[versions.index(older) :]:
            assert breaking_changes(older, newer) == []
            assert _reads(newer, older)
            assert _reads(older, newer)


@pytest.mark.parametrize(
    "change",
    [
        _with({"name": "language", "type": ["null", "string"], "default": None}),
        _with({"name": "calls", "type": "long", "default": 0}),
        _without("title"),
        lambda schema: _field(schema, "channel")["type"]["symbols"].append("fax"),
        _set("doc", "Said better", "source"),
        lambda schema: schema["fields"].reverse(),
    ],
    ids=["optional field", "field with default", "dropped with default", "new symbol", "words", "order"],
)
def test_legal_changes(change: Change) -> None:
    before, after = _ticket(), _changed(change)
    assert breaking_changes(before, after) == []
    assert _reads(after, before)
    assert _reads(before, after)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (_with({"name": "calls", "type": "long"}), "HotlineTicket.calls: new, so it needs a default"),
        (_without("category"), "HotlineTicket.category: dropped, but old programs need it"),
        (_set("type", "long", "category"), "HotlineTicket.category: the type changes from string to long"),
        (
            _set("type", "string", "title"),
            "HotlineTicket.title: the type changes from null or string to string",
        ),
        (_set("type", ["null", "string"], "id"), "HotlineTicket.id: the type changes from string to null or"),
        (_set("type", "float", "place", "point", "lat"), "HotlineTicket.place.point.lat: the type changes"),
        (
            lambda schema: schema.__setitem__("name", "Ticket"),
            "Ticket: the record HotlineTicket becomes Ticket",
        ),
    ],
)
def test_illegal_changes_are_named(change: Change, said: str) -> None:
    before, after = _ticket(), _changed(change)
    (found,) = breaking_changes(before, after)
    assert found.startswith(said)
    assert not (_reads(after, before) and _reads(before, after))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            _set("type", {"type": "long", "logicalType": "timestamp-micros"}, "reported_at"),
            "HotlineTicket.reported_at: the type changes from timestamp-millis to timestamp-micros",
        ),
        (
            lambda schema: _field(schema, "channel")["type"]["symbols"].remove("phone"),
            "HotlineTicket.channel: symbols of Channel change; keep unknown, phone, app",
        ),
        (
            lambda schema: _field(schema, "channel")["type"]["symbols"].insert(1, "fax"),
            "HotlineTicket.channel: symbols of Channel change",
        ),
        (
            lambda schema: _field(schema, "channel")["type"].__setitem__("name", "Way"),
            "HotlineTicket.channel: the enum Channel becomes Way",
        ),
    ],
)
def test_changes_that_avro_lets_pass_and_we_do_not(change: Change, said: str) -> None:
    (found,) = breaking_changes(_ticket(), _changed(change))
    assert found.startswith(said)


def test_what_lists_hold_is_looked_into() -> None:
    before = avro_schema(CONTRACTS["CaseEvent"])
    after: Any = copy.deepcopy(before)
    _field(after, "moves")["type"]["items"]["fields"].append({"name": "weight", "type": "long"})
    assert breaking_changes(before, after) == [
        "CaseEvent.moves[].weight: new, so it needs a default for records that were written without it"
    ]


def test_a_type_may_be_defined_at_another_place_than_before() -> None:
    lamp = {"type": "enum", "name": "Lamp", "symbols": ["unknown", "red"], "default": "unknown"}
    repainted = {**lamp, "symbols": ["unknown", "green"]}
    before: Any = {"type": "record", "name": "Crossing", "fields": [{"name": "last", "type": lamp}]}

    def after(kind: object) -> Any:
        first = {"name": "first", "type": ["null", kind], "default": None}
        return {**before, "fields": [first, {"name": "last", "type": "hub.Lamp"}]}

    assert breaking_changes(before, after(lamp)) == []
    assert breaking_changes(before, after(repainted)) == [
        "Crossing.last: symbols of Lamp change; keep unknown, red in this order, add at the end"
    ]
