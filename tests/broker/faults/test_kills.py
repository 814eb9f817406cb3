"""Workers killed under load, at random and at chosen moments: nothing is lost, nothing is doubled."""

from __future__ import annotations

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.storms import aimed_kills, kills_at_random
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

KILLS = 50


@pytest.mark.timeout(300)
def test_workers_killed_at_random_moments_lose_and_double_nothing(
    city: FaultCity, seed: int, say: Say
) -> None:
    _kill_at_random(city, seed, say, workers=(1, 2), kills=2, rate=200)


@pytest.mark.timeout(300)
def test_a_worker_killed_at_the_worst_moments_loses_and_doubles_nothing(
    city: FaultCity, seed: int, say: Say
) -> None:
    _kill_at_worst(city, seed, say, rounds=1, of_each_round=3, rate=100)


@pytest.mark.soak
def test_fifty_kills_at_random_moments(city: FaultCity, seed: int, say: Say) -> None:
    _kill_at_random(city, seed, say, workers=(1, 2, 4), kills=KILLS // 3 + 1, rate=25)


@pytest.mark.soak
def test_fifty_kills_at_the_worst_moments(city: FaultCity, seed: int, say: Say) -> None:
    _kill_at_worst(city, seed, say, rounds=KILLS // 5, of_each_round=5, rate=30)


def _kill_at_random(
    city: FaultCity, seed: int, say: Say, *, workers: tuple[int, ...], kills: int, rate: int
) -> None:
    """So many kills with each number of workers; workers join from one number to the next."""
    tape = make_tape(seed, kills * len(workers) * rate * 20, partitions=city.partitions)
    with Driver(city, seed, tape, rate=rate) as driver:
        driver.start("0")
        driver.until_working("0")
        driver.publish()
        for number in workers:
            slots = [str(slot) for slot in range(number)]
            storm = kills_at_random(driver, slots, kills)
            say(f"{number} workers: {dict(storm.done)}; {driver.published} published")
        _judge(driver, say)


def _kill_at_worst(
    city: FaultCity, seed: int, say: Say, *, rounds: int, of_each_round: int, rate: int
) -> None:
    tape = make_tape(seed, rounds * rate * 100, partitions=city.partitions)
    slots = ("0", "1")
    with Driver(city, seed, tape, rate=rate) as driver:
        for slot in slots:
            driver.start(slot)
        driver.until_working("0")
        driver.publish()
        storm = aimed_kills(driver, slots, rounds, of_each_round)
        say(f"{dict(storm.done)}; {driver.published} published")
        _judge(driver, say)


def _judge(driver: Driver, say: Say) -> None:
    driver.enough()
    verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()
