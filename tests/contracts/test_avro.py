"""The rules by which a model becomes an Avro schema, each with the mistake that it refuses."""

import json
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, NewType

import pytest
from avro.schema import parse
from fastavro import parse_schema
from pydantic import AwareDatetime, Field, create_model

from hub.contracts.avro import Json, avro_schema
from hub.contracts.fields import Contract, Id, Instant
from hub.contracts.registry import CONTRACTS, name_of
from hub.contracts.shapes import UnsupportedField
from hub.domain.gateways import GATEWAYS
from hub.domain.tables import CASES, OBSERVATIONS, SEEN
from hub.topics import TOPICS

RoadId = NewType("RoadId", str)


class Colour(StrEnum):
    """What a lamp shows."""

    UNKNOWN = "unknown"
    RED = "red"
    DARK_GREEN = "dark_green"


class Lamp(Contract):
    """One lamp."""

    colour: Annotated[Colour, Field(description="What it shows")] = Colour.RED


class Crossing(Contract):
    """A crossing of roads,

    with lamps.
    """

    road: Annotated[RoadId, Field(description="Road")]
    name: Annotated[Id, Field(description="Name")]
    since: Annotated[Instant, Field(description="When it was built")]
    lanes: Annotated[int, Field(ge=1, description="Lanes")] = 2
    width: Annotated[float, Field(description="Width in metres")]
    open: Annotated[bool, Field(description="Whether it is open")] = True
    photo: Annotated[bytes, Field(description="A photo")] = b"\xff"
    closed: Annotated[Instant | None, Field(description="When it was closed")]
    note: Annotated[str | None, Field(max_length=5, description="A note")] = None
    first: Annotated[Lamp, Field(description="The first lamp")]
    lamps: Annotated[tuple[Lamp, ...], Field(description="Lamps")] = ()
    seen: Annotated[tuple[Colour, ...], Field(description="Colours seen")]


LAMP: Json = {
    "type": "record",
    "name": "Lamp",
    "namespace": "hub",
    "doc": "One lamp.",
    "fields": [
        {
            "name": "colour",
            "type": {
                "type": "enum",
                "name": "Colour",
                "namespace": "hub",
                "doc": "What a lamp shows.",
                "symbols": ["unknown", "red", "dark_green"],
                "default": "unknown",
            },
            "doc": "What it shows",
            "default": "red",
        }
    ],
}
MILLIS: Json = {"type": "long", "logicalType": "timestamp-millis"}


def test_every_rule_at_work() -> None:
    assert avro_schema(Crossing) == {
        "type": "record",
        "name": "Crossing",
        "namespace": "hub",
        "doc": "A crossing of roads, with lamps.",
        "fields": [
            {"name": "road", "type": "string", "doc": "Road"},
            {"name": "name", "type": "string", "doc": "Name"},
            {"name": "since", "type": MILLIS, "doc": "When it was built"},
            {"name": "lanes", "type": "long", "doc": "Lanes", "default": 2},
            {"name": "width", "type": "double", "doc": "Width in metres"},
            {"name": "open", "type": "boolean", "doc": "Whether it is open", "default": True},
            {"name": "photo", "type": "bytes", "doc": "A photo", "default": "\u00ff"},
            {"name": "closed", "type": ["null", MILLIS], "doc": "When it was closed", "default": None},
            {"name": "note", "type": ["null", "string"], "doc": "A note", "default": None},
            {"name": "first", "type": LAMP, "doc": "The first lamp"},
            {"name": "lamps", "type": {"type": "array", "items": "hub.Lamp"}, "doc": "Lamps", "default": []},
            {"name": "seen", "type": {"type": "array", "items": "hub.Colour"}, "doc": "Colours seen"},
        ],
    }


@pytest.mark.parametrize("name", CONTRACTS)
def test_two_libraries_accept_every_contract(name: str) -> None:
    schema = avro_schema(CONTRACTS[name])
    parse_schema(schema)
    parse(json.dumps(schema))


class _NotFirst(StrEnum):
    """An enum without UNKNOWN first."""

    RED = "red"
    UNKNOWN = "unknown"


class _Hyphen(StrEnum):
    """An enum with a value that is no Avro symbol."""

    UNKNOWN = "unknown"
    DARK_GREEN = "dark-green"


class _Silent(StrEnum):
    UNKNOWN = "unknown"


def _homonym() -> type[StrEnum]:
    class Colour(StrEnum):
        """Another enum of the same name."""

        UNKNOWN = "unknown"

    return Colour


def _crowd() -> Any:
    named: Any = StrEnum
    crowd = named("Crowd", {"UNKNOWN": "unknown", **{f"A{n}": f"a{n}" for n in range(64)}})
    crowd.__doc__ = "An enum of 65 members."
    return crowd


@pytest.mark.parametrize(
    ("annotation", "field", "problem"),
    [
        (Decimal, Field(description="d"), "no Avro type for <class 'decimal.Decimal'>"),
        (list[int], Field(description="d"), "no Avro type for list"),
        (tuple[int, str], Field(description="d"), "no Avro type for tuple"),
        (dict[str, int], Field(description="d"), "no Avro type for dict"),
        (int | str, Field(description="d"), "no Avro type for int | str"),
        (datetime, Field(description="d"), "no Avro type for <class 'datetime.datetime'>"),
        (AwareDatetime, Field(description="d"), "AwareDatetime'>; use bool, int, float, str, bytes, Instant"),
        (int, Field(), "say what it holds"),
        (int, Field(description="d", default_factory=int), "use a plain default"),
        (int | None, Field(description="d", default=1), "the default must be None"),
        (Lamp, Field(description="d", default=Lamp()), "no Avro default for Lamp"),
        (tuple[int, ...], Field(description="d", default=(1,)), "no Avro default for (1,)"),
        (_NotFirst, Field(description="d"), '_NotFirst must begin with UNKNOWN = "unknown"'),
        (_Hyphen, Field(description="d"), "_Hyphen may have letters, digits and _"),
        (_Silent, Field(description="d"), "say what _Silent is, in its docstring"),
        (_crowd(), Field(description="d"), "Crowd may have 64 members"),
    ],
)
def test_a_field_without_a_rule_is_named_with_its_fix(annotation: Any, field: Any, problem: str) -> None:
    model = create_model("Broken", __base__=Contract, __doc__="Broken.", part=(annotation, field))
    with pytest.raises(UnsupportedField) as error:
        avro_schema(model)
    assert str(error.value).startswith("Broken.part: ")
    assert problem in str(error.value)


def test_two_types_of_one_name_are_refused() -> None:
    model = create_model(
        "Broken",
        __base__=Contract,
        __doc__="Broken.",
        lamp=(Lamp, Field(description="d")),
        colour=(_homonym(), Field(description="d")),
    )
    with pytest.raises(UnsupportedField, match=r"^Broken.colour: two types are named Colour; rename one$"):
        avro_schema(model)


def test_a_mistake_in_a_nested_model_is_named_there() -> None:
    inner = create_model("Inner", __base__=Contract, __doc__="Inner.", part=(int, Field()))
    outer = create_model("Outer", __base__=Contract, __doc__="Outer.", inner=(inner, Field(description="d")))
    with pytest.raises(UnsupportedField, match=r"^Inner.part: "):
        avro_schema(outer)


def test_a_model_says_what_it_is_and_holds_something() -> None:
    with pytest.raises(UnsupportedField, match=r"^Mute.__doc__: "):
        avro_schema(create_model("Mute", __base__=Contract, part=(int, Field(description="d"))))
    with pytest.raises(UnsupportedField, match=r"^Empty.__doc__: give it a field"):
        avro_schema(create_model("Empty", __base__=Contract, __doc__="Empty."))


def test_every_contract_of_the_map_is_registered() -> None:
    on_topics = {contract for topic in TOPICS.values() for contract in topic.contracts}
    rows = {table.row for table in (CASES, SEEN, OBSERVATIONS, GATEWAYS)}
    assert on_topics | rows <= set(CONTRACTS.values())
    assert all(name_of(model) == name for name, model in CONTRACTS.items())
    with pytest.raises(KeyError, match="Lamp is not registered"):
        name_of(Lamp)
