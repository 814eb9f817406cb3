"""Brokers killed under load: the only one, one of three, two of three. What was acknowledged is not lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.broker.faults.brokers import OwnBrokers
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

from hub import topics

ROLES = ("leader", "controller", "group coordinator", "transaction coordinator")
LONG_ROUNDS = 3


@contextmanager
def _city(folder: Path, nodes: int) -> Iterator[tuple[OwnBrokers, FaultCity]]:
    with OwnBrokers(folder / "kafka", nodes) as brokers:
        in_sync = 2 if nodes > 1 else 1
        city = FaultCity(brokers.servers, "brokers.", folder, replication=nodes, min_insync=in_sync)
        city.make()
        yield brokers, city


@pytest.mark.timeout(300)
def test_the_only_broker_is_killed_and_comes_back(tmp_path: Path, seed: int, say: Say) -> None:
    _kill_the_only(tmp_path, seed, say, rounds=1)


@pytest.mark.timeout(400)
def test_one_broker_of_three_is_gone(tmp_path: Path, seed: int, say: Say) -> None:
    _kill_one_of_three(tmp_path, seed, say, rounds=1, roles=("transaction coordinator",))


@pytest.mark.soak
def test_the_only_broker_is_killed_often(tmp_path: Path, seed: int, say: Say) -> None:
    _kill_the_only(tmp_path, seed, say, rounds=LONG_ROUNDS * 2)


@pytest.mark.soak
def test_each_broker_that_matters_is_killed_often(tmp_path: Path, seed: int, say: Say) -> None:
    _kill_one_of_three(tmp_path, seed, say, rounds=LONG_ROUNDS, roles=ROLES)


@pytest.mark.soak
def test_two_of_three_brokers_are_gone_and_come_back(tmp_path: Path, seed: int, say: Say) -> None:
    tape = make_tape(seed, 20_000, partitions=3)
    with _city(tmp_path, 3) as (brokers, city), Driver(city, seed, tape, rate=100) as driver:
        _begin(driver)
        for _ in range(LONG_ROUNDS):
            driver.wait(driver.chance.uniform(3, 8))
            gone = driver.chance.sample(brokers.nodes(), 2)
            driver.note(f"kill brokers {gone}")
            brokers.kill(*gone)
            driver.wait(driver.chance.uniform(1, 20))
            brokers.bring_back()
            driver.note("all brokers are back")
        _judge(driver, say)


def _kill_the_only(folder: Path, seed: int, say: Say, *, rounds: int) -> None:
    tape = make_tape(seed, 1_500 + 1_500 * (rounds - 1), partitions=3)
    with _city(folder, 1) as (brokers, city), Driver(city, seed, tape, rate=200) as driver:
        _begin(driver)
        for _ in range(rounds):
            driver.wait(driver.chance.uniform(1, 6))
            driver.note("kill the broker")
            brokers.kill(*brokers.nodes())
            driver.wait(driver.chance.uniform(0, 6))
            brokers.bring_back()
            driver.note("the broker is back")
        _judge(driver, say)


def _kill_one_of_three(
    folder: Path, seed: int, say: Say, *, rounds: int, roles: tuple[str, ...]
) -> None:  # fmt: skip
    tape = make_tape(seed, 1_500 + 1_500 * (rounds * len(roles) - 1), partitions=3)
    with _city(folder, 3) as (brokers, city), Driver(city, seed, tape, rate=150) as driver:
        _begin(driver)
        for role in driver.chance.sample(roles * rounds, rounds * len(roles)):
            driver.wait(driver.chance.uniform(1, 6))
            node = _holder(brokers, city, role)
            driver.note(f"kill broker {node}, the {role}")
            brokers.kill(node)
            driver.wait(driver.chance.uniform(1, 10))
            brokers.bring_back()
            driver.note(f"broker {node} is back")
        _judge(driver, say)


def _holder(brokers: OwnBrokers, city: FaultCity, role: str) -> int:
    match role:
        case "leader":
            return brokers.leader(city.prefix + topics.SIGNALS, 0)
        case "controller":
            return brokers.controller()
        case "group coordinator":
            return brokers.group_coordinator(f"{city.prefix}hub-city")
        case _:
            return brokers.transaction_coordinator(f"{city.prefix}hub-city-0")


def _begin(driver: Driver) -> None:
    driver.start("0")
    driver.start("1")
    driver.until_working("0")
    driver.publish()


def _judge(driver: Driver, say: Say) -> None:
    driver.enough()
    verdict = driver.finish()
    say(f"{len(driver.faults)} faults; {verdict.figures()}")
    verdict.must_be_exact()
