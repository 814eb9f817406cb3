"""The native reader of headers says what the Python one says, or nothing; times are written alike."""

from datetime import UTC, datetime, timedelta, timezone
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.contracts.fields import EARLIEST, LATEST
from hub.runtime import headers as by_python
from hub.runtime.headers import Attributes
from hub.runtime.refused import Refused

native = pytest.importorskip(
    "hub.runtime.headers_native",
    reason="no native modules: install a C compiler, then the hub again",
    exc_type=ImportError,
)

NAMES = (
    "ce_id",
    "ce_type",
    "ce_time",
    "ce_source",
    "ce_dataschema",
    "ce_specversion",
    "hub_version",
    "other",
)
VALUES = (
    b"T1",
    b"hub.Signal",
    b"hub.HotlineTicket",
    b"hub:HotlineTicket:1",
    b"1.0",
    b"1",
    b"2026-03-01T08:00:00.000Z",
    b"2026-02-30T08:00:00.000Z",
    b"1999-12-31T23:59:59.999Z",
    b"2026-03-01T08:00:00+08:00",
    b"2026-03-01T08:00:60.000Z",
    b"",
    b"\x01",
    b"\xff",
    None,
)
USUAL = {
    "ce_id": b"T1",
    "ce_type": b"hub.HotlineTicket",
    "ce_time": b"2026-03-01T08:00:00.000Z",
    "ce_source": b"hotline-12345",
    "ce_dataschema": b"hub:HotlineTicket:1",
    "ce_specversion": b"1.0",
}


def _native(headers: list[tuple[str, bytes | None]]) -> Attributes | None:
    known = native.read_known(headers, by_python.kinds(), EARLIEST.year, LATEST.year)
    return None if known is None else Attributes(*known)


@given(
    st.dictionaries(st.sampled_from(NAMES), st.sampled_from(VALUES), max_size=3),
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES)), max_size=2),
    st.randoms(use_true_random=False),
)
@example({}, [], Random(0))
def test_it_agrees_or_is_silent(
    changed: dict[str, bytes | None], more: list[tuple[str, bytes | None]], order: Random
) -> None:
    headers = [*{**USUAL, **changed}.items(), *more]
    order.shuffle(headers)
    found = _native(headers)
    try:
        wanted = by_python._read_any(headers)
    except Refused:
        assert found is None
    else:
        assert found is None or found == wanted


def test_what_the_hub_writes_is_known() -> None:
    assert _native(list(USUAL.items())) == Attributes(
        "T1", "HotlineTicket", 1, "hotline-12345", datetime(2026, 3, 1, 8, tzinfo=UTC)
    )


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8))])))
@example(datetime(999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))
@example(datetime(1000, 1, 1, tzinfo=UTC))
def test_times_are_written_alike(time: datetime) -> None:
    assert native.write_time(time) in (None, by_python._any_rfc3339(time))
    assert native.write_time(datetime(2026, 3, 1, tzinfo=UTC)) == b"2026-03-01T00:00:00.000Z"
