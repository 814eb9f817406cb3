"""A real worker, told to stop amid a stream and started again: nothing is lost, nothing is doubled."""

from __future__ import annotations

import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Self

import pytest
from confluent_kafka import Producer
from tests.broker.hub_process import HubProcess, OwnTopics
from tests.scenarios.brook import PARTITIONS, border, brook, heath, mill, quay, steps
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.orders import hall_order
from tests.scenarios.reports import HOTLINE, act_on, ticket

from hub import topics
from hub.contracts.cases import CaseEvent, CaseState, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import LedgerEntry, Tally
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.keys import partition_of
from hub.runtime.memory import MemoryRunner
from hub.runtime.publisher import Publisher
from hub.runtime.reader import Follower
from hub.runtime.record import Record

TICKETS = 2_000
PATIENCE_S = 90.0
SPOTS = (
    *(mill(north=40 * step) for step in range(40)),
    *(border(east) for east in (-30, -10, 20, 40)),
    *(quay(north=-40 * step) for step in range(20)),
    *(heath(40 * step) for step in range(20)),
)
UNITS = tuple(sorted(brook().units))


class Outputs:
    """Records by topic, each as often as it is there."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self._by_topic: defaultdict[str, list[Record]] = defaultdict(list)
        self.delivered: Counter[tuple[str, bytes | None]] = Counter()
        """How often each order is on its unit's topic, by unit and id."""
        self.add(records)

    def add(self, records: Iterable[Record]) -> None:
        """Take in more."""
        for record in records:
            self._by_topic[record.topic].append(record)
            unit = record.topic.removeprefix(f"{topics.ORDERS}.")
            if unit != record.topic:
                self.delivered[unit, _id(record)] += 1

    def of(self, topic: str) -> list[Record]:
        return self._by_topic[topic]

    def events(self) -> list[tuple[str, int, tuple[tuple[str, str, str], ...]]]:
        """Case, number and moves of each event, sorted."""
        events = [body for body in map(_body, self.of(topics.EVENTS)) if isinstance(body, CaseEvent)]
        return sorted(
            (e.case_id, e.seq, tuple((m.kind, m.reason, m.detail) for m in e.moves)) for e in events
        )

    def states(self) -> dict[str, CaseState]:
        """The newest state of each case."""
        found = [body for body in map(_body, self.of(topics.STATE)) if isinstance(body, CaseState)]
        return {state.case_id: state for state in sorted(found, key=lambda state: state.seq)}

    def members(self) -> Counter[str]:
        """How often each ticket belongs to a case."""
        return Counter(member.source_id for state in self.states().values() for member in state.members)

    def tallies(self) -> Counter[tuple[str, Tally]]:
        """How the records of each publisher ended."""
        ends: Counter[tuple[str, Tally]] = Counter()
        for entry in map(_body, self.of(topics.LEDGER)):
            assert isinstance(entry, LedgerEntry)
            for count in entry.counts:
                ends[count.source, count.tally] += count.count
        return ends

    def orders(self) -> Counter[tuple[str, bytes | None]]:
        """How often each order was made, by unit and id."""
        return Counter(((record.key or b"").decode(), _id(record)) for record in self.of(topics.ORDERS))


def _id(record: Record) -> bytes | None:
    return dict(record.headers)["ce_id"]


def _body(record: Record) -> Contract:
    attributes = read_headers(record.headers)
    return decode(attributes.type, attributes.version, record.value or b"")


# ---- what is told ------------------------------------------------------------------------------------------


def _tickets() -> list[Sent]:
    """Tickets of all towns, a tenth of a minute apart; each town's on one partition, to keep their order."""
    chance, sent = Random(20260302), []
    for number in range(TICKETS):
        place = chance.choice(SPOTS)
        made = ticket(f"T-{number}", chance.choice(("noise", "noise", "lamp", "bill")), place)
        located = None if place.point is None else brook().locate(place.point)
        assert located is not None
        sent.append(_keyed(made(minute(number / 10), Heard()), located.key_town))
    return sent


def _actions(states: dict[str, CaseState]) -> list[Sent]:
    """Every case is signed for, most are resolved, many closed; some twice, some too early."""
    chance, sent = Random(7), list[Sent]()
    for case_id, state in sorted(states.items()):
        if state.stage is Stage.CLOSED:
            continue
        kinds = ["sign_for", "resolve", "close"][: chance.choice((1, 2, 3, 3))]
        if chance.random() < 0.1:
            kinds.insert(0, "close")
        for number, kind in enumerate(kinds):
            made = act_on(f"{case_id}/{number}", kind, case_id, state.lead_unit)
            one = _keyed(made(minute(TICKETS / 10 + len(sent) / 100), Heard()), case_id.partition("-")[0])
            sent += [one] * chance.choice((1, 1, 1, 2))
    return sent


def _keyed(sent: Sent, town: str) -> Sent:
    home = partition_of(town.encode(), PARTITIONS)
    return Sent(sent.topic, sent.key, sent.value, sent.headers, sent.arrived, home)


def _undisturbed(tickets: Sequence[Sent]) -> tuple[Outputs, Outputs, list[Sent]]:
    """What an undisturbed run gives after the tickets and after the actions, and those actions."""
    runner = MemoryRunner(steps(), PARTITIONS)

    def run(sent: Sequence[Sent]) -> Outputs:
        for one in sent:
            runner.publish_raw(
                one.topic, one.key, one.value, one.headers, arrived=one.arrived, partition=one.partition
            )
        runner.run()
        names = (topics.EVENTS, topics.STATE, topics.REFUSALS, topics.ORDERS, topics.LEDGER)
        return Outputs([record for name in names for record in runner.records(name)])

    after_tickets = run(tickets)
    actions = _actions(after_tickets.states())
    return after_tickets, run(actions), actions


# ---- a worker and what it says -----------------------------------------------------------------------------


class Live:
    """A deployment whose outputs are followed."""

    def __init__(self, own: OwnTopics) -> None:
        self.own = own
        own.make()
        self.publisher = Publisher(own.brokers, prefix=own.prefix)
        names = [
            topics.EVENTS,
            topics.STATE,
            topics.REFUSALS,
            topics.ORDERS,
            topics.LEDGER,
            topics.DEAD_LETTERS,
        ]
        names += [topics.unit_orders(unit).name for unit in UNITS]
        self._follower = Follower(own.brokers, names, prefix=own.prefix, from_beginning=True)
        self.said = Outputs()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._follower.__exit__(None, None, None)

    def worker(self) -> HubProcess:
        return self.own.start("run", "--demo-key", "--no-exporter")

    def publish(self, sent: Sequence[Sent]) -> None:
        for one in sent:
            self.publisher.publish_raw(
                one.topic,
                one.key,
                one.value,
                list(one.headers),
                timestamp=one.arrived,
                partition=one.partition,
            )
        self.publisher.flush()

    def until(self, worker: HubProcess, done: Callable[[], bool], what: str) -> None:
        """Follow until something is so."""
        deadline = time.monotonic() + PATIENCE_S
        while not done():
            worker.must_run()
            assert time.monotonic() < deadline, f"{what}; the worker says:\n{worker.said}"
            self.said.add(self._follower.read())

    def events(self) -> int:
        return len(self.said.of(topics.EVENTS))

    def has_said(self, wanted: Outputs) -> bool:
        """Whether each topic holds as much as it should: they are read side by side, not in step."""
        names = (topics.EVENTS, topics.STATE, topics.REFUSALS, topics.ORDERS)
        as_much = all(len(self.said.of(name)) >= len(wanted.of(name)) for name in names)
        return as_much and self.said.tallies().total() >= wanted.tallies().total()


@pytest.fixture
def live(broker: str, tmp_path: Path) -> Iterator[Live]:
    with Live(OwnTopics(broker, f"live-{uuid.uuid4().hex[:8]}.", tmp_path)) as found:
        yield found


@pytest.mark.timeout(300)
def test_a_worker_that_is_stopped_amid_a_stream_loses_and_doubles_nothing(live: Live) -> None:
    tickets = _tickets()
    after_tickets, after_all, actions = _undisturbed(tickets)
    half, rest = len(tickets) // 2, len(tickets) * 9 // 10

    live.publish(tickets[:half])
    with live.worker() as worker:
        live.until(worker, lambda: live.events() > 0, "nothing came of the first tickets")
        live.publish(tickets[half:rest])
        assert worker.terminate() == 0, worker.said
    live.publish(tickets[rest:])
    with live.worker() as worker:
        wanted = len(after_tickets.of(topics.EVENTS))
        live.until(worker, lambda: live.events() >= wanted, "not all came of the tickets")
        live.publish(actions[: len(actions) // 2])
        live.until(worker, lambda: live.events() > wanted, "nothing came of the first actions")
        live.publish(actions[len(actions) // 2 : len(actions) * 9 // 10])
        assert worker.terminate() == 0, worker.said
    live.publish(actions[len(actions) * 9 // 10 :])
    with live.worker() as worker:
        live.until(worker, lambda: live.has_said(after_all), "not all came of the actions")
        orders = after_all.orders()
        live.until(worker, lambda: len(live.said.delivered) >= len(orders), "not all was delivered")
        assert worker.terminate() == 0, worker.said

    assert live.said.events() == after_all.events()
    assert live.said.states() == after_all.states()
    assert live.said.tallies() == after_all.tallies()
    assert live.said.members() == Counter(f"T-{number}" for number in range(TICKETS))
    assert live.said.orders() == orders, "each order once"
    assert live.said.delivered.keys() == orders.keys(), "each order to its unit, and no other"
    assert not live.said.of(topics.DEAD_LETTERS)


@pytest.mark.timeout(180)
def test_what_a_publisher_aborts_reaches_nobody(live: Live) -> None:
    """Every second transaction is aborted, of tickets and, as the core's own may be, of orders."""
    writer = Producer(
        {
            "bootstrap.servers": live.own.brokers,
            "transactional.id": f"{live.own.prefix}publisher",
            "partitioner": "murmur2_random",
        }
    )
    writer.init_transactions(30)
    with live.worker() as worker:
        for number in range(41):
            writer.begin_transaction()
            _write(writer, live.own.prefix, number)
            if number % 2:
                writer.flush()  # else what is aborted might never have been sent
                writer.abort_transaction(30)
            else:
                writer.commit_transaction(30)
        kept = {("hall", f"order-{number}".encode()) for number in range(0, 41, 2)}
        live.until(
            worker,
            lambda: (
                len(live.said.members()) >= 21
                and live.said.tallies().total() >= 21
                and live.said.delivered.keys() >= kept
            ),
            "not all that was committed came through",
        )
        assert worker.terminate() == 0, worker.said
    assert live.said.members() == Counter(f"T-{number}" for number in range(0, 41, 2))
    assert live.said.tallies() == Counter({(HOTLINE, Tally.ACCEPTED): 21})
    assert live.said.orders().keys() >= kept, "committed orders are there"
    assert live.said.delivered.keys() <= live.said.orders().keys(), "aborted ones went nowhere"
    assert not live.said.of(topics.DEAD_LETTERS)


def _write(writer: Producer, prefix: str, number: int) -> None:
    made = ticket(f"T-{number}", "bill", mill())(minute(number), Heard())
    stamp = round(made.arrived.timestamp() * 1000)
    writer.produce(prefix + made.topic, made.value, made.key, headers=list(made.headers), timestamp=stamp)
    value, headers = hall_order(number, f"order-{number}")
    writer.produce(prefix + topics.ORDERS, value, b"hall", headers=list(headers))
