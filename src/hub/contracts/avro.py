"""The Avro schema of a contract, made from its model: the model is the source, the schema follows."""

from enum import StrEnum
from types import NoneType, UnionType
from typing import Annotated, NewType, TypeAlias, Union, get_args, get_origin

from pydantic import AwareDatetime, BaseModel
from pydantic.fields import FieldInfo

from hub.contracts.fields import Instant

Json: TypeAlias = "str | int | float | bool | list[Json] | dict[str, Json] | None"
"""A schema as JSON holds it: a type's name, a definition, or a union."""

NAMESPACE = "hub"

_PRIMITIVES: dict[object, str] = {
    bool: "boolean",
    int: "long",
    float: "double",
    str: "string",
    bytes: "bytes",
}
_TO_MILLIS = get_args(Instant)[1]


class UnsupportedField(TypeError):
    """A field without a place in our Avro schemas; names model and field, and what to do."""

    def __init__(self, model: type, field: str, problem: str) -> None:
        super().__init__(f"{model.__name__}.{field}: {problem}")


def avro_schema(model: type[BaseModel]) -> dict[str, Json]:
    """The Avro record of a model; nested records and enums are defined where they are first met.

    Raises UnsupportedField for a type without a rule, a missing description, an enum without UNKNOWN first.
    """
    return _Schemas().record(model)


class _Schemas:
    """One schema in the making: knows which names are defined already, and the field it is at."""

    def __init__(self) -> None:
        self._defined: dict[str, type] = {}
        self._at: tuple[type, str] = (object, "")

    def record(self, model: type[BaseModel]) -> dict[str, Json]:
        self._at = (model, "__doc__")
        named: dict[str, Json] = {"type": "record", **self._name(model)}
        return {**named, "fields": [self._field(model, *item) for item in model.model_fields.items()]}

    def _field(self, model: type[BaseModel], name: str, info: FieldInfo) -> Json:
        self._at = (model, name)
        if not info.description:
            raise self._refuse("say what it holds, with its unit: Field(description=...)")
        kind = self._type(_annotated(info))
        self._at = (model, name)
        field: dict[str, Json] = {"name": name, "type": kind, "doc": info.description}
        if isinstance(kind, list) or not info.is_required():
            field["default"] = self._default(kind, info)
        return field

    def _type(self, annotation: object) -> Json:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if isinstance(annotation, NewType):
            return self._type(annotation.__supertype__)
        if origin is Annotated:
            if arguments[0] is AwareDatetime and _TO_MILLIS in arguments[1:]:
                return {"type": "long", "logicalType": "timestamp-millis"}
            return self._type(arguments[0])
        if origin in (Union, UnionType) and len(arguments) == 2 and NoneType in arguments:
            return ["null", self._type(arguments[arguments[0] is NoneType])]
        if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
            return {"type": "array", "items": self._type(arguments[0])}
        if isinstance(annotation, type) and issubclass(annotation, (BaseModel, StrEnum)):
            return self._named(annotation)
        if annotation in _PRIMITIVES:
            return _PRIMITIVES[annotation]
        raise self._refuse(
            f"no Avro type for {annotation!r}; use bool, int, float, str, bytes, Instant, "
            "a StrEnum, a model, tuple[T, ...] or T | None"
        )

    def _named(self, kind: type[BaseModel] | type[StrEnum]) -> Json:
        known = self._defined.get(kind.__name__)
        if known is kind:
            return f"{NAMESPACE}.{kind.__name__}"
        if known is not None:
            raise self._refuse(f"two types are named {kind.__name__}; rename one")
        return self.record(kind) if issubclass(kind, BaseModel) else self._enum(kind)

    def _enum(self, kind: type[StrEnum]) -> Json:
        symbols: list[Json] = [member.value for member in kind]
        if symbols[:1] != ["unknown"]:
            raise self._refuse(
                f'{kind.__name__} must begin with UNKNOWN = "unknown", which old readers fall back to'
            )
        return {"type": "enum", **self._name(kind), "symbols": symbols, "default": "unknown"}

    def _name(self, kind: type) -> dict[str, Json]:
        if not kind.__doc__:
            raise self._refuse(f"say what {kind.__name__} is, in its docstring")
        self._defined[kind.__name__] = kind
        return {"name": kind.__name__, "namespace": NAMESPACE, "doc": " ".join(kind.__doc__.split())}

    def _default(self, kind: Json, info: FieldInfo) -> Json:
        if isinstance(kind, list):
            if info.is_required() or info.default is None:
                return None
            raise self._refuse("an optional field's default must be None, the first branch of its union")
        match info.default:
            case StrEnum():
                return info.default.value
            case bool() | int() | float() | str():
                return info.default
            case bytes():
                return info.default.decode("latin-1")
            case ():
                return []
        raise self._refuse(f"no Avro default for {info.default!r}; use a plain value, () or None")

    def _refuse(self, problem: str) -> UnsupportedField:
        return UnsupportedField(*self._at, problem)


def _annotated(info: FieldInfo) -> object:
    """The field's type with its metadata, which tells an Instant from a bare datetime."""
    if not info.metadata:
        return info.annotation
    return Annotated[info.annotation, *info.metadata]
