"""Poison on every feed, and a handler that fails: each record in the dead letters once, all others flow."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.poison import letters_of, poisoned
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity
from tests.scenarios.brook import heath, mill, quay
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import NAME, ticket

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.flow import Arrival, Outcome, State, Step
from hub.runtime.codec import decode
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.memory import MemoryRunner
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.record import Record

PATIENCE_S = 60.0
BAD = "T-13"


@pytest.mark.timeout(300)
def test_poison_ends_in_dead_letters_once_and_the_rest_flows(city: FaultCity, seed: int, say: Say) -> None:
    _poison(city, seed, say, records=600, share=0.01)


@pytest.mark.soak
@pytest.mark.parametrize("share", [0.01, 1.0])
def test_much_poison_among_many_records(city: FaultCity, seed: int, say: Say, share: float) -> None:
    _poison(city, seed, say, records=10_000, share=share)


def _poison(city: FaultCity, seed: int, say: Say, *, records: int, share: float) -> None:
    made = poisoned(make_tape(seed, records, partitions=city.partitions), share)
    with Driver(city, seed, made.tape, rate=500) as driver:
        driver.start("0")
        driver.until_working("0")
        driver.publish()
        driver.until(lambda: driver.published > len(made.tape.sent) // 2, "half of the tape")
        driver.restart("0")
        verdict = driver.finish()
    say(f"{made.wanted.total()} pieces of poison: {verdict.figures()}")
    verdict.must_be_exact()
    letters = letters_of(list(read_whole(city.brokers, [topics.DEAD_LETTERS], prefix=city.prefix)))
    assert not made.wanted - letters, "poison without its dead letter, or for another reason"
    assert not letters - made.wanted, "dead letters of what is no poison, or twice"


# ---- a fault of our own ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FaultyCity(FaultCity):
    """A city whose step "cases" has a bug: it fails at one signal, quoting what it must not quote."""

    def steps(self) -> tuple[Step, ...]:
        return tuple(_faulty(step) if step.name == "cases" else step for step in FaultCity.steps(self))


def _faulty(step: Step) -> Step:
    def handle_with_a_bug(state: State, body: Contract, arrival: Arrival, now: object) -> Outcome:
        if isinstance(body, Signal) and body.id == BAD:
            raise ZeroDivisionError(f"{NAME} cannot be divided")
        return step.handle(state, body, arrival, now)  # type: ignore[arg-type]

    return replace(step, handle=handle_with_a_bug)


@pytest.mark.timeout(120)
def test_a_fault_in_a_handler_is_a_dead_letter_and_the_rest_goes_on(city: FaultCity, seed: int) -> None:
    faulty = FaultyCity(city.brokers, city.prefix, city.folder)
    places = (mill(), quay(400), heath())
    told = [ticket(f"T-{n}", "bill", places[n % 3])(minute(n / 10), Heard()) for n in range(60)]
    sent = [replace(one, key=b"calls") for one in told]  # one partition, so one order: log times depend on it
    wanted = _in_memory(faulty, sent)
    loop = CoreLoop(faulty.steps(), CoreConfig(city.brokers, "city", f"{seed}", city.prefix, city.partitions))
    with ThreadPoolExecutor(1) as pool:
        end = pool.submit(loop.run)
        with Publisher(city.brokers, prefix=city.prefix) as publisher:
            for one in sent:
                publisher.publish_raw(one.topic, one.key, one.value, list(one.headers), timestamp=one.arrived)
        try:
            found = _wait_for(city, wanted)
        finally:
            loop.stop()
    end.result()
    assert found == wanted, "what came of all others is what comes of them without the fault"
    (record,) = read_whole(city.brokers, [topics.DEAD_LETTERS], prefix=city.prefix)
    letter = decode("DeadLetter", 1, record.value or b"")
    assert isinstance(letter, DeadLetter)
    assert (letter.reason, letter.step) == (Reason.FAULT_IN_HANDLER, "cases")
    assert "ZeroDivisionError in handle_with_a_bug" in letter.detail, "it says where"
    assert NAME not in letter.detail, "and not what the fault quoted"


def _in_memory(city: FaultyCity, sent: list[Sent]) -> Counter[tuple[str, bytes | None]]:
    runner = MemoryRunner(city.steps(), city.partitions)
    for one in sent:
        runner.publish_raw(one.topic, one.key, one.value, one.headers, arrived=one.arrived)
    runner.run()
    return _contents([record for topic in _COMPARED for record in runner.records(topic)])


_COMPARED = (topics.SIGNALS, topics.EVENTS, topics.STATE, topics.ORDERS)


def _wait_for(
    city: FaultCity, wanted: Counter[tuple[str, bytes | None]]
) -> Counter[tuple[str, bytes | None]]:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        found = _contents(list(read_whole(city.brokers, _COMPARED, prefix=city.prefix)))
        if found.total() >= wanted.total() or time.monotonic() > deadline:
            return found


def _contents(records: list[Record]) -> Counter[tuple[str, bytes | None]]:
    return Counter((record.topic, record.value) for record in records)
