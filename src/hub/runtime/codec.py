"""Contracts to bytes and back: Avro bodies, read whole and checked, or refused with a reason."""

import struct
from collections.abc import Callable
from functools import cached_property
from typing import Generic, TypeVar, cast

from pydantic import ValidationError

from hub.contracts.avro import avro_schema
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.runtime.avro_older import Upgrade, make_upgrade
from hub.runtime.avro_plan import Plan, plan_of
from hub.runtime.avro_read import FieldReader, Reader, make_field_reader, make_model_reader
from hub.runtime.avro_write import make_encode
from hub.runtime.refused import Doubtful, Refused
from hub.runtime.schema_files import read_schema, schemas_folder

C = TypeVar("C", bound=Contract)
T = TypeVar("T")

MAX_DETAIL = 2000
"""Longest detail of a refusal, in characters: what a dead letter holds."""

Encode = Callable[[Contract, bytes], bytes]
"""``encode(value, before)``: the Avro body of a value behind some bytes."""

_BROKEN = (IndexError, KeyError, ValueError, struct.error)
_NOT_TOLD = (*_BROKEN, Doubtful)


def encode(value: Contract) -> bytes:
    """The Avro body of a contract in its newest version."""
    return _BY_MODEL[type(value)].encode(value, b"")


def decode(name: str, version: int, data: bytes) -> Contract:
    """The contract that a body holds, checked against every limit of its model.

    Raises Refused: UNKNOWN_CONTRACT, FUTURE_VERSION, UNREADABLE, or INVALID_FIELD naming every failing field.
    """
    codec = _codec(name)
    if codec.check is not None and version == codec.newest:
        try:
            return codec.check(data)
        except _NOT_TOLD:
            pass  # read again below, which says what is wrong
    return _checked(codec.model, _read(codec, codec.read_fields, version, data, 0))


def decode_trusted(name: str, version: int, data: bytes) -> Contract:
    """As decode but sooner, for what the hub itself wrote: its limits held then and are not checked again."""
    codec = _codec(name)
    return _read(codec, codec.read_model, version, data, 0)


def reader_of(name: str, *, trusted: bool) -> Callable[[bytes], Contract] | None:
    """What reads bodies of a contract's newest version in C, as ``decode`` or ``decode_trusted``; or None.

    It raises where those would refuse or look closer.
    """
    plan = _codec(name).plan
    if plan is None:
        return None
    return cast("Callable[[bytes], Contract]", plan.record.read_trusted) if trusted else plan.check


def writer_of(model: type[Contract]) -> Encode:
    """What writes bodies of a contract."""
    return _BY_MODEL[model].encode


def encode_row(value: Contract) -> bytes:
    """A table row as a changelog holds it: one byte of version, then the Avro body."""
    codec = _BY_MODEL[type(value)]
    return codec.encode(value, bytes((codec.newest,)))


def decode_row(model: type[C], data: bytes) -> C:
    """The row that a changelog record of ours holds, in the model's newest version. Raises Refused."""
    codec = cast("_Codec[C]", _BY_MODEL[model])
    if not data:
        raise Refused(Reason.UNREADABLE, f"{codec.name}: an empty row has no version")
    return _read(codec, codec.read_model, data[0], data, 1)


class _Codec(Generic[C]):
    """The functions of one contract, each made when it is first used."""

    def __init__(self, name: str, model: type[C]) -> None:
        self.name = name
        self.model = model
        self.newest = VERSIONS[name]
        self._upgrades: dict[int, Upgrade] = {}

    @cached_property
    def plan(self) -> Plan | None:
        return plan_of(self.model)

    @cached_property
    def encode(self) -> Encode:
        return make_encode(self.model) if self.plan is None else self.plan.record.encode

    @cached_property
    def read_fields(self) -> FieldReader:
        return make_field_reader(self.model)

    @cached_property
    def read_model(self) -> Reader[C]:
        if self.plan is None:
            return make_model_reader(self.model)
        return cast("Reader[C]", self.plan.record.read_trusted)

    @cached_property
    def check(self) -> Callable[[bytes], C] | None:
        """Reads a body of the newest version and checks it at a glance, where that can be done."""
        return None if self.plan is None else cast("Callable[[bytes], C] | None", self.plan.check)

    def upgrade(self, version: int, body: bytes) -> bytes:
        """A body of an older version in the newest one."""
        if version not in self._upgrades:
            older = read_schema(schemas_folder(), self.name, version)
            self._upgrades[version] = make_upgrade(older, avro_schema(self.model))
        return self._upgrades[version](body)


_BY_NAME = {name: _Codec(name, model) for name, model in CONTRACTS.items()}
_BY_MODEL = {codec.model: codec for codec in _BY_NAME.values()}


def _codec(name: str) -> _Codec[Contract]:
    codec = _BY_NAME.get(name)
    if codec is None:
        raise Refused(Reason.UNKNOWN_CONTRACT, "no contract has this name; see `hub schemas list`")
    return codec


def _read(codec: _Codec[C], read: Callable[[bytes, int], T], version: int, data: bytes, at: int) -> T:
    """What a reader of the newest version makes of data from ``at`` on."""
    if not 1 <= version <= codec.newest:
        raise Refused(
            Reason.FUTURE_VERSION,
            f"{codec.name} is known in versions 1 to {codec.newest}, this is {version}; update the hub first",
        )
    try:
        if version != codec.newest:
            data, at = codec.upgrade(version, data[at:]), 0
        return read(data, at)
    except _BROKEN:
        raise Refused(Reason.UNREADABLE, _how_unreadable(codec.name, version, data)) from None


def _how_unreadable(name: str, version: int, data: bytes) -> str:
    text = f"the body is not one whole Avro record of hub:{name}:{version}"
    if data[:1] == b"\0":
        return f"{text}; if a schema registry's 5 bytes come first, send it without them"
    if data[:1] in (b"{", b"["):
        return f"{text}; it looks like JSON, send it as Avro"
    return text


def _checked(model: type[C], fields: dict[str, object]) -> C:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        raise Refused(Reason.INVALID_FIELD, _problems(error)) from None


def _problems(error: ValidationError) -> str:
    """Every failing field with its problem, as far as a detail reaches; never a value, it may be personal."""
    found = [
        f"{'.'.join(map(str, one['loc'])) or 'record'}: {one['msg']}"
        for one in error.errors(include_url=False, include_context=False, include_input=False)
    ]
    text = "; ".join(found)
    if len(text) <= MAX_DETAIL:
        return text
    mark = f"; ... {len(found)} problems in all"
    return text[: MAX_DETAIL - len(mark)] + mark
