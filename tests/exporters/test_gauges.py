"""Records of the hub's topics become the metrics that Prometheus reads."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from prometheus_client import CollectorRegistry
from tests.verify.told import LEAD, NOON, count, entry, event, life

from hub.contracts.cases import EventKind, Stage
from hub.contracts.fields import Contract, Urgency
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.exporters.gauges import CityGauges
from hub.exporters.known import KnownNames
from hub.flow import Emit
from hub.metrics import HubMetrics
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record
from hub.topics import EVENTS, HOTLINE, LEDGER, ORDERS, SIGNALS, TOPICS

DISTRICT = "110101"


def record(topic: str, value: Contract, written: datetime = NOON) -> Record:
    emit = Emit(topic, "k", "id", NOON, value)
    headers = tuple(write_headers(TOPICS[topic], emit, source="hub:test", causation=None))
    return Record(topic, 0, 0, round(written.timestamp() * 1000), b"k", encode(value), headers)


def order(role: OrderRole = OrderRole.LEAD, kind: OrderKind = OrderKind.NEW) -> UnitOrder:
    return UnitOrder(
        unit=LEAD,
        case_id="110101001-a",
        seq=0,
        at=NOON,
        kind=kind,
        role=role,
        stage=Stage.DISPATCHED,
        category="water",
        town="110101001",
        cell=None,
        urgency=Urgency.LIFE,
        signals=1,
        signal_time=NOON,
    )


class Shown:
    """Gauges over a registry of their own, with a clock moved by hand."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.now = NOON
        self.gauges = CityGauges(
            HubMetrics(self.registry),
            KnownNames(frozenset({DISTRICT, "110102"}), frozenset({LEAD}), {"water": "utilities"}),
            clock=lambda: self.now.timestamp(),
        )

    def take(self, *records: Record, live: bool = True) -> None:
        for each in records:
            self.gauges.take(each, live=live)
        self.gauges.publish()

    def value(self, name: str, **labels: str) -> float | None:
        return self.registry.get_sample_value(name, labels)


@pytest.fixture
def shown() -> Shown:
    return Shown()


def test_a_city_at_rest_shows_zeros_for_all_that_is_known(shown: Shown) -> None:
    assert shown.value("hub_cases", stage="closed", district="110102") is None, "nothing is known yet"
    shown.take()
    assert shown.value("hub_cases", stage="closed", district="110102") == 0
    assert shown.value("hub_open_cases_without_one_accountable_unit", district=DISTRICT) == 0
    assert shown.value("hub_alarms", state="active_unacked", kind="high") == 0
    assert shown.value("hub_feed_age_seconds", feed=HOTLINE) is None


def test_a_case_moves_from_stage_to_stage(shown: Shown) -> None:
    shown.take(*(record(EVENTS, told) for told in life()[:3]))
    assert shown.value("hub_cases", stage="signed_for", district=DISTRICT) == 1
    shown.take(*(record(EVENTS, told) for told in life()[3:]))
    assert shown.value("hub_cases", stage="signed_for", district=DISTRICT) == 0
    assert shown.value("hub_cases", stage="closed", district=DISTRICT) == 1


def test_objections_are_counted_by_unit_and_by_the_top_of_the_tree(shown: Shown) -> None:
    def objection(seq: int, *kinds: EventKind, stage: Stage, unit: str = LEAD) -> Record:
        told = event(seq, *kinds, stage=stage)
        moves = tuple(move.model_copy(update={"unit": unit}) for move in told.moves)
        return record(EVENTS, told.model_copy(update={"moves": moves}))

    def counted(outcome: str) -> tuple[float | None, float | None]:
        return (
            shown.value("hub_objections_total", unit=LEAD, outcome=outcome),
            shown.value("hub_objections_by_category_total", category="utilities", outcome=outcome),
        )

    shown.take(
        record(EVENTS, life()[0]),
        objection(1, EventKind.OBJECTED, stage=Stage.OBJECTED),
        objection(2, EventKind.OBJECTION_REJECTED, stage=Stage.DISPATCHED),
        objection(3, EventKind.SIGNED_FOR, stage=Stage.SIGNED_FOR),
        objection(4, EventKind.HANDED_BACK, stage=Stage.OBJECTED),
        objection(5, EventKind.OBJECTION_UPHELD, EventKind.ROUTED, stage=Stage.DISPATCHED),
    )
    assert counted("overturned") == (None, None)
    shown.take(objection(6, EventKind.SIGNED_FOR, EventKind.ACCOUNTABLE, stage=Stage.SIGNED_FOR))
    for outcome in ("objected", "rejected", "handed_back", "upheld", "overturned"):
        assert counted(outcome) == (1, 1), outcome
    shown.take(objection(7, EventKind.OBJECTED, stage=Stage.OBJECTED, unit="nobody"))
    assert shown.value("hub_objections_total", unit="other", outcome="objected") == 1


def test_a_district_that_the_pack_does_not_know_is_other(shown: Shown) -> None:
    strange = life("110199001-a", "x" * 50)[0]
    shown.take(record(EVENTS, strange), record(EVENTS, life()[0]))
    assert shown.value("hub_cases", stage="dispatched", district="other") == 1
    assert shown.value("hub_cases", stage="dispatched", district="x" * 50) is None


def test_the_ledger_is_a_counter_that_grows_by_what_is_new(shown: Shown) -> None:
    books = record(LEDGER, entry(HOTLINE, 0, 4, 5, count(HOTLINE, Tally.DEAD, 2)))
    shown.take(books)
    shown.gauges.publish()
    assert shown.value("hub_ledger_records_total", feed=HOTLINE, tally="dead") == 2
    assert shown.value("hub_ledger_imbalance_records", feed=HOTLINE) == 3
    shown.take(record(LEDGER, entry(SIGNALS, 0, 4, 3, count(HOTLINE, Tally.ACCEPTED, 3), step="cases")))
    assert shown.value("hub_ledger_records_total", feed=HOTLINE, tally="dead") == 2
    assert shown.value("hub_ledger_imbalance_records", feed=HOTLINE) == 0


def test_the_age_of_a_feed_is_taken_at_the_scrape(shown: Shown) -> None:
    shown.take(record(LEDGER, entry(HOTLINE, 0, 0)))
    shown.now = NOON + timedelta(seconds=90)
    assert shown.value("hub_feed_age_seconds", feed=HOTLINE) == 90
    shown.take(record(LEDGER, entry(HOTLINE, 1, 1), NOON + timedelta(seconds=60)))
    assert shown.value("hub_feed_age_seconds", feed=HOTLINE) == 30
    shown.now = NOON
    assert shown.value("hub_feed_age_seconds", feed=HOTLINE) == 0


def test_the_way_to_the_order_is_timed_for_live_leads_only(shown: Shown) -> None:
    later = NOON + timedelta(seconds=2)
    told = [
        order(),
        order(OrderRole.ASSIST),
        order(kind=OrderKind.WARNED),
        order(kind=OrderKind.SIGNAL_JOINED),
    ]
    shown.take(*(record(ORDERS, each, later) for each in told), live=False)
    assert shown.value("hub_ticket_to_order_seconds_count", urgency="life") is None
    shown.take(*(record(ORDERS, each, later) for each in told))
    assert shown.value("hub_ticket_to_order_seconds_count", urgency="life") == 2
    assert shown.value("hub_ticket_to_order_seconds_sum", urgency="life") == 4
    assert shown.value("hub_ticket_to_order_seconds_bucket", urgency="life", le="1.0") == 0


def test_what_can_not_be_read_is_counted_and_left_out(shown: Shown) -> None:
    good = record(EVENTS, life()[0])
    torn = Record(EVENTS, 0, 1, good.timestamp_ms, b"k", b"\x00", good.headers)
    bare = Record(EVENTS, 0, 2, good.timestamp_ms, b"k", None, ())
    shown.take(torn, bare, good)
    assert shown.value("hub_exporter_unreadable_total", topic=EVENTS) == 2
    assert shown.value("hub_cases", stage="dispatched", district=DISTRICT) == 1
