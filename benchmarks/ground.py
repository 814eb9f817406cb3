"""Where runs take place: a broker, and for each run topics of its own, filled with the same input."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from confluent_kafka import Producer

from hub.errors import HubError
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.task import Output
from hub.runtime.topic_specs import topic_spec
from hub.settings import load_settings
from hub.topics import TOPICS, changelog

PARTITIONS = 4

_numbers = count(1)


@dataclass(frozen=True, slots=True)
class Field:
    """The topics of one run."""

    brokers: str
    prefix: str

    def fill(self, outputs: Iterable[Output]) -> None:
        """Publish input. Raises HubError where the broker did not take all of it."""
        producer = Producer(
            {
                "bootstrap.servers": self.brokers,
                "partitioner": "murmur2_random",
                "linger.ms": 20,
                "queue.buffering.max.messages": 1_000_000,
            }
        )
        for number, one in enumerate(outputs, start=1):
            if number % 5_000 == 0:
                producer.poll(0)
            producer.produce(
                self.prefix + one.topic,
                one.value,
                one.key,
                headers=list(one.headers),
                timestamp=one.timestamp_ms,
            )
        if producer.flush(60):
            raise HubError("The broker did not take the input", fix="check that it runs and has room")

    def records(self, *topics: str) -> Iterator[Record]:
        """All committed records of topics."""
        return read_whole(self.brokers, topics, prefix=self.prefix)


def new_prefix() -> str:
    """Begins the names of one run's topics and groups."""
    return f"bench-{os.getpid()}-{next(_numbers)}."


@contextmanager
def field(brokers: str, step: Step) -> Iterator[Field]:
    """The topics of a step, made for one run and removed after it."""
    prefix = new_prefix()
    settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS, simulated_time=True)
    wanted = [TOPICS[name] for name in (*step.sources, *step.sinks)]
    wanted += [changelog(step.name)] if step.stateful else []
    specs = [topic_spec(topic, settings) for topic in wanted]
    admin = TopicAdmin(brokers)
    admin.apply(specs)
    try:
        yield Field(brokers, prefix)
    finally:
        admin.delete(spec.name for spec in specs)


@contextmanager
def fresh_broker() -> Iterator[str]:
    """An embedded broker without any data, for these measurements alone."""
    with TemporaryDirectory(prefix="hub-bench-kafka-") as folder:
        broker = EmbeddedBroker(Path(folder))
        try:
            yield broker.up()
        finally:
            broker.down()
