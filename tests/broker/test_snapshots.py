"""Rows come back on a real cluster: the same from a snapshot and its tail as from the whole changelog."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from confluent_kafka import Producer
from tests.runtime.row_changes import NOON, SEEN, STEP
from tests.scenarios import brook
from tests.scenarios.heard import Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import ticket

from hub import topics
from hub.contracts.case_memory import SeenSignal
from hub.flow import Delete, put
from hub.runtime import state_keeper
from hub.runtime.admin import TopicAdmin
from hub.runtime.changelog import RestoreProgress, row_key
from hub.runtime.core import CoreConfig, CoreLoop
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.state import PartitionState
from hub.runtime.state_keeper import SnapshotConfig, SnapshotResult, StateKeeper
from hub.runtime.topic_specs import topic_spec
from hub.settings import load_settings
from hub.topics import TOPICS, changelog

pytestmark = pytest.mark.timeout(180)

PARTITIONS = 2
SOURCE = STEP.sources[0]


@dataclass
class Town:
    """A step's changelog on a cluster, its folder of snapshots, and what was heard of them."""

    brokers: str
    topic: str
    folder: Path
    heard: list[SnapshotResult]
    progress: list[RestoreProgress]

    def keeper(self, *, snapshots: bool = True) -> StateKeeper:
        config = SnapshotConfig(self.folder, records=20, rules="a city") if snapshots else None
        return StateKeeper(
            self.brokers, "0", config, self.progress.append, lambda _, result: self.heard.append(result)
        )

    def make(self) -> None:
        settings = load_settings(partitions=PARTITIONS, simulated_time=True)
        spec = topic_spec(changelog(STEP.name), settings)
        TopicAdmin(self.brokers).apply(
            [type(spec)(self.topic, spec.partitions, spec.replication, spec.config)]
        )

    def remove(self) -> None:
        TopicAdmin(self.brokers).delete([self.topic])


@pytest.fixture
def town(broker: str, tmp_path: Path) -> Iterator[Town]:
    town = Town(broker, f"kept-{uuid.uuid4().hex[:8]}.changelog", tmp_path, [], [])
    town.make()
    yield town
    town.remove()


class Life:
    """The partitions of a step at work: transactions of random changes, some aborted and rolled back."""

    def __init__(self, town: Town, keeper: StateKeeper, seed: int) -> None:
        self.states = {partition: PartitionState(STEP) for partition in range(PARTITIONS)}
        self.keeper = keeper
        self._town = town
        self._random = random.Random(seed)
        self._producer = Producer(
            {"bootstrap.servers": town.brokers, "transactional.id": uuid.uuid4().hex, "log_level": 3}
        )
        self._producer.init_transactions(30)

    def restore(self) -> int:
        return self.keeper.restore(STEP, self._town.topic, self.states)

    def work(self, transactions: int) -> None:
        for _ in range(transactions):
            aborted = self._random.random() < 0.3
            self._producer.begin_transaction()
            for partition, state in self.states.items():
                self._change(partition, state)
            if aborted:
                self._producer.abort_transaction(30)
                for state in self.states.values():
                    state.roll_back()
            else:
                self._producer.commit_transaction(30)
                self._producer.poll(0)
                self.keeper.committed((SOURCE, partition) for partition in self.states)
            self.keeper.turn()

    def _change(self, partition: int, state: PartitionState) -> None:
        for _ in range(self._random.randrange(1, 8)):
            key = f"key {self._random.randrange(60)}"
            if self._random.random() < 0.3:
                state.apply((Delete(SEEN, key),))
            else:
                due = NOON + timedelta(minutes=self._random.randrange(600))
                state.apply((put(SEEN, key, SeenSignal(case_id="xyz", time=NOON, forget_at=due)),))
        changes = state.flush()
        for number, ((table, key), data) in enumerate(changes, start=1):
            note = self.keeper.logs((SOURCE, partition)) if number == len(changes) else None
            self._producer.produce(
                self._town.topic, data, key=row_key(table, key), partition=partition, on_delivery=note
            )


def contents(states: dict[int, PartitionState]) -> list[object]:
    return [
        (list(state.rows(SEEN)), state.first_due(), sorted(state.encoded_rows()), state.size())
        for state in states.values()
    ]


@pytest.mark.parametrize("leaves", [True, False], ids=["clean stop", "killed"])
def test_snapshot_and_tail_are_the_changelog(
    town: Town, monkeypatch: pytest.MonkeyPatch, leaves: bool
) -> None:
    monkeypatch.setattr(state_keeper, "PACKED_ROWS", 1)
    monkeypatch.setattr(state_keeper, "LEAVING_RECORDS", 1)
    for session in range(4):
        life = Life(town, town.keeper(), seed=session)
        life.restore()
        whole = Life(town, town.keeper(snapshots=False), seed=0)
        whole.restore()
        assert contents(life.states) == contents(whole.states)
        if session:
            assert town.heard[-PARTITIONS:] == [SnapshotResult.USED] * PARTITIONS
        life.work(15)
        if leaves:
            life.keeper.hold()
            life.keeper.drop((SOURCE, 0))
        life.keeper.leave()
    assert SnapshotResult.WRITTEN in town.heard
    assert not {SnapshotResult.FAILED, SnapshotResult.IGNORED} & {*town.heard}


def test_a_changelog_made_anew_takes_no_rows_of_the_old_one(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_keeper, "PACKED_ROWS", 1)
    life = Life(town, town.keeper(), seed=1)
    life.restore()
    life.work(5)
    assert Life(town, town.keeper(), seed=1).restore() > 0
    town.remove()
    town.make()
    assert Life(town, town.keeper(), seed=1).restore() == 0
    assert town.heard[-PARTITIONS:] == [SnapshotResult.IGNORED] * PARTITIONS


def test_a_folder_that_takes_no_files_costs_time_only(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_keeper, "PACKED_ROWS", 1)
    life = Life(town, town.keeper(), seed=2)
    life.restore()
    town.folder.rmdir()
    town.folder.write_text("a file where the folder should be")
    life.work(30)
    life.keeper.leave()
    again = Life(town, town.keeper(), seed=2)
    again.restore()
    assert contents(again.states) == contents(life.states)
    assert SnapshotResult.FAILED in town.heard


def test_progress_is_told_from_the_beginning_to_the_end(town: Town) -> None:
    life = Life(town, town.keeper(snapshots=False), seed=3)
    life.restore()
    life.work(5)
    town.progress.clear()
    Life(town, town.keeper(snapshots=False), seed=3).restore()
    first, last = town.progress[0], town.progress[-1]
    assert (first.step, first.done, first.finished) == (STEP.name, 0, False)
    assert last.finished
    assert last.done == last.total > 0


@dataclass
class Working:
    """A city on a cluster whose loop keeps snapshots."""

    brokers: str
    prefix: str
    folder: Path
    heard: list[SnapshotResult]

    @contextmanager
    def loop(self) -> Iterator[None]:
        snapshots = SnapshotConfig(self.folder, records=10, rules="a city")
        config = CoreConfig(self.brokers, "city", "a", self.prefix, brook.PARTITIONS, snapshots)
        loop = CoreLoop(brook.steps(), config, on_snapshot=lambda _, result: self.heard.append(result))
        with ThreadPoolExecutor(1) as pool:
            end = pool.submit(loop.run)
            try:
                yield
            finally:
                loop.stop()
        end.result()

    def publish(self, sent: list[Sent]) -> None:
        with Publisher(self.brokers, prefix=self.prefix) as publisher:
            for one in sent:
                publisher.publish_raw(one.topic, one.key, one.value, list(one.headers), timestamp=one.arrived)

    def wait_for(self, count: int, topic: str) -> None:
        deadline = time.monotonic() + 40
        while (found := sum(1 for _ in read_whole(self.brokers, [topic], prefix=self.prefix))) < count:
            assert time.monotonic() < deadline, f"{topic} has {found} records, not {count}"
        assert found == count


@pytest.fixture
def working(broker: str, tmp_path: Path) -> Iterator[Working]:
    prefix = f"snap-{uuid.uuid4().hex[:8]}."
    settings = load_settings(topic_prefix=prefix, partitions=brook.PARTITIONS, simulated_time=True)
    logs = [changelog(step.name) for step in brook.steps() if step.stateful]
    specs = [topic_spec(topic, settings) for topic in (*TOPICS.values(), *logs)]
    admin = TopicAdmin(broker)
    admin.apply(specs)
    yield Working(broker, prefix, tmp_path, [])
    admin.delete(spec.name for spec in specs)


def test_a_loop_goes_on_from_its_snapshots(working: Working, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_keeper, "LEAVING_RECORDS", 1)
    places = (brook.mill(), brook.quay(400), brook.heath())
    tickets = [ticket(f"T-{n}", "bill", places[n % 3])(minute(n / 10), Heard()) for n in range(40)]
    working.publish(tickets[:30])
    with working.loop():
        working.wait_for(30, topics.EVENTS)
    assert SnapshotResult.WRITTEN in working.heard
    working.heard.clear()
    working.publish(tickets)
    with working.loop():
        working.wait_for(40, topics.EVENTS)
        working.wait_for(30, topics.REFUSALS)
    assert SnapshotResult.USED in working.heard
    assert SnapshotResult.IGNORED not in working.heard
