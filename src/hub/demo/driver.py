"""What happens in the city and what its units do, sent to the feeds in order of arrival."""

import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from queue import SimpleQueue

from hub import topics
from hub.contracts.feeds import UnitAction
from hub.contracts.fields import to_millis_utc
from hub.contracts.orders import UnitOrder
from hub.contracts.proactive import ProactiveReport
from hub.runtime.publisher import Publisher
from hub.runtime.ticker import ticks
from hub.simulate.publication import Publication, by_arrival

CLOCKED = (topics.READINGS, topics.SIGNALS)

React = Callable[[UnitOrder], Iterable[Publication]]
"""What units do about an order, later."""


class CityDriver:
    """Publishes a city's records and its units' actions up to a moment of the city's time."""

    def __init__(
        self,
        publisher: Publisher,
        happenings: Iterator[Publication],
        react: React,
        partitions: int,
    ) -> None:
        self._publisher = publisher
        self._happenings = happenings
        self._next = next(happenings, None)
        self._react = react
        self._partitions = partitions
        self._actions: list[tuple[tuple[datetime, str, str, str], Publication]] = []
        self._unanswered: set[tuple[str, str]] = set()
        self._heard: SimpleQueue[ProactiveReport] = SimpleQueue()
        self.sent: Counter[str] = Counter()

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen by itself; units may still act."""
        return self._next is None

    @property
    def waiting_actions(self) -> int:
        """Actions that units have yet to make."""
        return len(self._actions)

    def take_orders(self, orders: Iterable[UnitOrder], now: datetime) -> None:
        """Let the units read orders; what they do about them comes at its time, and never before now."""
        for order in orders:
            for action in self._react(order):
                late = action if action.arrived >= now else _arriving(action, now)
                heapq.heappush(self._actions, (by_arrival(late), late))

    def hear(self, reports: Iterable[ProactiveReport]) -> None:
        """Take reports of the monitoring: they go out with what happens next. Safe from any thread."""
        for report in reports:
            self._heard.put(report)

    def answered(self) -> None:
        """The hub has accounted for all that was sent."""
        self._unanswered.clear()

    def publish_until(self, now: datetime) -> int:
        """Send what arrives up to a moment, then the ticks of that moment; how many were sent.

        Stops before an action about a record that the hub has not answered yet: the two come on different
        topics, and nobody acts on what is still under way.
        """
        sent = self._send_heard(now)
        while True:
            happens = self._next is not None and self._next.arrived <= now
            acts = bool(self._actions) and self._actions[0][1].arrived <= now
            if happens and acts and self._next is not None:
                happens = self._next.arrived < self._actions[0][1].arrived
            if happens and self._next is not None:
                if self._is_early(self._next):
                    break
                self._send(self._next)
                self._next = next(self._happenings, None)
            elif acts:
                self._send(heapq.heappop(self._actions)[1])
            else:
                break
            sent += 1
        for topic in CLOCKED:
            for tick in ticks(topic, self._partitions, now):
                headers: list[tuple[str, bytes | None]] = list(tick.headers)
                self._publisher.publish_raw(
                    topic, b"", tick.value, headers, timestamp=now, partition=tick.partition
                )
        self._publisher.flush()
        return sent

    def _send_heard(self, now: datetime) -> int:
        """Send what the monitoring reported, in real time, as of this moment of the city's time."""
        sent = 0
        while not self._heard.empty():
            report = self._heard.get().model_copy(update={"reported_at": to_millis_utc(now)})
            self._send(
                Publication(
                    topics.PROACTIVE, report.id, report, report.source, report.id, report.reported_at, now
                )
            )
            sent += 1
        return sent

    def _is_early(self, happening: Publication) -> bool:
        about = happening.value.signal if isinstance(happening.value, UnitAction) else None
        return about is not None and (about.source, about.id) in self._unanswered

    def _send(self, happening: Publication) -> None:
        self._unanswered.add((happening.source, happening.id))
        self.sent[happening.topic] += 1
        self._publisher.publish(
            happening.topic,
            happening.key,
            happening.value,
            source=happening.source,
            id=happening.id,
            time=happening.time,
            timestamp=happening.arrived,
        )


def _arriving(action: Publication, now: datetime) -> Publication:
    return replace(action, arrived=now)
