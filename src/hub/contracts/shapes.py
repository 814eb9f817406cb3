"""What a contract is made of: the few shapes that models, Avro schemas and bytes agree on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, NewType, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from hub.contracts.fields import Instant


class Plain(Enum):
    """A value that Avro has a word for."""

    BOOLEAN = "boolean"
    LONG = "long"
    DOUBLE = "double"
    STRING = "string"
    BYTES = "bytes"
    MOMENT = "timestamp-millis"


@dataclass(frozen=True, slots=True)
class Choice:
    """One of an enum's members, written by position."""

    kind: type[StrEnum]


@dataclass(frozen=True, slots=True)
class Maybe:
    """A value or null."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Many:
    """Any number of values, a tuple in the model."""

    of: "Shape"


@dataclass(frozen=True, slots=True)
class Record:
    """A model with its fields in order."""

    model: type[BaseModel]
    fields: tuple["RecordField", ...]


Shape = Plain | Choice | Maybe | Many | Record


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a record. A field that may be null has null as its default, as the rules of Avro want it."""

    name: str
    shape: Shape
    doc: str
    required: bool
    default: object = None


class UnsupportedField(TypeError):
    """A field that contracts can't have; names model and field, and what to do."""

    def __init__(self, model: type, field: str, problem: str) -> None:
        super().__init__(f"{model.__name__}.{field}: {problem}")


_PLAIN: Mapping[object, Plain] = {
    bool: Plain.BOOLEAN,
    int: Plain.LONG,
    float: Plain.DOUBLE,
    str: Plain.STRING,
    bytes: Plain.BYTES,
}
_TO_MILLIS = get_args(Instant)[1]
_SYMBOL = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_MOST_SYMBOLS = 64


@cache
def shape_of(model: type[BaseModel]) -> Record:
    """A model's shape. Raises UnsupportedField for what has no rule, or no description."""
    _require_docstring(model, model, "__doc__")
    if not model.model_fields:
        raise UnsupportedField(model, "__doc__", "give it a field: a record of nothing takes no bytes")
    return Record(model, tuple(_field(model, name, info) for name, info in model.model_fields.items()))


def _field(model: type[BaseModel], name: str, info: FieldInfo) -> RecordField:
    if not info.description:
        raise UnsupportedField(model, name, "say what it holds, with its unit: Field(description=...)")
    if info.default_factory is not None:
        raise UnsupportedField(model, name, "use a plain default, not a factory")
    annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    shape = _shape(annotation, model, name)
    if not isinstance(shape, Maybe):
        return RecordField(name, shape, info.description, info.is_required(), info.default)
    if not info.is_required() and info.default is not None:
        raise UnsupportedField(model, name, "the default must be None: null is the first branch of its union")
    return RecordField(name, shape, info.description, required=False)


def _shape(annotation: object, model: type[BaseModel], name: str) -> Shape:
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, NewType):
        return _shape(annotation.__supertype__, model, name)
    if origin is Annotated:
        if arguments[0] is AwareDatetime and _TO_MILLIS in arguments[1:]:
            return Plain.MOMENT
        return _shape(arguments[0], model, name)
    if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
        return Maybe(_shape(arguments[arguments[0] is NoneType], model, name))
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        return Many(_shape(arguments[0], model, name))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return _choice(annotation, model, name)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return shape_of(annotation)
    if annotation in _PLAIN:
        return _PLAIN[annotation]
    raise UnsupportedField(
        model,
        name,
        f"no Avro type for {annotation!r}; use bool, int, float, str, bytes, Instant, a StrEnum, a model, "
        "tuple[T, ...] or T | None",
    )


def _choice(kind: type[StrEnum], model: type[BaseModel], name: str) -> Choice:
    _require_docstring(kind, model, name)
    symbols = [member.value for member in kind]
    if symbols[:1] != ["unknown"]:
        problem = 'must begin with UNKNOWN = "unknown", which old readers fall back to'
    elif not all(map(_SYMBOL.fullmatch, symbols)):
        problem = "may have letters, digits and _ in its values only"
    elif len(symbols) > _MOST_SYMBOLS:
        problem = f"may have {_MOST_SYMBOLS} members, which is what one byte holds"
    else:
        return Choice(kind)
    raise UnsupportedField(model, name, f"{kind.__name__} {problem}")


def _require_docstring(kind: type, model: type[BaseModel], name: str) -> None:
    if not kind.__doc__:
        raise UnsupportedField(model, name, f"say what {kind.__name__} is, in its docstring")
