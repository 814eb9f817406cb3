"""A rebalance storm: workers join and leave every few seconds, in order, while the city is under load."""

from __future__ import annotations

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity


@pytest.mark.timeout(300)
def test_workers_that_join_and_leave_disturb_nothing(city: FaultCity, seed: int, say: Say) -> None:
    _storm(city, seed, say, changes=4, rate=200)


@pytest.mark.soak
def test_a_long_rebalance_storm(city: FaultCity, seed: int, say: Say) -> None:
    _storm(city, seed, say, changes=100, rate=60)


def _storm(city: FaultCity, seed: int, say: Say, *, changes: int, rate: int) -> None:
    tape = make_tape(seed, changes * rate * 5, partitions=city.partitions)
    with Driver(city, seed, tape, rate=rate) as driver:
        driver.start("stays")
        driver.until_working("stays")
        driver.publish()
        for _ in range(changes):
            driver.wait(driver.chance.uniform(0.5, 5.0))
            slot = driver.chance.choice(("a", "b", "c"))
            if slot in driver.running():
                driver.terminate(slot)
            else:
                driver.start(slot)
        driver.enough()
        verdict = driver.finish()
    say(f"{changes} joins and departures; {verdict.figures()}")
    verdict.must_be_exact()
