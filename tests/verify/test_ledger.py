"""The recomputed ledger: balanced where the hub did right, and named where a record is lost or doubled."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.verify.told import NOON, count, entry

from hub.contracts.operations import LedgerCount, LedgerEntry, Tally
from hub.contracts.sensing import AlarmAck
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record
from hub.topics import EVENTS, HOTLINE, READINGS, SIGNALS, TOPICS
from hub.verify.ledger import LedgerAudit, LedgerReport, sums_by_source
from hub.verify.violations import ViolationKind

K = ViolationKind


def record(topic: str, offset: int, *headers: tuple[str, bytes | None], hour: int = 12) -> Record:
    stamp = int(NOON.replace(hour=hour).timestamp() * 1000)
    return Record(topic, 0, offset, stamp, b"k", b"v", headers or (("ce_source", b"call-centre"),))


def audited(entries: list[LedgerEntry], feed: list[Record], log: list[Record] | None = None) -> LedgerReport:
    audit = LedgerAudit()
    for one in entries:
        audit.take_entry(one)
    for waiting in log or []:
        audit.take_log_record(waiting)
    for received in feed:
        audit.take_feed_record(received)
    return audit.report()


FOUR = [record(HOTLINE, offset) for offset in range(4)]


def whole(accepted: int, *more: LedgerEntry) -> list[LedgerEntry]:
    """Intake took four records; the cases step says how they ended."""
    ends = [count(HOTLINE, Tally.ACCEPTED, accepted)] if accepted else []
    return [entry(HOTLINE, 0, 3), entry(SIGNALS, 0, 3, 4, *ends, step="cases"), *more]


def test_a_balanced_ledger() -> None:
    report = audited(whole(4), FOUR)
    (row,) = report.rows
    assert report.balanced
    assert (row.received, row.ends, row.waiting, row.imbalance) == (4, {Tally.ACCEPTED: 4}, 0, 0)


@pytest.mark.parametrize(
    ("accepted", "kind"), [(3, K.RECORDS_LOST), (0, K.RECORDS_LOST), (5, K.RECORDS_DOUBLED)]
)
def test_a_lost_or_doubled_record_is_found(accepted: int, kind: ViolationKind) -> None:
    books = [entry(HOTLINE, 0, 3), entry(SIGNALS, 0, 9, 10, *whole(accepted)[1].counts, step="cases")]
    report = audited(books, FOUR)
    assert [each.kind for each in report.violations] == [kind]
    assert report.violations[0].where == f"{HOTLINE} source call-centre 2026-03-01 12:00 UTC"


def test_one_publishers_loss_is_not_made_up_by_anothers_gain() -> None:
    books = [entry(HOTLINE, 0, 3, 4, count(HOTLINE, Tally.DEAD, 4, source="unknown"))]
    assert sorted(each.kind for each in audited(books, FOUR).violations) == [
        K.RECORDS_DOUBLED,
        K.RECORDS_LOST,
    ]


def test_the_hour_of_arrival_counts() -> None:
    later = [record(HOTLINE, offset, hour=13) for offset in range(4)]
    assert len(audited(whole(4), later).violations) == 2


def test_records_that_intake_has_not_taken_are_waiting() -> None:
    more = [record(HOTLINE, 4), record(HOTLINE, 5)]
    report = audited(whole(4), [*FOUR, *more])
    assert (report.balanced, report.waiting) == (True, 2)


def test_records_on_the_towns_log_are_waiting() -> None:
    books = [entry(HOTLINE, 0, 3), entry(SIGNALS, 0, 0, 1, count(HOTLINE, Tally.ACCEPTED), step="cases")]
    log = [record(SIGNALS, offset) for offset in range(4)]
    report = audited(books, FOUR, log)
    assert (report.balanced, report.waiting) == (True, 3)


def test_two_steps_may_read_one_topic_each_in_its_own_pieces() -> None:
    scores = [entry(EVENTS, 0, 3, step="scores"), entry(EVENTS, 4, 9, step="scores")]
    warnings = [entry(EVENTS, 0, 7, step="warnings"), entry(EVENTS, 8, 9, step="warnings")]
    assert audited([*whole(4), *scores, *warnings], FOUR).violations == ()
    (again,) = audited([*whole(4), *scores, entry(EVENTS, 9, 9, step="scores")], FOUR).violations
    assert (again.kind, again.where) == (K.RANGES_OVERLAP, f"{EVENTS} partition 0 by scores")


def test_a_tick_that_waits_keeps_no_hour_open() -> None:
    tick = record(SIGNALS, 9, ("ce_type", b"hub.ClockTick"))
    assert audited(whole(3), FOUR, [*(record(SIGNALS, n) for n in range(4)), tick]).violations


def test_hours_whose_records_are_deleted_are_named_and_not_judged() -> None:
    late = [record(HOTLINE, offset, hour=13) for offset in range(6, 9)]
    books = [
        entry(HOTLINE, 0, 8, 9, count(HOTLINE, Tally.DEAD, 4), count(HOTLINE, Tally.DEAD, 5, hour=13)),
    ]
    report = audited(books, late)
    assert report.unchecked == {HOTLINE: NOON.replace(hour=13)}
    assert (report.rows, report.violations) == ((), ())


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b"a\x00b", "unknown"),
        (b"\xff", "unknown"),
        (b"", "unknown"),
        (None, "unknown"),
        (b"x" * 300, "x" * 200),
    ],
)
def test_a_strange_publisher_has_the_name_that_the_hub_gives_it(header: bytes | None, name: str) -> None:
    books = [entry(HOTLINE, 0, 0, 1, count(HOTLINE, Tally.DEAD, source=name))]
    assert audited(books, [record(HOTLINE, 0, ("ce_source", header))]).balanced


def test_sums_keep_what_is_wrong() -> None:
    books = [*whole(3), entry(HOTLINE, 4, 4, 1, count(HOTLINE, Tally.DEAD, hour=13))]
    report = audited(books, [*FOUR, record(HOTLINE, 4, hour=13)])
    (row,) = sums_by_source(report.rows)
    assert (row.received, row.ended, row.imbalance, row.line.hour) == (5, 4, 1, None)


def test_an_acknowledgement_on_its_way_through_the_readings_is_none_of_a_publisher() -> None:
    ack = AlarmAck(source="a", id="1", gateway="g", alarm_id="g/s/high/1", at=NOON, unit="u")
    emit = Emit(READINGS, "g", "1", NOON, ack)
    headers = tuple(write_headers(TOPICS[READINGS], emit, source="hub:intake_actions", causation=None))
    stamp = int(NOON.timestamp() * 1000)
    books = [entry(READINGS, 0, 0, 1, step="sensing")]
    assert audited(books, [Record(READINGS, 0, 0, stamp, b"g", encode(ack), headers)]).balanced
    torn = Record(READINGS, 0, 0, stamp, b"g", encode(ack)[:-3], headers)
    assert not audited(books, [torn]).balanced, "an unreadable one is counted as dead"


@pytest.mark.parametrize(
    ("stamp", "told"), [(1_000, "2000-01-01 00"), (253_370_764_800_000, "2099-12-31 23")]
)
def test_a_record_of_no_time_counts_in_the_nearest_hour_that_there_is(stamp: int, told: str) -> None:
    hour = datetime.strptime(told, "%Y-%m-%d %H").replace(tzinfo=UTC)
    ends = LedgerCount(feed=HOTLINE, source="call-centre", hour=hour, tally=Tally.DEAD, count=1)
    report = audited([entry(HOTLINE, 0, 0, 1, ends)], [FOUR[0]._replace(timestamp_ms=stamp)])
    assert report.violations == ()
    assert report.rows[0].line.hour == hour
