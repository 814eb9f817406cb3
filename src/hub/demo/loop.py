"""The demo's loop: the city goes on, the hub answers, the units read and act, the view is told."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.citypack.city import City
from hub.contracts.orders import UnitOrder
from hub.demo.driver import CityDriver
from hub.errors import HubError
from hub.exporters.fold import FOLDED_TOPICS, CityFold
from hub.exporters.totals import CityTotals
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.reader import Follower

QUIET_S = 60.0
"""How long the hub may take to answer for all that was sent before the demo calls it stuck."""


@dataclass(slots=True)
class Watch:
    """The demo's own eyes: follows the hub's topics, folds them, lets the units read their orders."""

    follower: Follower
    driver: CityDriver
    fold: CityFold

    def look(self, now: datetime, wait_s: float) -> int:
        """Take what has come since; how many records."""
        records = self.follower.read(wait_s)
        orders = []
        for record in records:
            attributes = read_headers(record.headers)
            value = decode_trusted(attributes.type, attributes.version, record.value or b"")
            self.fold.add(value, datetime.fromtimestamp(record.timestamp_ms / 1000, UTC))
            if isinstance(value, UnitOrder):
                orders.append(value)
        self.driver.take_orders(orders, now)
        if self.answered():
            self.driver.answered()
        return len(records)

    def answered(self) -> bool:
        """Whether the hub has accounted for every record that was sent."""
        totals = self.fold.totals()
        return all(totals.ended(feed) == sent for feed, sent in self.driver.sent.items())


@contextmanager
def watching(city: City, brokers: str, prefix: str, driver: CityDriver) -> Iterator[Watch]:
    """Eyes on a city's topics from their beginning."""
    with Follower(brokers, FOLDED_TOPICS, prefix=prefix, from_beginning=True) as follower:
        yield Watch(follower, driver, CityFold())


def run_day(
    watch: Watch,
    start: datetime,
    until: datetime,
    step: timedelta,
    check: Callable[[], None],
    show: Callable[[datetime, CityTotals], None],
) -> None:
    """At full speed: each step of the city's time ends when the hub has answered for all of it."""
    now = start
    while now < until:
        now = min(now + step, until)
        while watch.driver.publish_until(now):
            _settle(watch, now, check)
        show(now, watch.fold.totals())


def _settle(watch: Watch, now: datetime, check: Callable[[], None]) -> None:
    """Until the hub has accounted for all that was sent, and its orders are read."""
    deadline = time.monotonic() + QUIET_S
    quiet = 0
    while quiet < 2:  # orders of the last answers may still be on their way
        came = watch.look(now, 0.05)
        quiet = quiet + 1 if watch.answered() and not came else 0
        check()
        if time.monotonic() > deadline:
            raise HubError(
                f"The hub has not accounted for all records {QUIET_S:.0f} s after they were sent",
                fix="see the worker's log",
            )


def run_live(
    watch: Watch,
    start: datetime,
    speed: float,
    check: Callable[[], None],
    show: Callable[[datetime, CityTotals], None],
) -> None:
    """At a multiple of real time, until the happenings end or somebody interrupts."""
    began = time.monotonic()
    shown = 0.0
    while not (watch.driver.finished and not watch.driver.waiting_actions):
        now = start + timedelta(seconds=(time.monotonic() - began) * speed)
        watch.driver.publish_until(now)
        watch.look(now, 0.2)
        check()
        if time.monotonic() - shown > 0.5:
            show(now, watch.fold.totals())
            shown = time.monotonic()
