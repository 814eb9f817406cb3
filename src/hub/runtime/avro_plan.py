"""Plans of contracts for the native codec: their shapes, with the limits that can be judged at a glance.

The limits are those that a model's JSON Schema states. A model with any other rule is never judged at a
glance: pydantic checks it whole. What is doubtful goes to pydantic too: it alone refuses, and says why.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, get_args, get_origin

from pydantic import AfterValidator, BaseModel

from hub.contracts.fields import EARLIEST, LATEST, Contract, Instant
from hub.contracts.shapes import Choice, Many, Maybe, Plain, Record, Shape, shape_of

try:
    from hub.runtime import avro_native as native

    NATIVE = True
except ImportError:  # no C compiler was at hand: Python does the same work in five times the time
    NATIVE = False

_EARLIEST_MS = int(EARLIEST.timestamp() * 1000)
_LATEST_MS = int(LATEST.timestamp() * 1000)

_CHARACTERS = {None: "any", r"^[^\x00-\x1f]+$": "printing", "^[0-9a-f]+$": "hex"}
"""What the patterns of contracts allow."""

_SAID = frozenset(
    {"title", "description", "default", "type", "format", "enum", "additionalProperties", "required"}
)
_JUDGED = frozenset({"minLength", "maxLength", "pattern", "minimum", "maximum", "minItems", "maxItems"})
_WALKED = frozenset({"anyOf", "items", "properties", "$ref", "$defs"})
_KNOWN = _SAID | _JUDGED | _WALKED

_TO_MILLIS = get_args(Instant)[1:]


class _NotJudged(Exception):
    """A rule that only pydantic knows."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A contract's native codec. ``check`` reads at a glance; None where only pydantic can check."""

    record: "native.Record"
    check: Callable[[bytes], Contract] | None


def plan_of(model: type[Contract]) -> Plan | None:
    """The plan of a contract; None without the native codec."""
    if not NATIVE:
        return None
    schema = model.model_json_schema()
    try:
        _no_hidden_rules(model, top=True)
        record = _record(shape_of(model), schema, schema.get("$defs", {}))
    except _NotJudged:
        return Plan(_record(shape_of(model), None, {}), None)
    rules = [one.func for one in model.__pydantic_decorators__.model_validators.values()]
    if not rules:
        return Plan(record, record.read_checked)

    def check(data: bytes) -> Contract:
        made = record.read_checked(data)
        for rule in rules:
            rule(made)
        return made

    return Plan(record, check)


def _no_hidden_rules(model: type[BaseModel], *, top: bool) -> None:
    """Raises _NotJudged where a model has rules in code; those of the whole model count at the top only."""
    rules = model.__pydantic_decorators__
    after_all = all(one.info.mode == "after" for one in rules.model_validators.values())
    if rules.field_validators or rules.validators or rules.root_validators or not after_all:
        raise _NotJudged
    if rules.model_validators and not top:
        raise _NotJudged
    for info in model.model_fields.values():
        _no_hidden_rules_in(Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation)


def _no_hidden_rules_in(annotation: object) -> None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        _no_hidden_rules(annotation, top=False)
    arguments = get_args(annotation)
    if get_origin(annotation) is Annotated:
        for extra in arguments[1:]:
            ours = extra in _TO_MILLIS
            if not ours and (isinstance(extra, AfterValidator) or type(extra).__name__.endswith("Validator")):
                raise _NotJudged
        arguments = arguments[:1]
    for argument in arguments:
        _no_hidden_rules_in(argument)


Json = Mapping[str, Any]


def _record(record: Record, schema: Json | None, named: Json) -> "native.Record":
    """The native record; without a schema it has no limits."""
    fields = None if schema is None else _resolved(schema, named)["properties"]
    names = [field.name for field in record.fields]
    shapes = [
        _shape(field.shape, None if fields is None else fields[field.name], named) for field in record.fields
    ]
    return native.Record(record.model, names, shapes)


def _shape(shape: Shape, schema: Json | None, named: Json) -> "native.Shape":
    said: Json = {} if schema is None else _resolved(schema, named)
    if not said.keys() <= _KNOWN:
        raise _NotJudged
    match shape:
        case Plain():
            return _plain(shape, said)
        case Choice(kind):
            return native.Choice(kind)
        case Maybe(of):
            return native.Maybe(_shape(of, None if schema is None else _not_null(said), named))
        case Many(of):
            inner = None if schema is None else said["items"]
            return native.Many(_shape(of, inner, named), said.get("minItems"), said.get("maxItems"))
        case Record():
            return _record(shape, schema, named)


def _plain(shape: Plain, said: Json) -> "native.Shape":
    match shape:
        case Plain.BOOLEAN:
            return native.Boolean()
        case Plain.LONG:
            return native.Long(said.get("minimum"), said.get("maximum"))
        case Plain.DOUBLE:
            return native.Double(said.get("minimum"), said.get("maximum"))
        case Plain.BYTES:
            return native.Bytes(said.get("minLength"), said.get("maxLength"))
        case Plain.STRING:
            pattern = said.get("pattern")
            if pattern not in _CHARACTERS:
                raise _NotJudged
            return native.String(said.get("minLength"), said.get("maxLength"), _CHARACTERS[pattern])
        case Plain.MOMENT:
            return native.Moment(_EARLIEST_MS, _LATEST_MS)


def _resolved(schema: Json, named: Json) -> Json:
    return named[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _not_null(said: Json) -> Json:
    choices: list[Json] = [choice for choice in said["anyOf"] if choice.get("type") != "null"]
    return choices[0]
