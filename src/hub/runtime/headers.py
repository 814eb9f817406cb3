"""What a record says of itself in its Kafka headers: CloudEvents 1.0 in binary mode, a short set inside."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from typing import NamedTuple

from hub.contracts.fields import EARLIEST, LATEST, Contract, Grade
from hub.contracts.reasons import Reason
from hub.contracts.registry import VERSIONS, name_of
from hub.flow import Emit
from hub.runtime.record import UNREADABLE_HEADERS
from hub.runtime.refused import Refused
from hub.topics import Envelope, Topic

try:
    from hub.runtime import headers_native as native

    NATIVE = True
except ImportError:  # no C compiler was at hand: Python does the same work
    NATIVE = False

SPECVERSION = "1.0"
CONTENT_TYPE = "application/avro"
PREFIX = "hub"

Headers = list[tuple[str, bytes]]

_TIMES_AT_HAND = 256
"""Times whose text is remembered: what one record leads to bears one time as a rule."""

_UNREADABLE = dict(UNREADABLE_HEADERS).keys()
_CONTROL = re.compile(r"[\x00-\x1f]")
_NUMBER = re.compile(r"[1-9][0-9]{0,8}")
_TIME_FIX = "write it as RFC 3339, such as 2026-03-01T08:00:00.000Z"


class Attributes(NamedTuple):
    """What the headers say: the record's id, its contract by name and version, who published it and when.

    ``source`` is None on internal topics only; ``time`` where the publisher left it out.
    """

    id: str
    type: str
    version: int
    source: str | None
    time: datetime | None


def write_headers(topic: Topic, emit: Emit, *, source: str, causation: str | None) -> Headers:
    """The headers of a record of ours; ``causation`` names the record that caused it."""
    model = type(emit.value)
    headers = [("ce_id", emit.id.encode()), ("ce_time", _rfc3339(emit.time))]
    if topic.envelope is Envelope.INTERNAL:
        return headers + constants_of(topic, model)
    headers.append(("ce_source", source.encode()))
    # CloudEvents knows no empty attributes: one that says nothing is left out.
    for name, value in (
        ("ce_subject", emit.case_id or emit.key),
        ("ce_partitionkey", emit.key),
        ("ce_correlationid", emit.case_id),
        ("ce_causationid", causation),
    ):
        if value:
            headers.append((name, value.encode()))
    return headers + constants_of(topic, model)


def constants_of(topic: Topic, model: type[Contract]) -> Headers:
    """The headers that all records of a contract on a topic share: the last ones."""
    if topic.envelope is Envelope.INTERNAL:
        return _internal_constants(model)
    return _public_constants(topic.grade, model)


def read_headers(headers: Sequence[tuple[str, bytes | None]]) -> Attributes:
    """What a record says of itself; unknown headers are left alone, of repeated ones the first counts.

    A record with ``hub_version`` is internal and needs no source. Raises Refused with header and fix:
    MISSING_HEADER where one is absent or unusable, UNKNOWN_CONTRACT where the type is not one of ours.
    """
    if NATIVE:
        known = native.read_known(headers, kinds(), EARLIEST.year, LATEST.year)
        if known is not None:
            return Attributes(*known)
    return _read_any(headers)


def _read_any(headers: Sequence[tuple[str, bytes | None]]) -> Attributes:
    """Headers of any form and order, and what is wrong with them."""
    first = dict(headers)
    if len(first) < len(headers):
        first = dict(reversed(headers))
    if first.keys() == _UNREADABLE:
        raise _unusable("headers", "write the names of all headers in UTF-8")
    identity = _identifier(first, "ce_id")
    time = _time(_text(first, "ce_time")) if "ce_time" in first else None
    contract = _contract(_text(first, "ce_type"))
    if "hub_version" in first and "ce_dataschema" not in first:
        return Attributes(identity, contract, _number("hub_version", _text(first, "hub_version")), None, time)
    if _text(first, "ce_specversion") != SPECVERSION:
        raise _unusable("ce_specversion", f"must be {SPECVERSION}")
    source = _identifier(first, "ce_source")
    return Attributes(identity, contract, _version(contract, _text(first, "ce_dataschema")), source, time)


@cache
def kinds() -> dict[tuple[bytes | None, ...], tuple[str, int, bool]]:
    """What the headers of a contract say together, word for word: its name, its version, whether public.

    By ce_type, hub_version, ce_dataschema and ce_specversion.
    """
    found: dict[tuple[bytes | None, ...], tuple[str, int, bool]] = {}
    for name, newest in VERSIONS.items():
        for version in range(1, newest + 1):
            kind, number = f"{PREFIX}.{name}".encode(), str(version).encode()
            schema = f"{PREFIX}:{name}:{version}".encode()
            found[kind, number, None, None] = (name, version, False)
            found[kind, None, schema, SPECVERSION.encode()] = (name, version, True)
    return found


@cache
def _internal_constants(model: type[Contract]) -> Headers:
    name = name_of(model)
    return [("ce_type", f"{PREFIX}.{name}".encode()), ("hub_version", str(VERSIONS[name]).encode())]


@cache
def _public_constants(grade: Grade, model: type[Contract]) -> Headers:
    name = name_of(model)
    return [
        ("ce_specversion", SPECVERSION.encode()),
        ("ce_type", f"{PREFIX}.{name}".encode()),
        ("ce_dataschema", f"{PREFIX}:{name}:{VERSIONS[name]}".encode()),
        ("ce_dataclassification", grade.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    ]


def _rfc3339(time: datetime) -> bytes:
    known = native.write_time(time) if NATIVE else None
    return _any_rfc3339(time) if known is None else known


@lru_cache(_TIMES_AT_HAND)
def _any_rfc3339(time: datetime) -> bytes:
    return f"{time.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z".encode()


def _unusable(header: str, fix: str) -> Refused:
    return Refused(Reason.MISSING_HEADER, f"{header}: {fix}")


def _text(first: dict[str, bytes | None], header: str) -> str:
    value = first.get(header)
    if value is None:
        raise _unusable(header, "add this header (CloudEvents 1.0, binary mode; names are case-sensitive)")
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise _unusable(header, "write it in UTF-8") from None


def _identifier(first: dict[str, bytes | None], header: str) -> str:
    text = _text(first, header)
    if not text or (not text.isprintable() and _CONTROL.search(text)):
        raise _unusable(header, "must not be empty or hold control characters")
    return text


def _contract(kind: str) -> str:
    prefix, _, name = kind.partition(".")
    if prefix != PREFIX or name not in VERSIONS:
        fix = f"must be {PREFIX}.<contract>, one of `hub schemas list`"
        raise Refused(Reason.UNKNOWN_CONTRACT, f"ce_type: {fix}")
    return name


def _version(contract: str, dataschema: str) -> int:
    schema, _, number = dataschema.rpartition(":")
    if schema != f"{PREFIX}:{contract}":
        fix = f"must be {PREFIX}:{contract}:<version>, as ce_type is {PREFIX}.{contract}"
        raise Refused(Reason.UNKNOWN_CONTRACT, f"ce_dataschema: {fix}")
    return _number("ce_dataschema", number)


def _number(header: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise _unusable(header, "the version must be a whole number from 1")
    return int(text)


def _time(text: str) -> datetime:
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise _unusable("ce_time", _TIME_FIX) from None
    if time.tzinfo is None:
        raise _unusable("ce_time", _TIME_FIX)
    if not EARLIEST <= time < LATEST:
        raise _unusable("ce_time", f"must lie between {EARLIEST.year} and {LATEST.year}")
    utc = time if time.tzinfo is UTC else time.astimezone(UTC)
    finer = utc.microsecond % 1000
    return utc - timedelta(microseconds=finer) if finer else utc
