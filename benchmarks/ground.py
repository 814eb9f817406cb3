"""Where runs take place: a broker, on it an input that is filled once, and outputs made anew for each run."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from hub.errors import HubError
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.outputs import Output
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.topic_specs import TopicSpec, topic_spec
from hub.settings import load_settings
from hub.topics import TOPICS, changelog

PARTITIONS = 4

_LOOK_EACH_S = 0.05
_PATIENCE_S = 300.0

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Field:
    """Topics of a benchmark: those that it reads, and ``outputs`` that each run writes anew."""

    brokers: str
    prefix: str
    outputs: tuple[TopicSpec, ...] = ()

    def fill(self, outputs: Iterable[Output]) -> None:
        """Publish input. Raises HubError where the broker did not take all of it."""
        producer = Producer(
            {
                "bootstrap.servers": self.brokers,
                "partitioner": "murmur2_random",
                # a batch that is sent again must come neither twice nor behind the next one
                "enable.idempotence": True,
                "linger.ms": 20,
                "log_level": 3,  # a young broker's coordinator still loads: the client tries again
                "queue.buffering.max.messages": 1_000_000,
            }
        )
        for number, one in enumerate(outputs, start=1):
            if number % 5_000 == 0:
                producer.poll(0)
            _produce(producer, self.prefix + one.topic, one)
        if producer.flush(_PATIENCE_S):
            raise HubError("The broker did not take the input", fix="check that it runs and has room")

    def records(self, *topics: str) -> Iterator[Record]:
        """All committed records of topics."""
        return read_whole(self.brokers, topics, prefix=self.prefix)

    def empty(self) -> None:
        """Make the outputs new, so that the next run finds none of the last one's."""
        admin = TopicAdmin(self.brokers)
        names = {spec.name for spec in self.outputs}
        admin.delete(names)
        while names & {*_topics_with(self.brokers, self.prefix)}:
            time.sleep(_LOOK_EACH_S)  # the controller answers before the broker knows
        admin.apply(self.outputs)


def _produce(producer: Producer, topic: str, one: Output) -> None:
    while True:
        try:
            producer.produce(topic, one.value, one.key, headers=list(one.headers), timestamp=one.timestamp_ms)
            return
        except BufferError:
            producer.poll(0.1)  # more than the client holds: wait for the broker


def new_prefix() -> str:
    """Begins the names of one run's topics and groups."""
    return f"bench-{os.getpid()}-{next(_numbers)}."


@contextmanager
def field(brokers: str, step: Step) -> Iterator[Field]:
    """The topics of a step, removed afterwards with those that engines made for themselves."""
    prefix = new_prefix()
    settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS, simulated_time=True)
    written = [TOPICS[name] for name in step.sinks] + ([changelog(step.name)] if step.stateful else [])
    outputs = tuple(topic_spec(topic, settings) for topic in written)
    sources = tuple(topic_spec(TOPICS[name], settings) for name in step.sources)
    admin = TopicAdmin(brokers)
    admin.apply((*sources, *outputs))
    try:
        yield Field(brokers, prefix, outputs)
    finally:
        admin.delete(_topics_with(brokers, prefix))


def _topics_with(brokers: str, prefix: str) -> list[str]:
    """Some engines put a word of their own before the prefix."""
    metadata = AdminClient({"bootstrap.servers": brokers}).list_topics(timeout=30)
    return [name for name in metadata.topics if prefix in name]


@contextmanager
def fresh_broker() -> Iterator[str]:
    """An embedded broker without any data, for these measurements alone."""
    with TemporaryDirectory(prefix="hub-bench-kafka-") as folder:
        broker = EmbeddedBroker(Path(folder))
        try:
            yield broker.up()
        finally:
            broker.down()
