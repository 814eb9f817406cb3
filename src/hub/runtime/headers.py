"""What a record says of itself in its Kafka headers: CloudEvents 1.0 in binary mode, a short set inside."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from hub.contracts.fields import EARLIEST, LATEST, Contract
from hub.contracts.reasons import Reason
from hub.contracts.registry import VERSIONS, name_of
from hub.flow import Emit
from hub.runtime.refused import Refused
from hub.topics import Envelope, Topic

SPECVERSION = "1.0"
CONTENT_TYPE = "application/avro"
PREFIX = "hub"
MAX_ID = 200
"""Longest ce_id and ce_source, in characters: the limit of an Id in every contract."""

Headers = list[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Attributes:
    """What the headers say: the record's id, its contract by name and version, who published it and when.

    ``source`` is None on internal topics only; ``time`` where the publisher left it out.
    """

    id: str
    type: str
    version: int
    source: str | None
    time: datetime | None


def write_headers(topic: Topic, emit: Emit, *, source: str, causation: str | None) -> Headers:
    """The headers of a record of ours; ``causation`` is the id of the record that caused it."""
    head = [("ce_id", emit.id.encode()), ("ce_time", _rfc3339(emit.time))]
    model = type(emit.value)
    if topic.envelope is Envelope.INTERNAL:
        return head + _internal_constants(model)
    key = emit.key.encode()
    case = None if emit.case_id is None else emit.case_id.encode()
    head += [
        ("ce_source", source.encode()),
        ("ce_subject", key if case is None else case),
        ("ce_partitionkey", key),
    ]
    if case is not None:
        head.append(("ce_correlationid", case))
    if causation is not None:
        head.append(("ce_causationid", causation.encode()))
    return head + _public_constants(topic.grade.value, model)


def read_headers(headers: Iterable[tuple[str, bytes | None]]) -> Attributes:
    """What a record says of itself; unknown headers are left alone, of repeated ones the first counts.

    A record with ``hub_version`` is internal and needs no source. Raises Refused with header and fix:
    MISSING_HEADER where one is absent or unusable, UNKNOWN_CONTRACT where the type is not one of ours.
    """
    first: dict[str, bytes | None] = {}
    for name, value in headers:
        first.setdefault(name, value)
    identity = _identifier(first, "ce_id")
    contract = _contract(_text(first, "ce_type"))
    time = _time(first) if "ce_time" in first else None
    if "hub_version" in first and "ce_dataschema" not in first:
        return Attributes(identity, contract, _number("hub_version", _text(first, "hub_version")), None, time)
    if _text(first, "ce_specversion") != SPECVERSION:
        raise _missing("ce_specversion", f"must be {SPECVERSION}")
    source = _identifier(first, "ce_source")
    return Attributes(identity, contract, _version(contract, _text(first, "ce_dataschema")), source, time)


@cache
def _internal_constants(model: type[Contract]) -> Headers:
    name = name_of(model)
    return [("ce_type", f"{PREFIX}.{name}".encode()), ("hub_version", str(VERSIONS[name]).encode())]


@cache
def _public_constants(grade: str, model: type[Contract]) -> Headers:
    name = name_of(model)
    return [
        ("ce_specversion", SPECVERSION.encode()),
        ("ce_type", f"{PREFIX}.{name}".encode()),
        ("ce_dataschema", f"{PREFIX}:{name}:{VERSIONS[name]}".encode()),
        ("ce_dataclassification", grade.encode()),
        ("content-type", CONTENT_TYPE.encode()),
    ]


def _rfc3339(time: datetime) -> bytes:
    return time.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").encode()


def _missing(header: str, fix: str) -> Refused:
    return Refused(Reason.MISSING_HEADER, f"{header}: {fix}")


def _text(first: dict[str, bytes | None], header: str) -> str:
    value = first.get(header)
    if value is None:
        raise _missing(header, "add this header (CloudEvents 1.0, binary mode; names are case-sensitive)")
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise _missing(header, "write it in UTF-8") from None


def _identifier(first: dict[str, bytes | None], header: str) -> str:
    text = _text(first, header)
    if not 1 <= len(text) <= MAX_ID or any(character < " " for character in text):
        raise _missing(header, f"must hold 1 to {MAX_ID} characters, none of them a control character")
    return text


def _contract(kind: str) -> str:
    prefix, _, name = kind.partition(".")
    if prefix != PREFIX or name not in VERSIONS:
        raise Refused(
            Reason.UNKNOWN_CONTRACT,
            f"ce_type: must be {PREFIX}.<contract>, with one of the contracts of `hub schemas list`",
        )
    return name


def _version(contract: str, dataschema: str) -> int:
    prefix, _, number = dataschema.rpartition(":")
    if prefix != f"{PREFIX}:{contract}":
        raise Refused(
            Reason.UNKNOWN_CONTRACT,
            f"ce_dataschema: must be {PREFIX}:{contract}:<version>, as ce_type says {PREFIX}.{contract}",
        )
    return _number("ce_dataschema", number)


def _number(header: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise _missing(header, "the version must be a whole number from 1")
    return int(text)


def _time(first: dict[str, bytes | None]) -> datetime:
    try:
        time = datetime.fromisoformat(_text(first, "ce_time"))
        if time.tzinfo is None:
            raise ValueError("no time zone")
        time = time.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _missing("ce_time", "write it as RFC 3339, such as 2026-03-01T08:00:00.000Z") from None
    if not EARLIEST <= time < LATEST:
        raise _missing("ce_time", f"must lie between {EARLIEST.year} and {LATEST.year}")
    return time.replace(microsecond=time.microsecond // 1000 * 1000)
