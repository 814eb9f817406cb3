"""The ticker: time itself as a record on every partition whose clocks must not sleep."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from hub import topics
from hub.contracts.signals import ClockTick
from hub.flow import Emit, Step
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers


@dataclass(frozen=True, slots=True)
class TickRecord:
    """A tick for one partition."""

    topic: str
    partition: int
    value: bytes
    headers: list[tuple[str, bytes]]


def clocked_topics(steps: Iterable[Step]) -> tuple[str, ...]:
    """The topics that take ticks, for the clocks of those who read them."""
    clocked = {topic for step in steps if step.clock for topic in step.sources}
    return tuple(sorted(topic for topic in clocked if ClockTick in topics.TOPICS[topic].contracts))


def ticks(topic: str, partitions: int, at: datetime) -> Iterator[TickRecord]:
    """One tick for each partition of a topic. The same moment gives the same records."""
    for partition in range(partitions):
        tick = ClockTick(at=at)
        emit = Emit(topic, "", f"tick/{partition}/{tick.at.isoformat()}", tick.at, tick)
        headers = write_headers(topics.TOPICS[topic], emit, source="hub:ticker", causation=None)
        yield TickRecord(topic, partition, encode(tick), headers)
