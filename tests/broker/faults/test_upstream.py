"""Publishers that write in transactions: what one aborts reaches nobody; one that hangs is waited for."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from confluent_kafka import IsolationLevel, Producer
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import Tape, make_tape
from tests.broker.faults.workers import FaultCity
from tests.scenarios.brook import mill
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub import topics

AT_ONCE = 20
_CALL_S = 60.0


class FickleDriver(Driver):
    """Publishes in transactions, half of which it aborts; what was aborted is published again."""

    aborted = 0

    def _publish(self) -> None:
        try:
            writer = _writer(self.city, "fickle", timeout_s=60.0)
            while self._published < len(self.tape.sent) and not self._over.is_set():
                some = self.tape.sent[self._published : self._published + AT_ONCE]
                writer.begin_transaction()
                _write(writer, self.city, some)
                if self.chance.random() < 0.5:
                    writer.flush(_CALL_S)  # else what is aborted might never have been sent
                    writer.abort_transaction(_CALL_S)
                    self.aborted += 1
                else:
                    writer.commit_transaction(_CALL_S)
                    self._published += len(some)
                time.sleep(len(some) / self.rate)
        except BaseException as trouble:
            self._trouble.append(trouble)


@pytest.mark.timeout(300)
def test_half_of_all_transactions_aborted(city: FaultCity, seed: int, say: Say) -> None:
    _aborts(city, seed, say, records=800)


@pytest.mark.soak
def test_half_of_very_many_transactions_aborted(city: FaultCity, seed: int, say: Say) -> None:
    _aborts(city, seed, say, records=10_000)


@pytest.mark.timeout(300)
def test_a_transaction_that_hangs(city: FaultCity, seed: int, say: Say) -> None:
    _hang(city, seed, say, records=600, hang_s=8)


@pytest.mark.soak
def test_a_transaction_that_hangs_for_a_minute(city: FaultCity, seed: int, say: Say) -> None:
    _hang(city, seed, say, records=6_000, hang_s=60)


def _aborts(city: FaultCity, seed: int, say: Say, *, records: int) -> None:
    with FickleDriver(city, seed, make_tape(seed, records, partitions=city.partitions), rate=400) as driver:
        driver.start("0")
        driver.until_working("0")
        driver.publish()
        driver.until(lambda: driver.published > records // 2, "half of the tape")
        driver.restart("0")
        verdict = driver.finish()
    say(f"{driver.aborted} transactions aborted; {verdict.figures()}")
    assert driver.aborted
    verdict.must_be_exact()


def _hang(city: FaultCity, seed: int, say: Say, *, records: int, hang_s: float) -> None:
    """A publisher begins, writes to every partition of the hotline, and is not heard of again."""
    tape = make_tape(seed, records, partitions=city.partitions)
    places = tuple((topics.HOTLINE, at) for at in range(city.partitions))
    with Driver(city, seed, tape, rate=400) as driver:
        driver.start("0")
        driver.until_working("0")
        hanging = _writer(city, "hanging", timeout_s=hang_s)
        hanging.begin_transaction()
        _write(hanging, city, [_ghost(at) for at in range(city.partitions)])
        hanging.flush(_CALL_S)
        began = driver.ends(places)
        driver.note(f"a transaction hangs for {hang_s:.0f} s")
        driver.publish()
        driver.until(lambda: driver.published > records // 2, "half of the tape")
        _must_wait(driver, tape, began)
        driver.until(
            lambda: driver.ends(places) == _written(driver), "the broker does not end the transaction"
        )
        verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()


def _must_wait(driver: Driver, tape: Tape, began: dict[tuple[str, int], int]) -> None:
    """While the transaction is open, nothing behind it on its partitions is done; other feeds go on."""
    stable = driver.ends(tuple(began))
    if stable != began:
        return  # a slow machine: the broker has ended it before we looked
    done = {place: offset for place, offset in driver._committed().items() if place in began}
    assert all(offset <= began[place] for place, offset in done.items()), "records behind an open transaction"
    driver.until(lambda: driver.watch.count(topics.LEDGER) > 0, "other feeds stand still, too")
    assert tape.sent


def _written(driver: Driver) -> dict[tuple[str, int], int]:
    places = tuple((topics.HOTLINE, at) for at in range(driver.city.partitions))
    return driver.ends(places, IsolationLevel.READ_UNCOMMITTED)


def _ghost(partition: int) -> Sent:
    made = ticket(f"ghost-{partition}", "bill", mill())(minute(0), Heard())
    return Sent(made.topic, made.key, made.value, made.headers, made.arrived, partition)


def _writer(city: FaultCity, name: str, *, timeout_s: float) -> Producer:
    writer = Producer(
        {
            "bootstrap.servers": city.brokers,
            "transactional.id": f"{city.prefix}{name}",
            "transaction.timeout.ms": round(timeout_s * 1000),
            "partitioner": "murmur2_random",
            "log_level": 0,
        }
    )
    writer.init_transactions(_CALL_S)
    return writer


def _write(writer: Producer, city: FaultCity, sent: Sequence[Sent]) -> None:
    for one in sent:
        writer.produce(
            city.prefix + one.topic,
            one.value,
            one.key,
            -1 if one.partition is None else one.partition,
            headers=list(one.headers),
            timestamp=round(one.arrived.timestamp() * 1000),
        )
