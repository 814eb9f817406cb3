"""The core loop in trouble: the cluster does not answer, fellows come and go. It goes on, once each."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
from tests.scenarios.brook import PARTITIONS, heath, mill, quay, steps
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub import topics
from hub.contracts.cases import CaseEvent
from hub.contracts.operations import LedgerEntry
from hub.runtime import core
from hub.runtime.admin import TopicAdmin
from hub.runtime.codec import decode
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.topic_specs import topic_spec
from hub.settings import load_settings

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Cluster:
    """Topics of a city under a prefix, and loops on them."""

    brokers: str
    prefix: str

    @contextmanager
    def loop(self, slot: str) -> Iterator[Future[None]]:
        """A loop over all steps of the city in a slot of its own; its end."""
        config = CoreConfig(self.brokers, "city", slot, self.prefix, PARTITIONS)
        loop = CoreLoop(steps(), config)
        with ThreadPoolExecutor(1) as pool:
            end = pool.submit(loop.run)
            try:
                assert loop.assigned.wait(PATIENCE_S), "no partitions in time"
                yield end
            finally:
                loop.stop()
        end.result()

    def publish(self, sent: Sequence[Sent]) -> None:
        with Publisher(self.brokers, prefix=self.prefix) as publisher:
            for one in sent:
                publisher.publish_raw(one.topic, one.key, one.value, list(one.headers), timestamp=one.arrived)

    def records(self, *names: str) -> list[Record]:
        return list(read_whole(self.brokers, names, prefix=self.prefix))

    def wait_for(self, count: int, topic: str) -> list[Record]:
        """Until a topic holds so many records."""
        deadline = time.monotonic() + PATIENCE_S
        while len(found := self.records(topic)) < count:
            assert time.monotonic() < deadline, f"{topic} has {len(found)} records, not {count}"
        return found


@pytest.fixture
def cluster(broker: str) -> Iterator[Cluster]:
    prefix = f"core-{uuid.uuid4().hex[:8]}."
    settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS, simulated_time=True)
    logs = [topics.changelog(step.name) for step in steps() if step.stateful]
    specs = [topic_spec(topic, settings) for topic in (*topics.TOPICS.values(), *logs)]
    admin = TopicAdmin(broker)
    admin.apply(specs)
    yield Cluster(broker, prefix)
    admin.delete(spec.name for spec in specs)


def _tickets(first: int, last: int) -> list[Sent]:
    """Tickets that never join, of all towns."""
    places = (mill(), quay(400), heath())
    return [ticket(f"T-{n}", "bill", places[n % 3])(minute(n / 10), Heard()) for n in range(first, last)]


def test_a_cluster_that_does_not_answer_is_asked_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    class Unanswered(Consumer):
        def committed(self, partitions: list[TopicPartition], timeout: float = 30.0) -> list[TopicPartition]:
            asked.append(len(partitions))
            answered: list[TopicPartition] = super().committed(
                partitions, timeout if len(asked) > 2 else 0.000_01
            )
            return answered

    monkeypatch.setattr(core, "Consumer", Unanswered)
    cluster.publish(_tickets(0, 3))
    with cluster.loop("a"):
        assert len(cluster.wait_for(3, topics.EVENTS)) == 3
    assert len(asked) == 3


def test_a_transaction_begins_before_work_that_is_quick_and_after_work_that_may_be_slow(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    work = CoreLoop._work

    class Told(Producer):
        def begin_transaction(self) -> None:
            told.append("begin")
            super().begin_transaction()

    def slow_at_first(loop: CoreLoop, waiting: Any) -> Any:
        told.append("work")
        if told.count("work") == 1:
            monkeypatch.setattr(core, "QUICK_S", 0.0)
        done = work(loop, waiting)
        monkeypatch.setattr(core, "QUICK_S", 60.0)
        return done

    monkeypatch.setattr(core, "Producer", Told)
    monkeypatch.setattr(CoreLoop, "_work", slow_at_first)
    with cluster.loop("a"):
        for number in range(3):
            cluster.publish(_tickets(number, number + 1))
            cluster.wait_for(number + 1, topics.EVENTS)
    assert told[:4] == ["work", "begin"] * 2, "a session's first work, and what comes after slow work"
    assert told[4:6] == ["begin", "work"]


def test_a_commit_that_the_client_never_answers_is_given_up_and_done_again(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []
    for_ever = threading.Event()

    class Unanswered(Producer):
        def send_offsets_to_transaction(self, *arguments: Any) -> None:
            asked.append(time.monotonic())
            if len(asked) == 2:
                for_ever.wait()
            super().send_offsets_to_transaction(*arguments)

    monkeypatch.setattr(core, "Producer", Unanswered)
    monkeypatch.setattr(core, "GIVE_UP_S", 2.0)
    cluster.publish(_tickets(0, 3))
    with cluster.loop("a"):
        assert len(cluster.wait_for(3, topics.EVENTS)) == 3
        cluster.publish(_tickets(3, 6))
        assert len(cluster.wait_for(6, topics.EVENTS)) == 6
        _cover_each_offset_once(_ledger(cluster, 6))
    assert len(asked) > 3
    for_ever.set()


def test_sessions_that_are_lost_leave_no_threads_behind(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[int] = []

    class Refused(Producer):
        def commit_transaction(self, *arguments: Any) -> None:
            if len(lost) < 5:
                lost.append(_threads())
                raise KafkaException(KafkaError(KafkaError._STATE, "for the test"))
            super().commit_transaction(*arguments)

    monkeypatch.setattr(core, "Producer", Refused)
    cluster.publish(_tickets(0, 3))
    with cluster.loop("a"):
        assert len(cluster.wait_for(3, topics.EVENTS)) == 3
    assert max(lost[1:]) <= lost[0] + 2, f"threads at each session's end: {lost}"


def _threads() -> int:
    """How many threads this process has, those of client libraries too."""
    return len(list(Path("/proc/self/task").iterdir()))


@pytest.mark.timeout(120)
def test_fellows_that_come_and_go_lose_and_double_nothing(cluster: Cluster) -> None:
    batches = [_tickets(number * 150, (number + 1) * 150) for number in range(6)]
    cluster.publish(batches[0])
    with cluster.loop("a"):
        cluster.publish(batches[1])
        for slot, batch in zip(("b", "c", "b"), batches[2:5], strict=True):
            with cluster.loop(slot):
                cluster.publish(batch)
        cluster.publish(batches[5])
        events = cluster.wait_for(900, topics.EVENTS)
        entries = _ledger(cluster, 900)
    sources = Counter(_source_id(record) for record in events)
    assert sources == Counter(f"T-{n}" for n in range(900))
    assert len(cluster.records(topics.SIGNALS)) == 900
    assert len(cluster.records(topics.ORDERS)) == len(_undisturbed(batches).records(topics.ORDERS))
    _cover_each_offset_once(entries)


def _ledger(cluster: Cluster, accepted: int) -> list[LedgerEntry]:
    """All ledger entries, once they have accepted so many."""
    deadline = time.monotonic() + PATIENCE_S
    while True:
        bodies = [decode("LedgerEntry", 1, record.value or b"") for record in cluster.records(topics.LEDGER)]
        entries = [body for body in bodies if isinstance(body, LedgerEntry)]
        if sum(count.count for entry in entries for count in entry.counts) >= accepted:
            return entries
        assert time.monotonic() < deadline, "the ledger does not fill"


def _cover_each_offset_once(entries: list[LedgerEntry]) -> None:
    """Ranges of offsets of one partition follow each other without overlap."""
    partitions = {(entry.topic, entry.partition) for entry in entries}
    for at in partitions:
        ranges = sorted((e.first_offset, e.last_offset) for e in entries if (e.topic, e.partition) == at)
        for (_, last), (first, _) in pairwise(ranges):
            assert last < first, f"{at} was handled twice from offset {first}"


def _source_id(record: Record) -> str:
    body = decode(read_headers(record.headers).type, 1, record.value or b"")
    assert isinstance(body, CaseEvent)
    return body.source_id


def _undisturbed(batches: Sequence[Sequence[Sent]]) -> MemoryRunner:
    runner = MemoryRunner(steps(), PARTITIONS)
    for one in (one for batch in batches for one in batch):
        runner.publish_raw(one.topic, one.key, one.value, one.headers, arrived=one.arrived)
    runner.run()
    return runner
