"""The codec: whatever a contract can hold comes back equal, whatever else comes in is refused by name."""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from fastavro import parse_schema, schemaless_reader, schemaless_writer
from hypothesis import given
from hypothesis import strategies as st

from hub.contracts.avro import avro_schema
from hub.contracts.cases import Case
from hub.contracts.feeds import ActionKind, Appellant, HotlineTicket, ReadingPack, UnitAction
from hub.contracts.fields import EARLIEST, LATEST, Contract, PlaceRef, Point, Urgency
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.contracts.signals import ClockTick
from hub.runtime.avro_write import varint
from hub.runtime.codec import MAX_DETAIL, decode, decode_row, decode_trusted, encode, encode_row
from hub.runtime.refused import Refused

SCHEMAS = {name: parse_schema(avro_schema(model)) for name, model in CONTRACTS.items()}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
TICKET = HotlineTicket(
    source="hotline-12345",
    id="T1",
    reported_at=NOON,
    category="路灯",
    text="不亮" * 50,
    place=PlaceRef(point=Point(lon=116.4, lat=39.9)),
    appellant=Appellant(name="王小明", phone="13800000000"),
    due=datetime(2099, 1, 1, tzinfo=UTC),
)

ANY_CONTRACT = st.from_type(Contract)


@pytest.mark.parametrize("name", CONTRACTS)
def test_every_contract_comes_back_equal(name: str) -> None:
    """Checked, trusted and as a row alike, byte for byte what fastavro makes of it."""
    model, version = CONTRACTS[name], VERSIONS[name]

    @given(st.from_type(model))
    def check(value: Contract) -> None:
        body = encode(value)
        assert body == _by_fastavro(value)
        checked = decode(name, version, body)
        trusted = decode_trusted(name, version, body)
        row = decode_row(model, encode_row(value))
        assert checked == trusted == row == value
        assert repr(checked) == repr(trusted) == repr(row) == repr(value)
        assert checked.model_fields_set == trusted.model_fields_set
        assert hash(checked) == hash(trusted)

    check()


def _by_fastavro(value: Contract) -> bytes:
    stream = BytesIO()
    schemaless_writer(stream, SCHEMAS[type(value).__name__], value.model_dump())
    return stream.getvalue()


@given(ANY_CONTRACT)
def test_fastavro_reads_what_we_write(value: Contract) -> None:
    name = type(value).__name__
    record: Any = schemaless_reader(BytesIO(encode(value)), SCHEMAS[name], None)
    assert type(value).model_validate(record) == value


@given(ANY_CONTRACT)
def test_a_trusted_value_is_a_model_like_any_other(value: Contract) -> None:
    trusted = decode_row(type(value), encode_row(value))
    assert trusted.model_copy(update={}) == value
    assert type(value).model_validate_json(trusted.model_dump_json()) == value
    with pytest.raises(ValueError, match="frozen"):
        setattr(trusted, next(iter(type(value).model_fields)), "other")


def test_enums_come_back_as_members_and_lists_as_tuples() -> None:
    case = decode_row(Case, encode_row(_case()))
    assert case.urgency is Urgency.LIFE
    assert case.assist_units == ("a", "b")
    assert isinstance(case.assist_units, tuple)


def _case() -> Case:
    return Case(
        case_id="c",
        seq=2**63 - 1,
        town="t",
        cell=None,
        category="x",
        urgency=Urgency.LIFE,
        stage="received",  # type: ignore[arg-type]  # pydantic makes the member
        opened=NOON,
        since=NOON,
        plan=(),
        changed=NOON,
        lead_unit=None,
        assist_units=("a", "b"),
        catalogue_row="",
        members=(),
        clocks=(),
    )


def _refusal(name: str, version: int, data: bytes) -> Refused:
    with pytest.raises(Refused) as refused:
        decode(name, version, data)
    return refused.value


@given(ANY_CONTRACT, st.data())
def test_a_body_cut_or_lengthened_anywhere_is_unreadable(value: Contract, data: st.DataObject) -> None:
    name, body = type(value).__name__, encode(value)
    cut = data.draw(st.integers(0, len(body) - 1))
    for broken in (body[:cut], body + b"\0", body + body[:cut] + b"\1"):
        assert _refusal(name, 1, broken).reason is Reason.UNREADABLE


def test_a_ticket_cut_at_every_byte_is_unreadable() -> None:
    body, row = encode(TICKET), encode_row(TICKET)
    for cut in range(len(body)):
        assert _refusal("HotlineTicket", 1, body[:cut]).reason is Reason.UNREADABLE
        with pytest.raises(Refused):
            decode_trusted("HotlineTicket", 1, body[:cut])
        with pytest.raises(Refused):
            decode_row(HotlineTicket, row[: cut + 1])


@given(st.sampled_from(list(CONTRACTS)), st.binary(max_size=60), st.integers(-1, 3))
def test_noise_is_refused_or_is_a_contract(name: str, noise: bytes, version: int) -> None:
    _refused_or_equal(name, noise, version)


@given(ANY_CONTRACT, st.data())
def test_a_flipped_byte_is_refused_or_gives_a_contract(value: Contract, data: st.DataObject) -> None:
    body = bytearray(encode(value))
    body[data.draw(st.integers(0, len(body) - 1))] ^= data.draw(st.integers(1, 255))
    _refused_or_equal(type(value).__name__, bytes(body), 1)


def _refused_or_equal(name: str, body: bytes, version: int) -> None:
    try:
        value = decode(name, version, body)
    except Refused:
        return
    assert decode(name, 1, encode(value)) == value


def test_names_and_versions_that_nobody_knows() -> None:
    body = encode(TICKET)
    assert _refusal("Ticket", 1, body).reason is Reason.UNKNOWN_CONTRACT
    future = _refusal("HotlineTicket", 2, body)
    assert future.reason is Reason.FUTURE_VERSION
    assert "known in versions 1 to 1, this is 2" in future.detail
    assert _refusal("HotlineTicket", 0, body).reason is Reason.FUTURE_VERSION
    for row in (b"", b"\7" + body):
        with pytest.raises(Refused):
            decode_row(HotlineTicket, row)


@pytest.mark.parametrize(
    "millis",
    [varint(number) for number in (0, -1, 5, 2**62, -(2**63), 946684799999, 4102444800000, 253402300800000)],
)
def test_absurd_times_are_invalid_fields_not_noise(millis: bytes) -> None:
    assert encode(ClockTick(at=NOON)) == varint(int(NOON.timestamp() * 1000)), "a tick is its time alone"
    refused = _refusal("ClockTick", 1, millis)
    assert refused.reason is Reason.INVALID_FIELD
    assert refused.detail == "at: Value error, time must lie between 2000 and 2100"


@pytest.mark.parametrize("moment", [EARLIEST, LATEST - timedelta(milliseconds=1), NOON])
def test_the_first_and_last_times_are_kept(moment: datetime) -> None:
    tick = ClockTick(at=moment)
    assert decode("ClockTick", 1, encode(tick)) == tick


def test_microseconds_are_cut_off() -> None:
    tick = ClockTick(at=NOON + timedelta(microseconds=1999))
    assert decode("ClockTick", 1, encode(tick)) == ClockTick(at=NOON + timedelta(milliseconds=1)) == tick


def _ticket_with(old: bytes, new: bytes) -> bytes:
    body = encode(TICKET)
    assert body.count(old) == 1
    return body.replace(old, new)


@pytest.mark.parametrize(
    "body",
    [
        _ticket_with(b"\x04T1", b"\x04\xc3\x28"),
        _ticket_with(b"\x04T1", b"\x06\xed\xa0\x80"),
        _ticket_with(b"\x04T1", b"\x03T1"),
        _ticket_with(b"\x04T1", varint(2**62) + b"T1"),
        _ticket_with(b"\x04T1", varint(-(2**62)) + b"T1"),
        _ticket_with(b"\x04T1", b"\xff" * 9 + b"\x03T1"),
        _ticket_with(b"\x04T1", b"\xff" * 1_000_000),
        varint(10**15),
        b"",
    ],
    ids=[
        "not UTF-8",
        "half of a surrogate pair",
        "negative size",
        "size beyond the end",
        "very negative size",
        "65 bits",
        "a million bits",
        "only a size",
        "nothing",
    ],
)
def test_bytes_that_are_no_avro_are_unreadable(body: bytes) -> None:
    assert _refusal("HotlineTicket", 1, body).reason is Reason.UNREADABLE


def _action(kind: bytes) -> bytes:
    action = UnitAction(source="s", id="i", kind=ActionKind.UNKNOWN, at=NOON, case_id="c")
    return encode(action).replace(b"\x02s\x02i\x00", b"\x02s\x02i" + kind)


def test_positions_that_an_enum_does_not_have_are_unreadable() -> None:
    assert decode("UnitAction", 1, _action(varint(1))) is not None
    for position in (-1, -8, len(ActionKind), 64, 2**40):
        assert _refusal("UnitAction", 1, _action(varint(position))).reason is Reason.UNREADABLE


def test_booleans_and_branches_are_0_or_1() -> None:
    body = encode(TICKET)
    tail = encode(TICKET.model_copy(update={"due": None}))
    assert tail.endswith(b"\x01\x00")
    for broken in (tail[:-2] + b"\x02\x00", tail[:-1] + b"\x04", tail[:-1] + b"\x01"):
        assert _refusal("HotlineTicket", 1, broken).reason is Reason.UNREADABLE
    assert decode("HotlineTicket", 1, body) == TICKET


def test_lists_may_come_in_blocks_with_their_size() -> None:
    assert _lists(b"\x04\x02a\x02b\x00") == ("a", "b")
    assert _lists(b"\x02\x02a\x02\x02b\x00") == ("a", "b")
    assert _lists(b"\x03\x08\x02a\x02b\x00") == ("a", "b")
    with pytest.raises(Refused):
        _lists(varint(2**62) + b"\x02a\x02b\x00")
    with pytest.raises(Refused):
        _lists(varint(-(2**63)) + b"\x08\x02a\x02b\x00")


def _lists(assist_units: bytes) -> tuple[str, ...]:
    body = encode(_case())
    known = b"\x04\x02a\x02b\x00"
    assert body.count(known) == 1
    value = decode("Case", 1, body.replace(known, assist_units))
    assert isinstance(value, Case)
    return value.assist_units


def test_every_failing_field_is_named_and_no_value() -> None:
    secret = "13800000000"
    broken = TICKET.model_copy(
        update={
            "source": "",
            "id": secret + "\n",
            "place": PlaceRef.model_construct(point=Point.model_construct(lon=float("nan"), lat=139.5)),
            "appellant": Appellant.model_construct(phone=secret * 20),
        }
    )
    refused = _refusal("HotlineTicket", 1, encode(broken))
    assert refused.reason is Reason.INVALID_FIELD
    named = [part.split(": ")[0] for part in refused.detail.split("; ")]
    assert named == ["source", "id", "place.point.lon", "place.point.lat", "appellant.phone"]
    assert secret not in refused.detail
    assert "139.5" not in refused.detail


def test_rules_over_several_fields_are_named_record() -> None:
    pack = ReadingPack(source="s", id="i", gateway="g", base_time=NOON, slots=b"", values=b"")
    broken = pack.model_copy(update={"slots": struct.pack("<H", 1)})
    assert _refusal("ReadingPack", 1, encode(broken)).detail.startswith(
        "record: Value error, slots, values and"
    )


def test_a_long_list_of_problems_fits_into_a_dead_letter() -> None:
    case = _case().model_copy(update={"assist_units": ("",) * 500})
    refused = _refusal("Case", 1, encode(case))
    assert len(refused.detail) == MAX_DETAIL
    assert refused.detail.endswith("; ... 500 problems in all")
    longest = next(limit.max_length for limit in _metadata(DeadLetter, "detail"))
    assert longest == MAX_DETAIL


def _metadata(model: type[Contract], field: str) -> Iterator[Any]:
    return (item for item in model.model_fields[field].metadata if hasattr(item, "max_length"))


@pytest.mark.parametrize(
    ("body", "hint"),
    [(b"\0\0\0\0\1" + encode(TICKET), "registry"), (TICKET.model_dump_json().encode(), "JSON")],
)
def test_common_mistakes_are_told(body: bytes, hint: str) -> None:
    refused = _refusal("HotlineTicket", 1, body)
    assert refused.reason is Reason.UNREADABLE
    assert hint in refused.detail


def test_a_number_beyond_64_bits_is_a_bug_of_ours() -> None:
    with pytest.raises(OverflowError):
        encode(_case().model_copy(update={"seq": 2**63}))
