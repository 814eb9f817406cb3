"""The Avro schema of a contract, made from its model: the model is the source, the schema follows."""

from enum import Enum
from typing import TypeAlias

from pydantic import BaseModel

from hub.contracts.shapes import (
    Choice,
    Many,
    Maybe,
    Plain,
    Record,
    RecordField,
    Shape,
    UnsupportedField,
    shape_of,
)

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""A schema as JSON holds it: a type's name, a definition, or a union."""

NAMESPACE = "hub"


def avro_schema(model: type[BaseModel]) -> dict[str, Json]:
    """The Avro record of a model; nested records and enums are defined where they are first met.

    Raises UnsupportedField for a type without a rule, a missing description, an enum without UNKNOWN first.
    """
    return _record(shape_of(model), {})


def _record(record: Record, defined: dict[str, type]) -> dict[str, Json]:
    head = _head("record", record.model, defined)
    return {**head, "fields": [_field(record.model, field, defined) for field in record.fields]}


def _field(model: type[BaseModel], field: RecordField, defined: dict[str, type]) -> dict[str, Json]:
    try:
        made: dict[str, Json] = {"name": field.name, "type": _type(field.shape, defined), "doc": field.doc}
        if not field.required:
            made["default"] = _default(field.default)
    except _Problem as problem:
        raise UnsupportedField(model, field.name, str(problem)) from None
    return made


class _Problem(ValueError):
    """What is wrong with a field, before it is known which one it is."""


def _type(shape: Shape, defined: dict[str, type]) -> Json:
    match shape:
        case Plain.MOMENT:
            return {"type": "long", "logicalType": str(shape.value)}
        case Plain():
            return str(shape.value)
        case Maybe(of):
            return ["null", _type(of, defined)]
        case Many(of):
            return {"type": "array", "items": _type(of, defined)}
        case Choice(kind):
            return _known(kind, defined) or _enum(kind, defined)
        case Record(model):
            return _known(model, defined) or _record(shape, defined)


def _known(kind: type, defined: dict[str, type]) -> str | None:
    """The full name of a type that is defined already."""
    first = defined.get(kind.__name__)
    if first is None:
        return None
    if first is not kind:
        raise _Problem(f"two types are named {kind.__name__}; rename one")
    return f"{NAMESPACE}.{kind.__name__}"


def _enum(kind: type[Enum], defined: dict[str, type]) -> dict[str, Json]:
    symbols: list[Json] = [member.value for member in kind]
    return {**_head("enum", kind, defined), "symbols": symbols, "default": symbols[0]}


def _head(avro_type: str, kind: type, defined: dict[str, type]) -> dict[str, Json]:
    defined[kind.__name__] = kind
    doc = " ".join((kind.__doc__ or "").split())
    return {"type": avro_type, "name": kind.__name__, "namespace": NAMESPACE, "doc": doc}


def _default(default: object) -> Json:
    match default:
        case Enum():
            return str(default.value)
        case None | bool() | int() | float() | str():
            return default
        case bytes():
            return default.decode("latin-1")
        case ():
            return []
    raise _Problem(f"no Avro default for {default!r}; use a plain value, () or None")
