"""A worker whose way to the broker is slow, breaks, or leads nowhere: nothing is lost, nothing is doubled."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.proxy import CLEAR, FarBroker, Line, Proxy
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

LONG_AGO_S = 60.0

Trouble = Callable[[Driver, Proxy], None]


@pytest.fixture
def run(far_city: FaultCity, far: FarBroker, seed: int, say: Say) -> Callable[[Trouble, int], None]:
    """Runs two workers through trouble, while so many records are published, and judges what came of it."""

    def work(trouble: Trouble, records: int) -> None:
        tape = make_tape(seed, records, partitions=far_city.partitions)
        with Driver(far_city, seed, tape, rate=200) as driver:
            for slot in "01":
                driver.start(slot, brokers=far.far)
            for slot in "01":
                driver.until_working(slot)
            driver.publish()
            try:
                trouble(driver, far.proxy)
            finally:
                far.proxy.to_broker = far.proxy.to_client = CLEAR
            verdict = driver.finish()
        say(str(verdict.figures()))
        verdict.must_be_exact()

    return work


def unreachable(driver: Driver, proxy: Proxy, seconds: float) -> None:
    """The broker's port takes nobody."""
    driver.note(f"unreachable for {seconds:.0f} s")
    proxy.refuse()
    driver.wait(seconds)
    proxy.accept()


def silent(driver: Driver, proxy: Proxy, seconds: float) -> None:
    """Nothing passes, and nobody is told."""
    driver.note(f"silent for {seconds:.0f} s")
    proxy.cut()
    driver.wait(seconds)
    proxy.mend()


def slow(driver: Driver, proxy: Proxy, delay_s: float, seconds: float) -> None:
    """Every message takes its time, in both directions."""
    driver.note(f"slow by {delay_s * 1000:.0f} ms for {seconds:.0f} s")
    proxy.to_broker = proxy.to_client = Line(delay_s, jitter_s=delay_s)
    driver.wait(seconds)
    proxy.to_broker = proxy.to_client = CLEAR


def resets(driver: Driver, proxy: Proxy, times: int) -> None:
    """All connections break, at moments of chance; half of the times while the line is slow."""
    for number in range(times):
        proxy.to_client = Line(0.05, 0.05) if number % 2 else CLEAR
        driver.wait(driver.chance.uniform(0.2, 1.5))
        driver.note(f"reset of {proxy.reset()} connections")


def half_open(driver: Driver, proxy: Proxy) -> None:
    """The broker has forgotten all connections, the workers have not."""
    driver.wait(driver.chance.uniform(0.2, 1.5))
    driver.note(f"{proxy.forget()} connections half open")


@pytest.mark.timeout(400)
def test_a_bad_day_on_the_network(run: Callable[[Trouble, int], None]) -> None:
    def trouble(driver: Driver, proxy: Proxy) -> None:
        slow(driver, proxy, 0.05, 2)
        resets(driver, proxy, 3)
        unreachable(driver, proxy, 3)
        silent(driver, proxy, 3)

    run(trouble, 2_000)


@pytest.mark.soak
def test_a_broker_out_of_reach_for_a_minute(run: Callable[[Trouble, int], None]) -> None:
    run(lambda driver, proxy: unreachable(driver, proxy, LONG_AGO_S), 6_000)


@pytest.mark.soak
def test_a_line_that_is_silent_for_a_minute(run: Callable[[Trouble, int], None]) -> None:
    run(lambda driver, proxy: silent(driver, proxy, LONG_AGO_S), 6_000)


@pytest.mark.soak
@pytest.mark.parametrize("delay_s", [0.05, 0.25, 0.5])
def test_a_slow_line(run: Callable[[Trouble, int], None], delay_s: float) -> None:
    run(lambda driver, proxy: slow(driver, proxy, delay_s, LONG_AGO_S), 6_000)


@pytest.mark.soak
def test_fifty_resets(run: Callable[[Trouble, int], None]) -> None:
    run(lambda driver, proxy: resets(driver, proxy, 50), 8_000)


@pytest.mark.soak
def test_connections_that_only_one_side_remembers(run: Callable[[Trouble, int], None]) -> None:
    def trouble(driver: Driver, proxy: Proxy) -> None:
        for _ in range(3):
            half_open(driver, proxy)
            driver.wait(20)

    run(trouble, 6_000)
