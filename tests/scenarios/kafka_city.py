"""The city on real Kafka: the core loops of a worker, each in a thread, under a topic prefix of its own."""

from __future__ import annotations

import threading
import time
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, TopicPartition
from tests.scenarios.brook import PARTITIONS, steps
from tests.scenarios.heard import SAID
from tests.scenarios.language import Sent

from hub import topics
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.core import Committed, CoreConfig, CoreLoop
from hub.runtime.publisher import Publisher
from hub.runtime.reader import record_of
from hub.runtime.record import Record
from hub.runtime.ticker import ticks
from hub.runtime.topic_specs import LETTER_BYTES, topic_spec
from hub.settings import load_settings

PATIENCE_S = 60.0


class KafkaCity:
    """A runner of stories. Leave it as a context manager: that stops its loops and removes its topics."""

    def __init__(self, brokers: str, prefix: str) -> None:
        found = steps()
        settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS, simulated_time=True)
        logs = [topics.changelog(step.name) for step in found if step.stateful]
        self._topics = [topic_spec(topic, settings) for topic in (*topics.TOPICS.values(), *logs)]
        self._admin = TopicAdmin(brokers)
        self._admin.apply(self._topics)
        self._brokers, self._prefix = brokers, prefix
        self._work = _Work(found)
        self._publisher = Publisher(brokers, prefix=prefix)
        self._reader = _reader(brokers, prefix)
        self._heard: Counter[str] = Counter()
        self._pool = ThreadPoolExecutor(thread_name_prefix="core")
        self._loops = [self._loop(group, found) for group in sorted({step.worker for step in found})]
        self._ends: list[Future[None]] = [self._pool.submit(loop.run) for loop in self._loops]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for loop in self._loops:
            loop.stop()
        self._pool.shutdown()
        self._reader.close()
        self._admin.delete(spec.name for spec in self._topics)

    def publish(self, sent: Sent) -> None:
        self._publisher.publish_raw(
            sent.topic,
            sent.key,
            sent.value,
            list(sent.headers),
            timestamp=sent.arrived,
            partition=sent.partition,
        )
        self._work.published(sent.topic)

    def published_elsewhere(self, topic: str) -> None:
        """Another client has published a record: wait for that one, too."""
        self._work.published(topic)

    def tick(self, at: datetime) -> None:
        for topic in (topics.SIGNALS, topics.READINGS):
            for tick in ticks(topic, PARTITIONS, at):
                self._publisher.publish_raw(
                    topic, b"", tick.value, list(tick.headers), timestamp=at, partition=tick.partition
                )
                self._work.published(topic)
            self._publisher.flush()
            self._work.wait(self._ends)

    def settle(self) -> list[Record]:
        self._publisher.flush()
        self._work.wait(self._ends)
        news: list[Record] = []
        deadline = time.monotonic() + PATIENCE_S
        while self._heard != self._work.said:
            assert time.monotonic() < deadline, f"heard {self._heard}, committed were {self._work.said}"
            found = [record_of(message, self._prefix) for message in self._reader.consume(1_000, 0.02)]
            self._heard.update(record.topic for record in found)
            news += found
        return news

    def _loop(self, group: str, found: tuple[Step, ...]) -> CoreLoop:
        mine = [step for step in found if step.worker == group]
        config = CoreConfig(self._brokers, group, "story", self._prefix, PARTITIONS)
        return CoreLoop(mine, config, self._work.committed)


def _reader(brokers: str, prefix: str) -> Consumer:
    """Reads all that the city says, from the beginning, as it is committed."""
    reader = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"{prefix}reader",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "fetch.wait.max.ms": 50,
            "fetch.message.max.bytes": LETTER_BYTES,
        }
    )
    reader.assign([TopicPartition(prefix + topic, at, 0) for topic in SAID for at in range(PARTITIONS)])
    return reader


class _Work:
    """What waits for each step on its topics, and what has come of it: told by the loops' own commits."""

    def __init__(self, found: tuple[Step, ...]) -> None:
        self.said: Counter[str] = Counter()
        self._waiting = Counter({(step.name, topic): 0 for step in found for topic in step.sources})
        self._changed = threading.Condition()

    def published(self, topic: str) -> None:
        """One more record waits."""
        with self._changed:
            self._take(topic)

    def committed(self, done: Committed) -> None:
        with self._changed:
            for step, batch in done.batches:
                self._waiting[step.name, step.sources[0]] -= batch.records
                for output in batch.outputs:
                    self._take(output.topic)
            self._changed.notify_all()

    def _take(self, topic: str) -> None:
        for reader in self._waiting:
            if reader[1] == topic:
                self._waiting[reader] += 1
        if topic in SAID:
            self.said[topic] += 1

    def wait(self, ends: list[Future[None]]) -> None:
        """Until nothing waits. Raises what ended a loop, or AssertionError after a while."""
        deadline = time.monotonic() + PATIENCE_S
        with self._changed:
            while any(self._waiting.values()):
                for end in ends:
                    if end.done():
                        end.result()
                assert time.monotonic() < deadline, f"still waiting: {self._waiting}"
                self._changed.wait(1.0)
