"""Moments worth a fault: amid a commit, a rebalance or a restore, after a partition's last record."""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, IsolationLevel, KafkaException, TopicPartition
from tests.broker.faults.driver import Driver

from hub import topics

_WRITTEN = (topics.SIGNALS, topics.EVENTS, topics.LEDGER)
_PATIENCE_S = 60.0


def kill_amid_commit(driver: Driver, slot: str) -> bool:
    """Kill a worker as soon as some record of an open transaction is seen; whether one was left open."""
    return _amid_commit(driver, lambda: driver.kill(slot))


def freeze_amid_commit(driver: Driver, slot: str) -> bool:
    """Freeze it at such a moment."""
    return _amid_commit(driver, lambda: driver.freeze(slot))


def _amid_commit(driver: Driver, strike: Callable[[], None]) -> bool:
    city = driver.city
    places = tuple((topic, at) for topic in _WRITTEN for at in range(city.partitions))
    reader = _uncommitted(driver)
    try:
        ends = driver.ends(places, IsolationLevel.READ_UNCOMMITTED)
        reader.assign([TopicPartition(city.prefix + topic, at, end) for (topic, at), end in ends.items()])
        deadline = time.monotonic() + _PATIENCE_S / 3
        while reader.poll(0.01) is None and time.monotonic() < deadline:
            driver.must_live()
        strike()
        try:
            stable, ends = driver.ends(places), driver.ends(places, IsolationLevel.READ_UNCOMMITTED)
        except KafkaException:
            return False
        return any(ends[place] > stable[place] for place in places)
    finally:
        reader.close()


def kill_after_the_last_record(driver: Driver, slot: str) -> None:
    """Hold the publisher, and kill a worker as soon as the last record of a feed's partition is done."""
    driver.hold.set()
    try:
        time.sleep(0.2)
        topic = driver.chance.choice((topics.HOTLINE, topics.ACTIONS, topics.SIGNALS))
        ends = driver.ends(tuple((topic, at) for at in range(driver.city.partitions)))
        busy = [place for place, end in ends.items() if end > 0]
        if busy:
            place = driver.chance.choice(busy)
            # the end of a transaction takes up to one offset behind its last record
            _wait_briefly(
                driver,
                lambda: any(
                    c.place == place and c.last_offset >= ends[place] - 2 for c in driver.watch.commits()
                ),
            )
        driver.kill(slot)
    finally:
        driver.hold.clear()


def kill_once_it_says(driver: Driver, slot: str, word: str, start: str | None = None) -> None:
    """Kill a worker at the next word of its log: ``core_revoked``, ``core_restoring``, ``core_assigned``.

    ``start`` names a slot in which a worker begins meanwhile, so that there is a rebalance.
    """
    worker = driver.workers[slot]
    before = worker.said.count(word)
    if start is not None:
        driver.start(start)
    _wait_briefly(driver, lambda: worker.said.count(word) > before)
    driver.kill(slot)


def _wait_briefly(driver: Driver, done: Callable[[], bool]) -> None:
    """Until something is so, or it is not going to be so any more: an aim may miss."""
    deadline = time.monotonic() + _PATIENCE_S / 3
    while not done() and time.monotonic() < deadline:
        driver.must_live()
        time.sleep(0.002)


def _uncommitted(driver: Driver) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": driver.city.brokers,
            "group.id": f"{driver.city.prefix}aim",
            "isolation.level": "read_uncommitted",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 5,
            "fetch.queue.backoff.ms": 1,
            "log_level": 0,
        }
    )
