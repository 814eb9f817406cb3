"""An open loop: records are published when they are due by the clock, however far the hub has come."""

from __future__ import annotations

import heapq
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from confluent_kafka import Producer

from benchmarks.appeals import Appeal, appeals
from benchmarks.sensor_city import packs
from hub.citypack.city import City
from hub.errors import HubError
from hub.runtime.outputs import Output


class Phase(StrEnum):
    """Parts of a run."""

    WARM = "warm-up"
    STEADY = "steady"
    BURST = "burst"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Load:
    """What is published: rates a second, and how many seconds each phase takes."""

    tickets: int = 100
    packs: int = 200
    burst_times: int = 10
    seconds: tuple[tuple[Phase, int], ...] = (
        (Phase.WARM, 10),
        (Phase.STEADY, 60),
        (Phase.BURST, 60),
        (Phase.AFTER, 30),
    )

    def rate(self, phase: Phase) -> int:
        """Tickets a second."""
        return self.tickets * (self.burst_times if phase is Phase.BURST else 1)

    @property
    def whole_s(self) -> int:
        return sum(seconds for _, seconds in self.seconds)


@dataclass(frozen=True, slots=True)
class Due:
    """A ticket and when it is to be published, seconds from the beginning."""

    at_s: float
    phase: Phase
    appeal: Appeal


@dataclass(frozen=True, slots=True)
class Plan:
    """All that a run publishes, made before it begins; packs are evenly spread over it."""

    tickets: tuple[Due, ...]
    packs: tuple[Output, ...]
    packs_every_s: float
    trial: Appeal
    """Published before the rest, to see that the way is open."""
    trial_pack: Output

    def told(self) -> tuple[Appeal, ...]:
        """Every ticket, the trial among them."""
        return (self.trial, *(due.appeal for due in self.tickets))

    def records(self) -> Iterable[tuple[float, Output]]:
        """Everything with the second that it is due at, in that order."""
        packed = ((number * self.packs_every_s, pack) for number, pack in enumerate(self.packs))
        return heapq.merge(
            ((due.at_s, due.appeal.record) for due in self.tickets), packed, key=lambda one: one[0]
        )


def plan(city: City, load: Load, now: datetime) -> Plan:
    """The tickets and packs of a load; all are reported ``now``, so that none is ahead of the clock."""
    times = [
        (start + number / load.rate(phase), phase)
        for start, phase, seconds in _starts(load)
        for number in range(load.rate(phase) * seconds)
    ]
    trial, *told = appeals(city, 1 + len(times), now)
    every = 1 / load.packs
    trial_pack, *packed = packs(1 + load.packs * load.whole_s, now, timedelta(seconds=every))
    due = (Due(at_s, phase, appeal) for (at_s, phase), appeal in zip(times, told, strict=True))
    return Plan(tuple(due), tuple(packed), every, trial, trial_pack)


def _starts(load: Load) -> Iterable[tuple[int, Phase, int]]:
    start = 0
    for phase, seconds in load.seconds:
        yield start, phase, seconds
        start += seconds


def publish(brokers: str, prefix: str, what: Plan) -> float:
    """Publish each record at its time; when this began, seconds since 1970. Raises HubError."""
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "partitioner": "murmur2_random",
            "linger.ms": 0,
            "acks": "all",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    producer.list_topics(timeout=10)  # connects before the clock runs
    began = time.time()
    for number, (due, output) in zip(count(), what.records(), strict=False):
        while (early := began + due - time.time()) > 0:
            producer.poll(0)
            time.sleep(min(early, 0.05))
        if number % 100 == 0:
            producer.poll(0)
        producer.produce(prefix + output.topic, output.value, output.key, headers=list(output.headers))
    if producer.flush(60):
        raise HubError("The broker did not take the input", fix="check that it runs and has room")
    return began
