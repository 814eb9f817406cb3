"""`hub doctor` and the checks before `hub run`, on a real broker: each made to find what it looks for."""

from __future__ import annotations

import json
import os
import shutil
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import CliRunner
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic
from tests.scenarios.brook import PACK, PARTITIONS, brook, steps
from tests.verify.told import entry

from hub import topics
from hub.cli import main
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.errors import HubError
from hub.runtime import admin, broker_clock, checks, doctor_rules
from hub.runtime.admin import TopicAdmin
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.checks import Deployment, require_sound
from hub.runtime.cluster_look import ClusterLook
from hub.runtime.doctor import examine
from hub.runtime.findings import Finding, Result
from hub.runtime.lag import LagReader, Position
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.schema_files import schemas_folder
from hub.runtime.signals import STOPPING
from hub.runtime.task import PartitionTask
from hub.settings import load_settings

PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Town:
    """A deployment of the stories' city under a prefix of its own."""

    deployment: Deployment

    @property
    def brokers(self) -> str:
        return self.deployment.brokers

    @property
    def prefix(self) -> str:
        return self.deployment.prefix

    def make(self) -> None:
        """Make every topic that it wants."""
        TopicAdmin(self.brokers).apply(self.deployment.wanted)

    def create(self, name: str, partitions: int, **config: str) -> None:
        """Make one topic by hand."""
        new = NewTopic(
            self.prefix + name, partitions, 1, config={k.replace("_", "."): v for k, v in config.items()}
        )
        client = AdminClient({"bootstrap.servers": self.brokers})
        client.create_topics([new])[new.topic].result()
        deadline = time.monotonic() + PATIENCE_S
        while not TopicAdmin(self.brokers).found([new.topic]):  # the controller knows before the brokers do
            assert time.monotonic() < deadline, f"{new.topic} does not come"

    def found(self, check: str, seconds: float = 1.0) -> Finding:
        """What one check finds."""
        return next(one for one in examine(self.deployment, seconds) if one.check == check)

    def before_work(self, check: str) -> Finding:
        """What one of the checks before work finds."""
        with ClusterLook(self.brokers) as look:
            return next(one for one in checks.check(self.deployment, look) if one.check == check)

    def hub(self, *words: str, **env: str) -> tuple[int, str]:
        """Run a command on this deployment; its exit code and all that it says."""
        settings = {
            "HUB_BROKERS": self.brokers,
            "HUB_TOPIC_PREFIX": self.prefix,
            "HUB_PARTITIONS": str(PARTITIONS),
            "HUB_CITY": str(PACK),
        }
        before = {number: signal.getsignal(number) for number in STOPPING}
        try:
            result = CliRunner().invoke(main, list(words), env=settings | env)
        finally:
            for number, handler in before.items():  # `hub run` takes them, and this is the tests' process
                signal.signal(number, handler)
        return result.exit_code, result.output

    @contextmanager
    def transaction(self, topic: str, *values: bytes) -> Iterator[str]:
        """A publisher that begins a transaction and waits; it aborts at the end of the block."""
        name = f"{self.prefix}somebody"
        producer = Producer({"bootstrap.servers": self.brokers, "transactional.id": name})
        producer.init_transactions(PATIENCE_S)
        producer.begin_transaction()
        for value in values:
            producer.produce(self.prefix + topic, value, partition=0)
        producer.flush(PATIENCE_S)
        yield name
        producer.abort_transaction(PATIENCE_S)

    @contextmanager
    def idle_member(self, group: str, topic: str) -> Iterator[None]:
        """A member of a group that takes partitions and commits nothing."""
        member = Consumer(
            {
                "bootstrap.servers": self.brokers,
                "group.id": f"{self.prefix}hub-{group}",
                "enable.auto.commit": False,
            }
        )
        member.subscribe([self.prefix + topic])
        deadline = time.monotonic() + PATIENCE_S
        while not member.assignment():
            assert time.monotonic() < deadline, "no partitions in time"
            member.poll(0.1)
        yield
        member.close()


def town_of(broker: str) -> Town:
    settings = load_settings(topic_prefix=f"doctor-{uuid.uuid4().hex[:8]}.", partitions=PARTITIONS)
    return Town(Deployment.of(broker, settings, brook(), steps()))


@pytest.fixture
def bare(broker: str) -> Iterator[Town]:
    """A town whose topics are not made yet."""
    town = town_of(broker)
    yield town
    _clean(town)


@pytest.fixture(scope="module")
def shared(broker: str) -> Iterator[Town]:
    """A town with its topics, for tests that leave nothing behind that others look at."""
    town = town_of(broker)
    town.make()
    yield town
    _clean(town)


def _clean(town: Town) -> None:
    client = AdminClient({"bootstrap.servers": town.brokers})
    mine = [name for name in client.list_topics(timeout=10).topics if name.startswith(town.prefix)]
    if mine:
        TopicAdmin(town.brokers).delete(mine)


def test_a_sound_deployment_that_nobody_runs(shared: Town) -> None:
    findings = {one.check: one for one in examine(shared.deployment, 1.0)}
    of_steps = {check for check in findings if check.startswith("step ")}
    assert {one.check for one in findings.values() if one.result is Result.WRONG} == of_steps
    assert of_steps >= {"step cases", "step sensing", "step delivery"}
    assert "nobody runs it" in findings["step cases"].found
    require_sound(shared.deployment)


def test_topics_with_other_partitions_missing_ones_and_changelogs_apart(bare: Town) -> None:
    bare.create(topics.SIGNALS, PARTITIONS + 1)
    bare.create(topics.changelog("cases").name, PARTITIONS, cleanup_policy="compact")
    found = bare.before_work("topics")
    assert found.result is Result.WRONG
    assert f"{bare.prefix}city.signals {PARTITIONS + 1} not {PARTITIONS}" in found.found
    assert "missing: " in found.found
    assert bare.before_work("changelogs").result is Result.WRONG
    assert bare.before_work("clock").result is Result.WRONG, "the topic that it needs is missing"
    code, said = bare.hub("run", "--demo-key", "--no-exporter")
    assert code == 2
    assert "other partition counts" in said
    assert f"HUB_PARTITIONS={PARTITIONS + 1}" in said


def test_too_few_copies_to_write_to(bare: Town) -> None:
    bare.create(topics.HOTLINE, PARTITIONS, min_insync_replicas="2")
    found = bare.before_work("copies")
    assert (found.result, "1 in sync, 2 needed" in found.found) == (Result.WRONG, True)


def test_a_topic_made_anew_with_a_setting_that_loses_records(bare: Town) -> None:
    bare.create(topics.HOTLINE, PARTITIONS, unclean_leader_election_enable="true")
    found = bare.before_work("elections")
    assert (found.result, topics.HOTLINE in found.found) == (Result.WRONG, True)
    group = {"bootstrap.servers": bare.brokers, "group.id": f"{bare.prefix}hub-city"}
    before = Consumer(group)
    before.commit(offsets=[TopicPartition(bare.prefix + topics.HOTLINE, 1, 99)], asynchronous=False)
    before.close()
    beyond = bare.found("step intake_hotline")
    assert beyond.result is Result.WRONG
    assert f"more than there is on {topics.HOTLINE} 1" in beyond.found


def test_topics_that_nobody_knows(bare: Town) -> None:
    bare.create("unit.orders.a-unit-that-left", 1)
    found = bare.found("strangers")
    assert (found.result, "a-unit-that-left" in found.found) == (Result.WARNING, True)


def test_a_transaction_that_hangs_is_named_and_holds_up_its_readers(
    shared: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doctor_rules, "OPEN_S", 1.0)
    with shared.transaction(topics.GRID, b"a", b"b") as name:
        found = shared.found("transactions open", 1.5)
        assert found.result is Result.WRONG
        assert f"{name} for " in found.found
        assert f"{shared.prefix}grid.reports 0, 2 records behind it" in found.found
    assert shared.found("transactions open").result is Result.OK


def test_a_step_that_stands_still_while_records_wait(shared: Town) -> None:
    with Publisher(shared.brokers, prefix=shared.prefix) as publisher:
        for number in range(5):
            publisher.publish_raw(topics.HOTLINE, b"k", b"v", [("ce_id", b"%d" % number)])
    with shared.idle_member("city", topics.HOTLINE):
        stuck = shared.found("step intake_hotline")
        assert stuck.result is Result.WRONG
        assert "stuck: 5 records wait" in stuck.found
        idle = shared.found("step intake_inspections")
        assert (idle.result, idle.found) == (Result.OK, "1 members, 0 records wait")


def test_what_was_aborted_does_not_wait(shared: Town) -> None:
    with shared.transaction(topics.ACTIONS, b"a", b"b", b"c"):
        pass
    reader = LagReader(shared.brokers, shared.prefix)
    at = (topics.ACTIONS, 0)
    assert reader.positions("city", (topics.ACTIONS,))[at] == Position(0, 4)
    assert not reader.anything_waits(*at, Position(0, 4))
    reader.close()
    with shared.idle_member("city", topics.ACTIONS):
        found = shared.found("step intake_actions")
        assert (found.result, found.found) == (Result.OK, "1 members, 0 records wait")


def test_dead_letters_of_the_last_hour(shared: Town) -> None:
    now = datetime.now(UTC)
    with Publisher(shared.brokers, prefix=shared.prefix) as publisher:
        for number, (reason, ago_s) in enumerate(
            [(Reason.UNKNOWN_PLACE, 7_200), (Reason.NO_VALUE, 60), (Reason.NO_VALUE, 0)]
        ):
            letter = _letter(f"letter-{number}", reason, now)
            publisher.publish(
                topics.DEAD_LETTERS,
                "a",
                letter,
                source="hub:test",
                id=letter.letter_id,
                time=now,
                timestamp=now - timedelta(seconds=ago_s),
            )
    found = shared.found("dead letters")
    assert found.result is Result.WARNING
    assert found.found == "2 in the last hour: no_value 2"


def _letter(id: str, reason: Reason, arrived: datetime) -> DeadLetter:
    return DeadLetter(
        letter_id=id,
        step="intake_hotline",
        reason=reason,
        detail="",
        topic=topics.HOTLINE,
        partition=0,
        offset=0,
        arrived=arrived,
        source="a",
        source_id=None,
        trace_id=id,
        key=None,
        value=None,
        headers=(),
    )


def test_a_clock_that_is_an_hour_ahead(shared: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    assert shared.before_work("clock").result is Result.OK
    ahead = SimpleNamespace(time=lambda: time.time() + 3_600)
    monkeypatch.setattr(broker_clock, "time", ahead)
    found = shared.before_work("clock")
    assert found.result is Result.WRONG
    assert "s ahead of the broker's" in found.found
    with pytest.raises(HubError, match=r"clock: 3\d{3}\.\d s ahead"):
        require_sound(shared.deployment)


def test_comparing_clocks_leaves_no_trace_in_the_city(bare: Town) -> None:
    bare.make()
    skew = broker_clock.clock_skew(bare.brokers, bare.prefix)
    assert skew is not None
    assert abs(skew) < 5
    sensing = next(step for step in steps() if step.name == "sensing")
    records = list(read_whole(bare.brokers, [topics.READINGS], prefix=bare.prefix))
    batch = PartitionTask(sensing, topics.READINGS, 0, PARTITIONS).process(records)
    assert dict(batch.reasons) == {Reason.CLOCK_MOVED: 1}
    assert {output.topic for output in batch.outputs} == {topics.LEDGER}


def test_schemas_that_are_not_on_record(
    shared: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    torn = tmp_path / "schemas"
    shutil.copytree(schemas_folder(), torn)
    (torn / "Alarm" / "v1.avsc").unlink()
    monkeypatch.setattr(checks, "schemas_folder", lambda: torn)
    found = shared.before_work("schemas")
    assert (found.result, "Alarm/v1.avsc" in found.found) == (Result.WRONG, True)


def test_a_ledger_that_does_not_balance_by_the_command(bare: Town) -> None:
    bare.make()
    with Publisher(bare.brokers, prefix=bare.prefix) as publisher:
        publisher.publish_raw(topics.HOTLINE, b"k", b"v", [("ce_id", b"lost")], partition=0)
        told = entry(topics.HOTLINE, 0, 0)
        publisher.publish(topics.LEDGER, "a", told, source="hub:test", id="e", time=datetime.now(UTC))
    code, said = bare.hub("doctor", "--seconds", "1", "--json")
    assert code == 1
    findings = {one["check"]: one for one in json.loads(said)["findings"]}
    assert findings["ledger"]["result"] == "wrong"
    assert "hub ledger" in findings["ledger"]["fix"]
    code, said = bare.hub("doctor", "--seconds", "1", "--quick")
    assert code == 1, "no step is run"
    assert "ledger" not in said.split("what to do")[1].replace("`hub ledger", "")
    assert "nobody runs it" in said


def test_a_cluster_that_does_not_answer(shared: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin, "_CONNECT_S", 0.5)
    code, said = shared.hub("doctor", "--json", HUB_BROKERS="127.0.0.1:1")
    assert code == 1
    (only,) = json.loads(said)["findings"]
    assert (only["check"], only["result"]) == ("cluster", "wrong")
    assert "127.0.0.1:1" in only["found"]
    code, said = shared.hub("run", "--demo-key", HUB_BROKERS="127.0.0.1:1")
    assert code == 2
    assert "No Kafka answers" in said


@pytest.mark.soak
def test_a_broker_of_three_is_gone(tmp_path: Path) -> None:
    cluster = EmbeddedBroker(tmp_path / "kafka", brokers=3)
    try:
        brokers = cluster.up()
        settings = load_settings(partitions=PARTITIONS, replication=3, min_insync_replicas=2)
        town = Town(Deployment.of(brokers, settings, brook(), steps()))
        town.make()
        assert town.before_work("copies").result is Result.OK
        assert town.before_work("brokers").found.startswith("3 of Kafka")
        pid = cluster.status().nodes[2].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + PATIENCE_S
        while len(TopicAdmin(brokers).addresses()) > 2:
            assert time.monotonic() < deadline, "the broker is missed by nobody"
            time.sleep(0.2)
        found = town.before_work("copies")
        assert found.result is Result.WARNING
        assert "copies behind" in found.found
        require_sound(town.deployment)  # two of three copies are enough to work
    finally:
        cluster.down()
