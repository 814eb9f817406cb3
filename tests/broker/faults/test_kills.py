"""Workers killed at random moments under load: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity


@pytest.mark.timeout(300)
def test_a_worker_that_is_killed_and_restarted_loses_and_doubles_nothing(city: FaultCity, seed: int, say: Say) -> None:
    tape = make_tape(seed, 3_000, partitions=city.partitions)
    with Driver(city, seed, tape) as driver:
        driver.start("0")
        driver.publish()
        driver.until_working("0")
        for _ in range(2):
            driver.wait(driver.chance.uniform(1.0, 4.0))
            driver.restart("0")
        verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()
