"""How long nothing comes out after a kill -9: until the worker is back, or a fellow has taken over."""

from __future__ import annotations

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.outage import described, measure_kills
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

KILLS = 5
RATE = 150


@pytest.mark.soak
@pytest.mark.parametrize("back_at_once", [True, False], ids=["back_in_its_slot", "taken_over"])
def test_outage(city: FaultCity, seed: int, say: Say, back_at_once: bool) -> None:
    tape = make_tape(seed, KILLS * RATE * 30, partitions=city.partitions)
    with Driver(city, seed, tape, rate=RATE) as driver:
        driver.start("0")
        driver.start("1")
        driver.until_working("0")
        driver.until_working("1")
        driver.publish()
        found = measure_kills(driver, "0", KILLS, back_at_once=back_at_once)
        say(described(found))
        say(" ".join(f"{one.first:.1f}-{one.last:.1f}" for one in found))
        driver.enough()
        verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()
