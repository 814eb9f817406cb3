"""Records that publishers got wrong, as raw bytes, each with the reason for which the hub must refuse it."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from struct import pack

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import ActionKind, GridReport, HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.contracts.fields import Contract, PlaceRef, Point
from hub.contracts.proactive import ProactiveReport, ReportOrigin
from hub.contracts.reasons import Reason
from hub.domain.case_ids import case_id_of
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.simulate.chance import stream

SOURCE = "careless-publisher"

Headers = tuple[tuple[str, bytes | None], ...]


@dataclass(frozen=True, slots=True)
class BadRecord:
    """What is on the wire, what is wrong with it, and the reason that its dead letter must have."""

    topic: str
    key: bytes
    value: bytes | None
    headers: Headers
    arrived: datetime
    mistake: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class _Good:
    """A record before somebody spoils it."""

    topic: str
    key: str
    value: Contract
    id: str
    at: datetime

    def sent(self, mistake: str, reason: Reason, value: Contract | None = None) -> BadRecord:
        """The record on the wire, with another value if one is given."""
        body = self.value if value is None else value
        emit = Emit(self.topic, self.key, self.id, self.at, body)
        headers = write_headers(topics.TOPICS[self.topic], emit, source=SOURCE, causation=None)
        return BadRecord(
            self.topic, self.key.encode(), encode(body), tuple(headers), self.at, mistake, reason
        )

    def changed(self, mistake: str, reason: Reason, **fields: object) -> BadRecord:
        """The record with fields of its value changed, unchecked."""
        return self.sent(mistake, reason, self.value.model_copy(update=fields))


_Spoil = Callable[[_Good], BadRecord]


def bad_records(
    city: City, seed: int, start: datetime, days: float = 1, per_day: float = 50
) -> Iterator[BadRecord]:
    """Spoiled records of every feed in order of arrival: each mistake in turn, at moments drawn by seed."""
    rng = stream(seed, "bad", start.astimezone(UTC).isoformat())
    minutes = days * 24 * 60
    moments = sorted(rng.random() * minutes for _ in range(round(per_day * days)))
    kinds = [(topic, spoil) for topic in _GOOD for spoil in (*_ANY, *_OF_TOPIC.get(topic, ()))]
    for number, minute in enumerate(moments):
        at = start.astimezone(UTC) + timedelta(milliseconds=int(minute * 60_000))
        topic, spoil = kinds[number % len(kinds)]
        yield spoil(_GOOD[topic](city, f"X{at:%y%m%d}-{number}", at))


# good records of each feed


def _ticket(city: City, name: str, at: datetime) -> _Good:
    ticket = HotlineTicket(
        source=SOURCE, id=name, reported_at=at, category=_category(city), place=_place(city)
    )
    return _Good(topics.HOTLINE, name, ticket, name, at)


def _report(city: City, name: str, at: datetime) -> _Good:
    report = GridReport(source=SOURCE, id=name, reported_at=at, category=_category(city), place=_place(city))
    return _Good(topics.GRID, name, report, name, at)


def _inspection(city: City, name: str, at: datetime) -> _Good:
    visit = Inspection(source=SOURCE, id=name, inspected_at=at, site="S-1", place=_place(city))
    return _Good(topics.INSPECTIONS, "S-1", visit, name, at)


def _action(city: City, name: str, at: datetime) -> _Good:
    case = case_id_of(next(iter(city.towns)), at, SOURCE, name)
    unit = next(iter(city.units))
    action = UnitAction(source=SOURCE, id=name, kind=ActionKind.START, at=at, unit=unit, case_id=case)
    return _Good(topics.ACTIONS, case, action, name, at)


def _pack(city: City, name: str, at: datetime) -> _Good:
    gateway = next(iter(city.gateways), "gateway-1")
    readings = ReadingPack(
        source=SOURCE, id=name, gateway=gateway, base_time=at, slots=pack("<H", 0), values=pack("<d", 1.0)
    )
    return _Good(topics.READINGS, gateway, readings, name, at)


def _proactive(city: City, name: str, at: datetime) -> _Good:
    report = ProactiveReport(
        source=SOURCE,
        id=name,
        reported_at=at,
        origin=ReportOrigin.OPERATOR,
        category=_category(city),
        title=name,
        place=_place(city),
    )
    return _Good(topics.PROACTIVE, name, report, name, at)


_GOOD: Mapping[str, Callable[[City, str, datetime], _Good]] = {
    topics.HOTLINE: _ticket,
    topics.GRID: _report,
    topics.INSPECTIONS: _inspection,
    topics.ACTIONS: _action,
    topics.READINGS: _pack,
    topics.PROACTIVE: _proactive,
}


def _category(city: City) -> str:
    return next(iter(city.categories))


def _place(city: City) -> PlaceRef:
    return PlaceRef(code=next(iter(city.towns)))


# mistakes that any publisher can make


def _cut_short(good: _Good) -> BadRecord:
    bad = good.sent("cut short", Reason.UNREADABLE)
    return replace(bad, value=(bad.value or b"")[:7])


def _noise(good: _Good) -> BadRecord:
    return replace(good.sent("not Avro", Reason.UNREADABLE), value=b"\xff\xfe{not avro}" * 3)


def _too_long(good: _Good) -> BadRecord:
    bad = good.sent("bytes after the end", Reason.UNREADABLE)
    return replace(bad, value=(bad.value or b"") + b"DROP TABLE cases;--")


def _empty(good: _Good) -> BadRecord:
    return replace(good.sent("no value", Reason.NO_VALUE), value=None)


def _huge(good: _Good) -> BadRecord:
    return replace(good.sent("a megabyte too long", Reason.TOO_LARGE), value=b"x" * 1_100_000)


def _nameless(good: _Good) -> BadRecord:
    bad = good.sent("no ce_id", Reason.MISSING_HEADER)
    return replace(bad, headers=tuple(header for header in bad.headers if header[0] != "ce_id"))


def _strange_contract(good: _Good) -> BadRecord:
    return _with_header(good.sent("no such contract", Reason.UNKNOWN_CONTRACT), "ce_type", b"hub.Nonsense")


def _other_contract(good: _Good) -> BadRecord:
    """A record of another feed."""
    place = PlaceRef(code="1")
    ticket = HotlineTicket(source=SOURCE, id=good.id, reported_at=good.at, category="x", place=place)
    report = GridReport(source=SOURCE, id=good.id, reported_at=good.at, category="x", place=place)
    value = report if good.topic == topics.HOTLINE else ticket
    return good.sent("contract of another feed", Reason.WRONG_CONTRACT, value)


def _from_the_future(good: _Good) -> BadRecord:
    bad = good.sent("version 99", Reason.FUTURE_VERSION)
    name = type(good.value).__name__
    return _with_header(bad, "ce_dataschema", f"hub:{name}:99".encode())


def _two_names(good: _Good) -> BadRecord:
    return _with_header(good.sent("ce_id differs", Reason.HEADER_MISMATCH), "ce_id", b"somebody-else")


def _control_character(good: _Good) -> BadRecord:
    return good.changed("null byte in its id", Reason.INVALID_FIELD, id=f"{good.id}\x00")


_ANY: tuple[_Spoil, ...] = (
    _cut_short,
    _noise,
    _too_long,
    _empty,
    _huge,
    _nameless,
    _strange_contract,
    _other_contract,
    _from_the_future,
    _two_names,
    _control_character,
)


# mistakes that only some can make


def _of_2099(field: str) -> _Spoil:
    far = datetime(2099, 1, 1, tzinfo=UTC)
    return lambda good: good.changed("a time in 2099", Reason.AHEAD_OF_CLOCK, **{field: far})


def _of_2001(field: str) -> _Spoil:
    old = datetime(2001, 1, 1, tzinfo=UTC)
    return lambda good: good.changed("a time in 2001", Reason.TOO_OLD, **{field: old})


def _at_sea(good: _Good) -> BadRecord:
    place = PlaceRef(point=Point(lon=0.0, lat=0.0))
    return good.changed("a point at sea", Reason.OUTSIDE_CITY, place=place)


def _nowhere(good: _Good) -> BadRecord:
    return good.changed("no place", Reason.NO_PLACE, place=PlaceRef())


def _no_such_town(good: _Good) -> BadRecord:
    return good.changed("no such town", Reason.UNKNOWN_PLACE, place=PlaceRef(code="Atlantis"))


def _on_mars(good: _Good) -> BadRecord:
    point = Point.model_construct(lon=400.0, lat=95.0)
    return good.changed("latitude 95", Reason.INVALID_FIELD, place=PlaceRef.model_construct(point=point))


def _endless_text(good: _Good) -> BadRecord:
    return good.changed("a text without end", Reason.INVALID_FIELD, text="\U0001f6b0" * 20_001)


_PLACED: tuple[_Spoil, ...] = (_at_sea, _nowhere, _no_such_town, _on_mars)

_OF_TOPIC: Mapping[str, tuple[_Spoil, ...]] = {
    topics.HOTLINE: (_of_2099("reported_at"), _of_2001("reported_at"), *_PLACED, _endless_text),
    topics.GRID: (_of_2099("reported_at"), _of_2001("reported_at"), *_PLACED, _endless_text),
    topics.INSPECTIONS: (_of_2099("inspected_at"), *_PLACED),
    topics.ACTIONS: (
        _of_2099("at"),
        lambda good: good.changed("no such unit", Reason.UNKNOWN_UNIT, unit="ministry-of-magic"),
        lambda good: good.changed("no such town in the case", Reason.UNKNOWN_CASE, case_id="0-010101-00"),
    ),
    topics.READINGS: (
        _of_2099("base_time"),
        lambda good: good.changed("a slot too high", Reason.UNKNOWN_SLOT, slots=pack("<H", 65_000)),
        lambda good: good.changed("columns differ", Reason.INVALID_FIELD, values=pack("<2d", 1.0, 2.0)),
    ),
    topics.PROACTIVE: (_of_2099("reported_at"), _of_2001("reported_at"), *_PLACED),
}


def _with_header(bad: BadRecord, name: str, value: bytes) -> BadRecord:
    return replace(bad, headers=tuple((n, value if n == name else v) for n, v in bad.headers))
