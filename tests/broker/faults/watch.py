"""Follows all that a city has committed, through any fault of the cluster: what is there, and since when."""

from __future__ import annotations

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from confluent_kafka import Consumer, KafkaError, Message, TopicPartition

from hub import topics
from hub.contracts.operations import LedgerEntry
from hub.runtime.codec import decode_trusted
from hub.runtime.reader import record_of
from hub.runtime.topic_specs import LETTER_BYTES

Place = tuple[str, int]
"""A topic, named as the map does, and a partition."""

_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Commit:
    """One transaction's work on one partition, as its ledger entry told: seen when, up to which offset."""

    seen_at: float
    place: Place
    last_offset: int
    records: int


class Watch:
    """A reader of committed records in a thread of its own; errors of the cluster do not end it."""

    def __init__(self, brokers: str, prefix: str, partitions: Mapping[str, int]) -> None:
        self._prefix = prefix
        self._lock = threading.Lock()
        self._end = threading.Event()
        self._newest: dict[Place, int] = {}
        self._ends: dict[Place, int] = {}
        self._commits: list[Commit] = []
        self._news_at = time.monotonic()
        self._count: Counter[str] = Counter()
        self._order_ids: defaultdict[str, set[bytes | None]] = defaultdict(set)
        self._consumer = _reader(brokers, prefix)
        self.places = tuple((topic, at) for topic, count in partitions.items() for at in range(count))
        """Every partition that is followed."""
        self._consumer.assign([TopicPartition(prefix + topic, at, 0) for topic, at in self.places])
        self._thread = threading.Thread(target=self._follow, name="watch", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop following."""
        self._end.set()
        self._thread.join()
        self._consumer.close()

    def newest(self, topic: str) -> dict[int, int]:
        """The offset of the newest record of each partition of a topic that has one."""
        with self._lock:
            return {at: offset for (name, at), offset in self._newest.items() if name == topic}

    def count(self, topic: str) -> int:
        """How many records of a topic have been seen."""
        with self._lock:
            return self._count[topic]

    def undelivered(self) -> int:
        """Orders of the common topic that are not on their unit's own."""
        with self._lock:
            made = self._order_ids[topics.ORDERS]
            names = [name for name in self._order_ids if name != topics.ORDERS]
            return len(made.difference(*(self._order_ids[name] for name in names)))

    def commits(self) -> list[Commit]:
        """Every transaction's work that has been seen."""
        with self._lock:
            return list(self._commits)

    def idle_seconds(self) -> float:
        """How long nothing new has been seen."""
        return time.monotonic() - self._news_at

    def has_read_to(self, ends: Mapping[Place, int]) -> bool:
        """Whether every partition has been read to an end of it, marks of transactions and all."""
        with self._lock:
            return all(self._ends.get(place, 0) >= end for place, end in ends.items())

    def _follow(self) -> None:
        while not self._end.is_set():
            for message in self._consumer.consume(10_000, _POLL_S):
                self._take(message)

    def _take(self, message: Message) -> None:
        place = ((message.topic() or "").removeprefix(self._prefix), message.partition() or 0)
        error = message.error()
        if error is not None:
            if error.code() == KafkaError._PARTITION_EOF:
                with self._lock:
                    self._ends[place] = message.offset() or 0
            return
        with self._lock:
            now = self._news_at = time.monotonic()
            self._newest[place] = message.offset() or 0
            self._count[place[0]] += 1
            if place[0].startswith(topics.ORDERS):
                self._order_ids[place[0]].add(dict(record_of(message).headers)["ce_id"])
            if place[0] == topics.LEDGER:
                entry = decode_trusted("LedgerEntry", 1, message.value() or b"")
                assert isinstance(entry, LedgerEntry)
                done = (entry.topic, entry.partition)
                self._commits.append(Commit(now, done, entry.last_offset, entry.records))


def _reader(brokers: str, prefix: str) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"{prefix}watch",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 20,
            "fetch.queue.backoff.ms": 5,
            "reconnect.backoff.max.ms": 500,
            "fetch.message.max.bytes": LETTER_BYTES,
            "log_level": 0,
        }
    )
