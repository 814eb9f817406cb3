"""Contracts to bytes and back: Avro bodies, read whole and checked, or refused with a reason."""

from collections.abc import Mapping
from io import BytesIO
from typing import TypeVar

from fastavro import parse_schema, schemaless_reader, schemaless_writer
from pydantic import ValidationError

from hub.contracts.avro import avro_schema
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.registry import CONTRACTS, VERSIONS, name_of
from hub.runtime.refused import Refused

C = TypeVar("C", bound=Contract)

_SCHEMAS = {name: parse_schema(avro_schema(model)) for name, model in CONTRACTS.items()}


def encode(value: Contract) -> bytes:
    """The Avro body of a contract in its newest version."""
    stream = BytesIO()
    schemaless_writer(stream, _SCHEMAS[name_of(type(value))], value.model_dump())
    return stream.getvalue()


def decode(name: str, version: int, data: bytes) -> Contract:
    """The contract that a body holds, checked against every limit of its model.

    Raises Refused: UNKNOWN_CONTRACT, FUTURE_VERSION, UNREADABLE, or INVALID_FIELD naming every failing field.
    """
    model = CONTRACTS.get(name)
    if model is None:
        raise Refused(Reason.UNKNOWN_CONTRACT, f"no contract is named {name!r}; see `hub schemas list`")
    if not 1 <= version <= VERSIONS[name]:
        raise Refused(
            Reason.FUTURE_VERSION, f"{name} is known up to version {VERSIONS[name]}, this is {version}"
        )
    return _checked(model, _read(name, data))


def decode_trusted(name: str, version: int, data: bytes) -> Contract:
    """As decode, for what the hub itself wrote: limits that held then are not checked again."""
    return decode(name, version, data)


def encode_row(value: Contract) -> bytes:
    """A table row as a changelog holds it: one byte of version, then the Avro body."""
    return bytes([VERSIONS[name_of(type(value))]]) + encode(value)


def decode_row(model: type[C], data: bytes) -> C:
    """The row that a changelog record holds. Raises Refused as decode does."""
    if not data:
        raise Refused(Reason.UNREADABLE, "an empty row has no version")
    row = decode_trusted(name_of(model), data[0], data[1:])
    assert isinstance(row, model)
    return row


def _read(name: str, data: bytes) -> Mapping[str, object]:
    stream = BytesIO(data)
    try:
        record = schemaless_reader(stream, _SCHEMAS[name], None)
    except Exception as error:
        raise Refused(Reason.UNREADABLE, f"not a whole {name}: {type(error).__name__}") from None
    if stream.tell() != len(data):
        raise Refused(Reason.UNREADABLE, f"{len(data) - stream.tell()} bytes follow the {name}")
    assert isinstance(record, dict)
    return record


def _checked(model: type[C], record: Mapping[str, object]) -> C:
    try:
        return model.model_validate(record)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        detail = "; ".join(f"{'.'.join(map(str, one['loc'])) or 'record'}: {one['msg']}" for one in problems)
        raise Refused(Reason.INVALID_FIELD, detail) from None
