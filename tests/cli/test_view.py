"""What `hub tail` shows: restricted records masked field by field, nothing that steers a terminal."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from hub.cli.view import MASKED, one_line, shown
from hub.contracts.feeds import ActionKind, Appellant, GridReport, HotlineTicket, ReadingPack, UnitAction
from hub.contracts.fields import Contract, PlaceRef, Point
from hub.edges.identity import event_time, feed_record, record_key
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record
from hub.topics import ACTIONS, GRID, HOTLINE, READINGS, TOPICS

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PERSONAL = "Wang lives at 5 Long Street, call 13800138000"
PLACE = PlaceRef(point=Point(lon=116.3, lat=39.9), code="110101001", address=PERSONAL)

TICKET = HotlineTicket(
    source="hotline",
    id="t1",
    reported_at=NOW,
    category="noise",
    title=PERSONAL,
    text=PERSONAL,
    place=PLACE,
    appellant=Appellant(name=PERSONAL),
)
REPORT = GridReport(
    source="grid",
    id="g1",
    reported_at=NOW,
    category="noise",
    title=PERSONAL,
    text=PERSONAL,
    place=PLACE,
    worker=PERSONAL,
)
ACTION = UnitAction(
    source="desk", id="a1", kind=ActionKind.RESOLVE, at=NOW, case_id="110101001-x", place=PLACE, note=PERSONAL
)


def record_of(topic: str, value: Contract) -> Record:
    body = feed_record(value)
    emit = Emit(topic, record_key(body), body.id, event_time(body), body)
    headers = write_headers(TOPICS[topic], emit, source=body.source, causation=None)
    return Record(topic, 1, 7, 1_772_352_000_000, emit.key.encode(), encode(body), tuple(headers))


@pytest.mark.parametrize(("topic", "value"), [(HOTLINE, TICKET), (GRID, REPORT), (ACTIONS, ACTION)])
def test_whatever_may_be_personal_is_masked(topic: str, value: Contract) -> None:
    row = shown(record_of(topic, value), TOPICS[topic], clear=False)
    text = str(row) + one_line(row)
    for word in ("Wang", "Long Street", "13800138000", "116.3", "39.9"):
        assert word not in text
    assert row["body"]["place"] == {"point": MASKED, "code": "110101001", "address": MASKED}
    clear = shown(record_of(topic, value), TOPICS[topic], clear=True)
    assert clear["body"] == value.model_dump(mode="json", exclude_none=True)


def test_a_key_that_looks_like_a_telephone_number_is_masked() -> None:
    record = record_of(HOTLINE, TICKET.model_copy(update={"id": "13800138000"}))
    assert shown(record, TOPICS[HOTLINE], clear=False)["key"] == "138****8000"


def test_other_topics_are_shown_whole_and_packs_counted() -> None:
    pack = ReadingPack(
        source="gw", id="p1", gateway="gw-1", base_time=NOW, slots=b"\0\0\1\0\2\0", values=b"\0" * 24
    )
    row = shown(record_of(READINGS, pack), TOPICS[READINGS], clear=False)
    assert row["body"]["gateway"] == "gw-1"
    assert one_line(row).endswith("ReadingPack p1  gateway=gw-1 base_time=2026-03-01T08:00:00Z readings=3")


def test_a_line_holds_no_control_characters() -> None:
    evil = TICKET.model_copy(update={"title": "a\x1b[2Jb\r\nc\x9b"})
    line = one_line(shown(record_of(HOTLINE, evil), TOPICS[HOTLINE], clear=True))
    assert r"a\x1b[2Jb\r\nc\x9b" in line
    assert line.isprintable()
