"""Everything that publishers get wrong, feed by feed, with the reason that each piece must end with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from tests.scenarios.brook import PARTITIONS, by_code, heath, mill, unknown_point
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, Told, days, minute
from tests.scenarios.reports import (
    GATEWAYS,
    act_on,
    failed,
    inspection,
    major,
    pack,
    proactive,
    report,
    sent,
    ticket,
)

from hub import topics
from hub.contracts.feeds import ReadingPack
from hub.contracts.reasons import Reason
from hub.contracts.signals import ClockTick
from hub.runtime.codec import encode
from hub.runtime.keys import partition_of

WHEN = minute(10)
Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One record, what is wrong with it, and the reason in its dead letter; None where it is good."""

    name: str
    sent: Sent
    reason: Reason | None


def garbage() -> tuple[Piece, ...]:
    """Bad records of every feed, with good ones before, between and behind them. All ids are different."""
    pieces = [*_spoiled(), *_wrong_tickets(), *_wrong_times(), *_wrong_others(), *_wrong_packs()]
    mixed: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number % 7 == 0:
            mixed += _good(f"good-{number}")
        mixed.append(piece)
    return (*mixed, *_good("good-last"))


def _made(told: Told) -> Sent:
    return told(WHEN, Heard())


def _good(id: str) -> list[Piece]:
    """One good record for each feed."""
    told = (
        ticket(id, "bill", mill(), title="😀 Robert'); DROP TABLE cases;-- \x00 \u202e 龘"),
        report(id, "bill", heath(), solved=5),
        inspection(id, f"site {id}", mill(), score=99.0),
        act_on(id, "sign_for", "MILL-260302-0123456789", "mill"),
        proactive(id, "noise", mill()),
        pack(id, "g-mill", (0, 0.3), (1, float("nan")), (1, float("inf")), happened=9),
    )
    return [Piece(f"good {id}", _made(one), None) for one in told]


# ---- what can be wrong with a record of any feed -----------------------------------------------------------

_FEEDS: dict[str, Callable[[str], Told]] = {
    topics.HOTLINE: lambda id: ticket(id, "noise", mill(), title="a title"),
    topics.GRID: lambda id: report(id, "noise", mill()),
    topics.INSPECTIONS: lambda id: inspection(id, "bakery", mill(), major("hazard.exit")),
    topics.ACTIONS: lambda id: act_on(id, "sign_for", "MILL-260302-0123456789", "mill"),
    topics.READINGS: lambda id: pack(id, "g-mill", (0, 0.3), (1, 50.0), every=1),
    topics.PROACTIVE: lambda id: proactive(id, "noise", mill(), title="a title"),
}


def _spoiled() -> Iterator[Piece]:
    for feed, make in _FEEDS.items():
        for number, (name, spoil, reason) in enumerate(_SPOILED):
            whole = _made(make(f"{feed}-{number}"))
            yield Piece(f"{feed}: {name}", spoil(whole), reason)
        for part in (0.01, 0.3, 0.6, 0.99):
            whole = _made(make(f"{feed}-cut-{part}"))
            value = whole.value or b""
            cut = value[: int(len(value) * part)]
            yield Piece(f"{feed}: {part:.0%} of it", replace(whole, value=cut), Reason.UNREADABLE)


def _value(make: Callable[[bytes], bytes | None]) -> Callable[[Sent], Sent]:
    return lambda whole: replace(whole, value=make(whole.value or b""))


def _headers(change: Callable[[dict[str, bytes | None]], dict[str, bytes | None]]) -> Callable[[Sent], Sent]:
    return lambda whole: replace(whole, headers=tuple(change(dict(whole.headers)).items()))


def _header(name: str, value: bytes | None) -> Callable[[Sent], Sent]:
    return _headers(lambda headers: {**headers, name: value})


def _without(name: str) -> Callable[[Sent], Sent]:
    return _headers(lambda headers: {key: value for key, value in headers.items() if key != name})


def _version(whole: Sent, version: bytes) -> Sent:
    kind = (dict(whole.headers)["ce_type"] or b"").removeprefix(b"hub.")
    return _header("ce_dataschema", b"hub:" + kind + b":" + version)(whole)


def _as(kind: bytes) -> Callable[[Sent], Sent]:
    return _headers(lambda h: {**h, "ce_type": b"hub." + kind, "ce_dataschema": b"hub:" + kind + b":1"})


_ENDLESS = b"\xfe\xff\xff\xff\xff\xff\xff\xff\xff\x01"
_NO_TEXT = b"\xff\xfe\xfd"

_SPOILED: tuple[tuple[str, Callable[[Sent], Sent], Reason], ...] = (
    ("nothing in it", _value(lambda _: b""), Reason.UNREADABLE),
    ("no value at all", _value(lambda _: None), Reason.NO_VALUE),
    ("a byte too many", _value(lambda value: value + b"\0"), Reason.UNREADABLE),
    ("a registry's bytes in front", _value(lambda value: b"\0\0\0\0\x01" + value), Reason.UNREADABLE),
    ("JSON", _value(lambda _: b'{"id": "T-1", "text": "\xf0\x9f\x98\x80"}'), Reason.UNREADABLE),
    ("SQL", _value(lambda _: b"'; DROP TABLE cases; --"), Reason.UNREADABLE),
    ("emoji", _value(lambda _: "😀🔥".encode() * 50), Reason.UNREADABLE),
    ("null bytes", _value(lambda _: b"\0" * 300), Reason.UNREADABLE),
    ("a length beyond all memory", _value(lambda _: _ENDLESS), Reason.UNREADABLE),
    ("text that is not UTF-8", _value(lambda v: v.replace(v[1:4], _NO_TEXT)), Reason.UNREADABLE),
    ("ten megabytes of text", _value(lambda _: b"A" * 10_000_000), Reason.TOO_LARGE),
    ("no headers", lambda whole: replace(whole, headers=()), Reason.MISSING_HEADER),
    ("no id", _without("ce_id"), Reason.MISSING_HEADER),
    ("an id of nothing", _header("ce_id", b""), Reason.MISSING_HEADER),
    ("a null header", _header("ce_source", None), Reason.MISSING_HEADER),
    ("headers that are not UTF-8", _header("ce_source", b"\xff\xfe\xc3"), Reason.MISSING_HEADER),
    ("a publisher with control characters", _header("ce_source", b"call\x00centre\n"), Reason.MISSING_HEADER),
    ("a trace with control characters", lambda w: _header("traceparent", b"\x00\x01")(_without("ce_id")(w)),
     Reason.MISSING_HEADER),
    ("another specification", _header("ce_specversion", b"0.3"), Reason.MISSING_HEADER),
    ("no such day", _header("ce_time", b"2026-02-30T00:00:00Z"), Reason.MISSING_HEADER),
    ("a version that is no number", lambda whole: _version(whole, b"latest"), Reason.MISSING_HEADER),
    ("a version to come", lambda whole: _version(whole, b"2"), Reason.FUTURE_VERSION),
    ("a version far ahead", lambda whole: _version(whole, b"999999999"), Reason.FUTURE_VERSION),
    ("another's contract", _as(b"Signal"), Reason.WRONG_CONTRACT),
    ("a contract of nobody", _as(b"Elephant"), Reason.UNKNOWN_CONTRACT),
    ("two contracts", _header("ce_type", b"hub.Alarm"), Reason.UNKNOWN_CONTRACT),
    ("a type of somebody else", _header("ce_type", b"com.example.ticket"), Reason.UNKNOWN_CONTRACT),
    ("another's id", _header("ce_id", b"somebody else's"), Reason.HEADER_MISMATCH),
    ("another's name", _header("ce_source", b"somebody else"), Reason.HEADER_MISMATCH),
    ("a very long name", _header("ce_source", b"n" * 5_000), Reason.HEADER_MISMATCH),
    ("a record from 1970", lambda whole: replace(whole, arrived=datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)),
     Reason.AHEAD_OF_CLOCK),
    ("a record from 9999", lambda whole: replace(whole, arrived=datetime(9999, 1, 1, tzinfo=UTC)),
     Reason.TOO_OLD),
)  # fmt: skip


# ---- what single feeds get wrong ---------------------------------------------------------------------------


def _wrong_tickets() -> Iterator[Piece]:
    places = {
        "no place": (by_code(""), Reason.NO_PLACE),
        "a place of nowhere": (by_code("Atlantis"), Reason.UNKNOWN_PLACE),
        "a place with null bytes": (by_code("MILL\x00"), Reason.UNKNOWN_PLACE),
        "the geocoder's default point": (unknown_point(), Reason.NO_PLACE),
        "another city": (heath(40_000, 40_000), Reason.OUTSIDE_CITY),
        "the other side of the world": (heath(-10_000_000, -9_000_000), Reason.OUTSIDE_CITY),
    }
    for name, (place, reason) in places.items():
        yield Piece(f"a ticket from {name}", _made(ticket(f"from {name}", "noise", place)), reason)
    yield _raw("a point off the earth", 91.0)
    yield _raw("a point that is no number", float("nan"))
    yield _raw("a point without end", float("inf"))
    long = _made(ticket("long", "noise", mill(), text="A" * 20_000))
    longer = (long.value or b"").replace(b"\xc0\xb8\x02" + b"A" * 20_000, b"\xc2\xb8\x02" + b"A" * 20_001)
    yield Piece("a text over the limit", replace(long, value=longer), Reason.INVALID_FIELD)
    bad = _made(ticket("null-byte", "noise", mill()))
    value = (bad.value or b"").replace(b"null-byte", b"null\0byte", 1)
    headers = _header("ce_id", b"null-byte")(replace(bad, value=value))
    yield Piece("an id with a null byte", headers, Reason.INVALID_FIELD)


def _raw(name: str, latitude: float) -> Piece:
    """A ticket whose latitude no model would take."""
    good = _made(ticket(name, "noise", mill()))
    point = mill().point
    assert point is not None
    told, wanted = np.array([point.lat, latitude], "<f8")
    value = (good.value or b"").replace(told.tobytes(), wanted.tobytes())
    assert value != good.value
    return Piece(name, replace(good, value=value), Reason.INVALID_FIELD)


def _wrong_times() -> Iterator[Piece]:
    ahead, past = days(365 * 70), -days(365 * 20)
    makes: dict[str, Callable[[str, float], Told]] = {
        "ticket": lambda id, time: ticket(id, "noise", mill(), happened=time),
        "report": lambda id, time: report(id, "noise", mill(), happened=time),
        "inspection": lambda id, time: inspection(id, "bakery", mill(), happened=time),
        "action": lambda id, time: act_on(id, "start", "MILL-260302-0123456789", "mill", done=time),
        "pack": lambda id, time: pack(id, "g-mill", (0, 0.3), happened=time),
    }
    for name, make in makes.items():
        yield Piece(f"{name} of 2096", _made(make(f"{name}-2096", ahead)), Reason.AHEAD_OF_CLOCK)
        yield Piece(f"{name} of 2006", _made(make(f"{name}-2006", past)), Reason.TOO_OLD)
    solved = _made(report("solved-2096", "noise", mill(), solved=ahead))
    yield Piece("solved in 2096", solved, Reason.AHEAD_OF_CLOCK)


def _wrong_others() -> Iterator[Piece]:
    long = "i" * 199
    told = {
        "an id that its findings outgrow": inspection(long, "bakery", mill(), major("hazard.exit")),
        "a finding whose id is too long": inspection("again", "bakery", mill(), again=[failed(long)]),
    }
    for name, one in told.items():
        yield Piece(name, _made(one), Reason.INVALID_FIELD)
    actions = {
        "a case of no town": (
            act_on("a-1", "start", "ATLANTIS-260302-0123456789", "mill"),
            Reason.UNKNOWN_CASE,
        ),
        "a case with a strange id": (act_on("a-2", "start", "'; --", "mill"), Reason.UNKNOWN_CASE),
        "a unit of nowhere": (act_on("a-3", "start", "MILL-260302-0123456789", "😀"), Reason.UNKNOWN_UNIT),
        "an alarm of nowhere": (
            act_on("a-4", "ack_alarm", "g-nowhere/s/high/1", "mill"),
            Reason.UNKNOWN_ALARM,
        ),
        "an alarm of nobody": (act_on("a-5", "ack_alarm", "g-mill/s1/high/1", None), Reason.UNKNOWN_UNIT),
    }
    for name, (one, reason) in actions.items():
        yield Piece(name, _made(one), reason)


def _wrong_packs() -> Iterator[Piece]:
    good = _made(pack("p-0", "g-mill", (0, 0.3)))
    elsewhere = (partition_of(b"g-mill", PARTITIONS) + 1) % PARTITIONS
    yield Piece("the wrong partition", replace(good, partition=elsewhere), Reason.WRONG_PARTITION)
    keyless = _made(pack("p-1", "g-mill", (0, 0.3)))
    home = partition_of(b"", PARTITIONS)
    yield Piece("a pack without a key", replace(keyless, key=None, partition=home), Reason.HEADER_MISMATCH)
    other = _made(pack("p-2", "g-mill", (0, 0.3)))
    yield Piece("another gateway's key", replace(other, key=b"g-heath"), Reason.HEADER_MISMATCH)
    noise = _made(pack("p-3", "g-mill", (0, 0.3)))
    yield Piece("a key of noise", replace(noise, key=b"\xff\x00\xfe"), Reason.HEADER_MISMATCH)
    packs = {
        "a gateway of nowhere": (pack("p-4", "g-nowhere", (0, 0.3)), Reason.UNKNOWN_GATEWAY),
        "a slot too many": (pack("p-5", "g-mill", (2, 0.3)), Reason.UNKNOWN_SLOT),
        "a slot far off": (pack("p-6", "g-mill", (0, 0.3), (65_535, 0.3)), Reason.UNKNOWN_SLOT),
        "readings of the year to come": (
            pack("p-7", "g-mill", (0, 0.3), (0, 0.3), every=2_000_000),
            Reason.AHEAD_OF_CLOCK,
        ),
    }
    for name, (one, reason) in packs.items():
        yield Piece(name, _made(one), reason)
    for name, readings in {
        "an empty pack": (),
        "readings beyond all measure": ((0, 1e308), (0, 1e308), (0, -1e308)),
        "readings that are none": ((0, float("nan")), (0, float("-inf"))),
    }.items():
        yield Piece(name, _made(pack(name, "g-heath", *readings)), None)
    slots = np.array([0, 1, 0], "<u2").tobytes()
    short = ReadingPack.model_construct(
        source=GATEWAYS,
        id="p-8",
        gateway="g-mill",
        base_time=WHEN,
        slots=slots,
        values=b"\0" * 8,
        offsets_ms=b"",
    )
    yield Piece("columns of different lengths", sent(topics.READINGS, short, WHEN), Reason.INVALID_FIELD)
    tick = _made(pack("tick", "g-mill", (0, 0.3)))
    yield Piece("a tick of 2096", _tick_of_2096(tick), Reason.AHEAD_OF_CLOCK)


def _tick_of_2096(like: Sent) -> Sent:
    return replace(_as(b"ClockTick")(like), value=encode(ClockTick(at=minute(days(365 * 70)))))
