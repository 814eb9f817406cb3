"""A frozen worker that wakes up after its session has ended: nothing that it still writes may be seen."""

from __future__ import annotations

import pytest
from tests.broker.faults.aims import freeze_amid_commit
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

SESSION_S = 6.0
TRANSACTION_S = 10.0
RATE = 150


@pytest.mark.timeout(300)
def test_a_worker_that_was_frozen_beyond_its_session_writes_nothing(
    city: FaultCity, seed: int, say: Say
) -> None:
    _freeze(city, seed, say, rounds=1, longest_s=SESSION_S + 2)


@pytest.mark.soak
def test_workers_frozen_often_write_nothing(city: FaultCity, seed: int, say: Say) -> None:
    _freeze(city, seed, say, rounds=10, longest_s=TRANSACTION_S + 4)


@pytest.mark.soak
def test_a_frozen_worker_whose_slot_was_taken_writes_nothing(city: FaultCity, seed: int, say: Say) -> None:
    """A supervisor took the frozen worker for dead and started another elsewhere in its slot: two at once."""
    tape = make_tape(seed, 10 * RATE * 12, partitions=city.partitions)
    with Driver(city, seed, tape, rate=RATE) as driver:
        driver.start("0")
        driver.until_working("0")
        driver.publish()
        for number in range(5):
            driver.wait(driver.chance.uniform(2, 5))
            frozen = driver.give_up("0")
            frozen.freeze()
            driver.start("0", data=f"machine-{number}")
            driver.until_working("0")
            driver.wait(driver.chance.uniform(0, 12))
            driver.note("thaw the predecessor")
            frozen.thaw()
            driver.wait(driver.chance.uniform(2, 6))
            frozen.kill()
        driver.enough()
        verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()


def _freeze(city: FaultCity, seed: int, say: Say, *, rounds: int, longest_s: float) -> None:
    tape = make_tape(seed, rounds * RATE * 20, partitions=city.partitions)
    amid = 0
    with Driver(city, seed, tape, rate=RATE) as driver:
        driver.start("0")
        driver.start("1")
        driver.until_working("0")
        driver.until_working("1")
        driver.publish()
        for _ in range(rounds):
            driver.wait(driver.chance.uniform(1, 4))
            slot = driver.chance.choice(("0", "1"))
            amid += freeze_amid_commit(driver, slot)
            driver.wait(driver.chance.uniform(SESSION_S + 1, longest_s))
            driver.thaw(slot)
        driver.enough()
        verdict = driver.finish()
    say(f"{rounds} freezes, {amid} amid a commit; {verdict.figures()}")
    verdict.must_be_exact()
