"""A city and its units in one process: the hub's own steps decide in memory, units act on it."""

import heapq
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from hub import topics
from hub.contracts.orders import UnitOrder
from hub.flow import Step
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.task import Batch
from hub.simulate.publication import Publication, by_arrival

LOOK = timedelta(minutes=1)
"""How often units read their orders: sooner than the soonest of them acts."""

TICK = timedelta(minutes=10)
"""How often a quiet city's clocks are moved: how late a limit that passed may be heard of."""

React = Callable[[UnitOrder], Iterable[Publication]]
"""What units do about an order, later."""


class Agenda:
    """Publications that are still to come, given back in order of arrival."""

    def __init__(self) -> None:
        self._waiting: list[tuple[tuple[datetime, str, str, str], int, Publication]] = []
        self._entered = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, publications: Iterable[Publication], now: datetime) -> None:
        """Take note of publications; one that would have arrived before ``now`` arrives now."""
        for publication in publications:
            kept = publication if publication.arrived >= now else replace(publication, arrived=now)
            self._entered += 1
            heapq.heappush(self._waiting, (by_arrival(kept), self._entered, kept))

    def before(self, until: datetime) -> Iterator[Publication]:
        """Take out all that arrive before a time."""
        while self._waiting and self._waiting[0][0][0] < until:
            yield heapq.heappop(self._waiting)[2]


class ClosedLoop:
    """Plays a city through the hub's steps in memory. ``hub`` can be looked at while and after it plays.

    ``on_batch``, ``heard_only`` and ``passing`` are those of the memory runner.
    """

    def __init__(
        self,
        steps: Iterable[Step],
        react: React,
        partitions: int = 1,
        *,
        on_batch: Callable[[Step, Batch], None] | None = None,
        heard_only: Container[str] = (),
        passing: Container[str] = (),
    ) -> None:
        self._react = react
        self._on_batch = on_batch
        self._orders: list[UnitOrder] = []
        self.hub = MemoryRunner(
            steps, partitions, on_batch=self._hear, heard_only=heard_only, passing=passing
        )

    def play(
        self, publications: Iterator[Publication], start: datetime, end: datetime
    ) -> Iterator[Publication]:
        """The city's publications and its units' actions, in order of arrival, each as the hub gets it."""
        agenda = Agenda()
        following = next(publications, None)
        now = ticks_at = start
        while now < end:
            now = min(now + LOOK, end)
            while following is not None and following.arrived < now:
                agenda.add((following,), start)
                following = next(publications, None)
            for sent in agenda.before(now):
                self._publish(sent)
                yield sent
            if now >= ticks_at or now == end:
                self.hub.tick(now)
                ticks_at = now + TICK
            self.hub.run()
            orders, self._orders = self._orders, []
            for order in orders:
                agenda.add(self._react(order), now)

    def _publish(self, sent: Publication) -> None:
        self.hub.publish(
            sent.topic,
            sent.key,
            sent.value,
            source=sent.source,
            id=sent.id,
            time=sent.time,
            arrived=sent.arrived,
        )

    def _hear(self, step: Step, batch: Batch) -> None:
        if self._on_batch is not None:
            self._on_batch(step, batch)
        for output in batch.outputs:
            if output.topic == topics.ORDERS:
                attributes = read_headers(output.headers)
                order = decode_trusted(attributes.type, attributes.version, output.value)
                if isinstance(order, UnitOrder):  # what was refused these units do not try again
                    self._orders.append(order)
