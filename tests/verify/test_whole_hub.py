"""The ledger of a whole hub in memory, with good, wrong, repeated and strange records on every feed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from tests.verify.told import NOON

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.feeds import ActionKind, HotlineTicket, Inspection, ReadingPack, UnitAction
from hub.contracts.fields import Contract, PlaceRef
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.domain.privacy import Pseudonyms
from hub.flow import Arrival, Outcome, State, Step
from hub.runtime.codec import decode
from hub.runtime.memory import MemoryRunner
from hub.topics import ACTIONS, HOTLINE, INSPECTIONS, LEDGER, READINGS, SIGNALS, TOPICS
from hub.topology import build_steps
from hub.verify.cluster import FEEDS
from hub.verify.ledger import LedgerAudit, LedgerReport
from hub.verify.violations import ViolationKind


@cache
def _city() -> City:
    return load_city("beijing")


class Hub:
    """A city in memory with good, wrong, repeated and strange records on every feed."""

    def __init__(self, plant: Callable[[Step], Step] = lambda step: step) -> None:
        self.city = _city()
        steps = build_steps(self.city, Pseudonyms(b"k" * 32))
        self.runner = MemoryRunner([plant(step) for step in steps])
        self.town = next(iter(self.city.towns))
        self.gateway = next(iter(self.city.gateways))

    def send(self, topic: str, key: str, body: Contract, id: str, at: datetime = NOON) -> None:
        self.runner.publish(topic, key, body, source="a", id=id, time=at, arrived=at)

    def ticket(self, number: int, code: str | None = None, at: datetime = NOON) -> None:
        place = PlaceRef(code=code or self.town)
        ticket = HotlineTicket(source="a", id=f"T{number}", reported_at=at, category="x", place=place)
        self.send(HOTLINE, "k", ticket, f"T{number}", at)

    def garbage(self, topic: str, source: str, contract: str) -> None:
        headers = [("ce_source", source.encode()), ("ce_id", b"1"), ("ce_type", f"hub.{contract}".encode())]
        self.runner.publish_raw(topic, b"k", b"\x00\xff", headers, arrived=NOON)

    def fill(self) -> None:
        for number in range(20):
            self.ticket(number % 15, at=NOON + timedelta(minutes=10 * number))
        self.ticket(99, "nowhere")
        for topic in FEEDS:
            for source in ("a", "", "\x00", "b" * 500):
                self.garbage(topic, source, TOPICS[topic].contracts[0].__name__)
                self.garbage(topic, source, "ClockTick")
        self.more_feeds()

    def more_feeds(self) -> None:
        place = PlaceRef(code=self.town)
        empty = Inspection(source="a", id="I1", inspected_at=NOON, site="s", place=place)
        self.send(INSPECTIONS, "k", empty, "I1")
        for number in range(2):
            act = UnitAction(source="a", id=f"A{number}", kind=ActionKind.SIGN_FOR, at=NOON, case_id="none")
            self.send(ACTIONS, "k", act, act.id)
        alarm = f"{self.gateway}/s/high/1"
        known = UnitAction(
            source="a",
            id="A9",
            kind=ActionKind.ACK_ALARM,
            at=NOON,
            case_id=alarm,
            unit=next(iter(self.city.units)),
        )
        self.send(ACTIONS, "k", known, "A9")
        for _ in range(2):
            pack = ReadingPack(
                source="a",
                id="P1",
                gateway=self.gateway,
                base_time=NOON,
                slots=b"\x00\x00",
                values=b"\x00" * 8,
            )
            self.send(READINGS, self.gateway, pack, "P1")

    def audit(self) -> LedgerReport:
        audit = LedgerAudit()
        for one in self.runner.records(LEDGER):
            body = decode("LedgerEntry", 1, one.value or b"")
            assert isinstance(body, LedgerEntry)
            audit.take_entry(body)
        for one in self.runner.records(SIGNALS):
            audit.take_log_record(one)
        for feed in FEEDS:
            for one in self.runner.records(feed):
                audit.take_feed_record(one)
        return audit.report()


def test_the_ledger_of_a_whole_hub_balances() -> None:
    hub = Hub()
    hub.fill()
    hub.runner.run()
    hub.runner.tick(NOON + timedelta(hours=2))
    hub.runner.run()
    report = hub.audit()
    assert report.violations == ()
    assert report.waiting == 0
    ends = {tally: sum(row.ends.get(tally, 0) for row in report.rows) for tally in Tally}
    assert ends[Tally.DUPLICATE] == 6, "five tickets and one pack came twice"
    assert ends[Tally.DEAD] == 2 * 4 * len(FEEDS)
    assert ends[Tally.REJECTED] >= 3
    assert sum(row.received for row in report.rows) == sum(ends.values())


def test_a_hub_that_has_not_begun_has_all_records_waiting() -> None:
    hub = Hub()
    hub.fill()
    report = hub.audit()
    assert report.violations == ()
    assert report.waiting == sum(row.received for row in report.rows) > 0


def test_a_signal_that_a_step_swallows_is_found() -> None:
    def lossy(step: Step) -> Step:
        def handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
            if isinstance(body, Signal) and body.id == "T7":
                return Outcome(Reason.FORWARDED, terminal=False)
            return step.handle(state, body, arrival, now)

        return replace(step, handle=handle) if step.name == "cases" else step

    hub = Hub(lossy)
    for number in range(10):
        hub.ticket(number)
    hub.runner.run()
    (found,) = hub.audit().violations
    assert found.kind is ViolationKind.RECORDS_LOST
    assert found.found == "received 10, ended 9"


def test_a_record_that_a_worker_handles_and_forgets_is_handled_again() -> None:
    hub = Hub()
    hub.fill()
    hub.runner.crash("cases", while_handling=3)
    hub.runner.crash("intake_hotline", while_handling=3)
    hub.runner.run()
    hub.runner.crash("cases")
    hub.ticket(500)
    hub.runner.run()
    assert hub.audit().balanced
