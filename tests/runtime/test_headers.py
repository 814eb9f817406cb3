"""Headers: the full CloudEvents set on public topics, the short set inside, and what outsiders get wrong."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.contracts.cases import CaseEvent
from hub.contracts.fields import EARLIEST, LATEST, Contract
from hub.contracts.reasons import Reason
from hub.contracts.registry import VERSIONS, name_of
from hub.contracts.signals import ClockTick
from hub.flow import Emit
from hub.runtime.headers import Attributes, read_headers, write_headers
from hub.runtime.refused import Refused
from hub.topics import EVENTS, READINGS, SIGNALS, TOPICS, Envelope, Topic, unit_orders

NOON = datetime(2026, 3, 1, 12, 0, 0, 123000, tzinfo=UTC)
TICK = ClockTick(at=NOON)
FEWEST: list[tuple[str, bytes | None]] = [
    ("ce_specversion", b"1.0"),
    ("ce_id", b"T1"),
    ("ce_source", b"hotline-12345"),
    ("ce_type", b"hub.HotlineTicket"),
    ("ce_dataschema", b"hub:HotlineTicket:1"),
]


def _event() -> CaseEvent:
    return CaseEvent(
        case_id="c-1",
        seq=0,
        at=NOON,
        source="s",
        source_id="i",
        moves=(),
        stage="received",  # type: ignore[arg-type]  # pydantic makes the member
        lead_unit=None,
        district="d",
        town="t",
        category="x",
    )


def test_a_public_record_carries_the_whole_set() -> None:
    emit = Emit(EVENTS, "town 海淀", "c-1/0", NOON, _event(), "c-1")
    headers = write_headers(TOPICS[EVENTS], emit, source="hub:cases", causation="city.signals:3:17")
    assert len(headers) == len(dict(headers))
    assert dict(headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"c-1/0",
        "ce_source": b"hub:cases",
        "ce_type": b"hub.CaseEvent",
        "ce_subject": b"c-1",
        "ce_time": b"2026-03-01T12:00:00.123Z",
        "ce_dataschema": b"hub:CaseEvent:1",
        "ce_partitionkey": "town 海淀".encode(),
        "ce_correlationid": b"c-1",
        "ce_causationid": b"city.signals:3:17",
        "ce_dataclassification": b"internal",
        "content-type": b"application/avro",
    }


def test_an_internal_record_carries_the_short_set() -> None:
    emit = Emit(SIGNALS, "town", "i", NOON.astimezone(timezone(timedelta(hours=8))), TICK, "c-1")
    headers = write_headers(TOPICS[SIGNALS], emit, source="hub:intake", causation="x")
    assert headers == [
        ("ce_id", b"i"),
        ("ce_time", b"2026-03-01T12:00:00.123Z"),
        ("ce_type", b"hub.ClockTick"),
        ("hub_version", b"1"),
    ]
    assert read_headers(headers) == Attributes("i", "ClockTick", 1, None, NOON)


def test_an_attribute_that_says_nothing_is_left_out() -> None:
    headers = write_headers(
        TOPICS[READINGS], Emit(READINGS, "", "i", NOON, TICK), source="hub:ticker", causation=None
    )
    empty = {"ce_subject", "ce_partitionkey", "ce_correlationid", "ce_causationid"}
    assert not empty & set(dict(headers))
    keyed = write_headers(TOPICS[READINGS], Emit(READINGS, "k", "i", NOON, TICK), source="s", causation=None)
    assert dict(keyed)["ce_subject"] == dict(keyed)["ce_partitionkey"] == b"k"


WORDS = st.text(st.characters(exclude_categories=["Cs"], min_codepoint=32), min_size=1, max_size=20)
TOPIC = st.sampled_from([*TOPICS.values(), unit_orders("u")])
TIME = st.datetimes(
    EARLIEST.replace(tzinfo=None), (LATEST - timedelta(days=1)).replace(tzinfo=None), timezones=st.just(UTC)
)


@given(TOPIC, st.from_type(Contract), WORDS, WORDS, TIME, st.none() | WORDS)
def test_what_we_write_we_read(
    topic: Topic, value: Contract, identity: str, source: str, time: datetime, case: str | None
) -> None:
    emit = Emit(topic.name, "key", identity, time, value, case)
    read = read_headers(write_headers(topic, emit, source=source, causation=case))
    millis = time.replace(microsecond=time.microsecond // 1000 * 1000, fold=0)
    name = name_of(type(value))
    known = source if topic.envelope is Envelope.PUBLIC else None
    assert read == Attributes(identity, name, VERSIONS[name], known, millis)


def test_an_outsider_needs_the_required_attributes_only() -> None:
    assert read_headers(FEWEST) == Attributes("T1", "HotlineTicket", 1, "hotline-12345", None)


def test_of_repeated_headers_the_first_counts_and_others_are_left_alone() -> None:
    more = [*FEWEST, ("ce_id", b"T2"), ("traceparent", b"\xff"), ("", None), ("ce_subject", None)]
    assert read_headers(more).id == "T1"
    assert read_headers([("ce_id", b"T2"), *FEWEST]).id == "T2"


def test_a_public_record_with_a_version_of_ours_still_needs_its_source() -> None:
    with pytest.raises(Refused, match="ce_source"):
        read_headers([*(item for item in FEWEST if item[0] != "ce_source"), ("hub_version", b"1")])


def _with(header: str, value: bytes | None) -> list[tuple[str, bytes | None]]:
    return [(header, value), *FEWEST]


@pytest.mark.parametrize(
    ("headers", "reason", "said"),
    [
        ([], Reason.MISSING_HEADER, "ce_id: add this header"),
        (_with("ce_id", None), Reason.MISSING_HEADER, "ce_id: add this header"),
        (_with("ce_id", b""), Reason.MISSING_HEADER, "ce_id: must not be empty"),
        (_with("ce_id", b"a\0b"), Reason.MISSING_HEADER, "ce_id: must not be empty or hold control"),
        (_with("ce_id", b"\xff"), Reason.MISSING_HEADER, "ce_id: write it in UTF-8"),
        (_with("ce_source", b"\xc3\x28"), Reason.MISSING_HEADER, "ce_source: write it in UTF-8"),
        (_with("ce_source", b""), Reason.MISSING_HEADER, "ce_source: must not be empty"),
        (_with("ce_specversion", b"0.3"), Reason.MISSING_HEADER, "ce_specversion: must be 1.0"),
        (_with("ce_type", b"HotlineTicket"), Reason.UNKNOWN_CONTRACT, "ce_type: must be hub.<contract>"),
        (_with("ce_type", b"hub.Ticket"), Reason.UNKNOWN_CONTRACT, "ce_type: must be hub.<contract>"),
        (_with("ce_type", b"com.acme.Order"), Reason.UNKNOWN_CONTRACT, "ce_type: must be hub.<contract>"),
        (
            _with("ce_dataschema", b"hub:GridReport:1"),
            Reason.UNKNOWN_CONTRACT,
            "ce_dataschema: must be hub:HotlineTicket:<version>",
        ),
        (_with("ce_dataschema", b"1"), Reason.UNKNOWN_CONTRACT, "ce_dataschema: must be hub:HotlineTicket"),
        *(
            (
                _with("ce_dataschema", b"hub:HotlineTicket:" + number),
                Reason.MISSING_HEADER,
                "ce_dataschema: the version must be a whole number from 1",
            )
            for number in (b"", b"0", b"-1", b"x", b"1.0", "١".encode(), b"9" * 5000)
        ),
        *(
            (_with("ce_time", time), Reason.MISSING_HEADER, "ce_time: write it as RFC 3339")
            for time in (b"", b"noon", b"2026-03-01", b"2026-03-01T12:00:00", b"2026-13-01T12:00:00Z", b"1")
        ),
        *(
            (_with("ce_time", time), Reason.MISSING_HEADER, "ce_time: must lie between 2000 and 2100")
            for time in (b"0001-01-01T00:00:00+23:59", b"9999-12-31T23:59:59-23:59", b"1999-12-31T23:59:59Z")
        ),
    ],
)
def test_what_is_missing_or_wrong_is_named_with_its_fix(
    headers: list[tuple[str, bytes | None]], reason: Reason, said: str
) -> None:
    with pytest.raises(Refused) as refused:
        read_headers(headers)
    assert refused.value.reason is reason
    assert refused.value.detail.startswith(said)


@pytest.mark.parametrize("missing", [name for name, _ in FEWEST])
def test_each_required_attribute_is_missed_by_name(missing: str) -> None:
    with pytest.raises(Refused) as refused:
        read_headers([item for item in FEWEST if item[0] != missing])
    assert refused.value.reason is Reason.MISSING_HEADER
    assert refused.value.detail.startswith(f"{missing}: add this header")


def test_names_are_case_sensitive() -> None:
    with pytest.raises(Refused, match="ce_id: add this header"):
        read_headers([(name.upper(), value) for name, value in FEWEST])


def test_a_future_version_is_left_to_the_codec() -> None:
    assert read_headers(_with("ce_dataschema", b"hub:HotlineTicket:7")).version == 7


@given(
    st.lists(st.tuples(st.sampled_from([*dict(FEWEST), "ce_time", "hub_version"]), st.none() | st.binary()))
)
def test_any_headers_are_read_or_refused(headers: list[tuple[str, bytes | None]]) -> None:
    for given_headers in (headers, [*headers, *FEWEST]):
        with suppress(Refused):
            read_headers(given_headers)
