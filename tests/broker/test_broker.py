"""The embedded broker is real Kafka: it keeps data, survives its starter and explains what is wrong."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest
from click.testing import CliRunner
from confluent_kafka import KafkaError, Producer
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewTopic

from hub.cli import main
from hub.errors import HubError
from hub.runtime import kafka_jars, kafka_process
from hub.runtime.broker import EmbeddedBroker


@pytest.fixture
def own(tmp_path: Path) -> Iterator[EmbeddedBroker]:
    """A broker of this test alone, not started, its path in Chinese as a user's may be."""
    embedded = EmbeddedBroker(tmp_path / "数据")
    yield embedded
    embedded.down()


def _create(bootstrap: str, topic: str) -> None:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=-1)])
    admin.close()


def _produce(bootstrap: str, topic: str, *values: bytes) -> None:
    producer = KafkaProducer(bootstrap_servers=bootstrap, acks="all")
    for value in values:
        producer.send(topic, value).get(timeout=10)
    producer.close()


def _consume(bootstrap: str, topic: str, wanted: int) -> list[bytes]:
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, consumer_timeout_ms=10_000)
    consumer.assign([TopicPartition(topic, 0)])
    consumer.seek_to_beginning()
    values = [record.value for _, record in zip(range(wanted), consumer, strict=False)]
    consumer.close()
    return values


def test_records_survive_down_and_up(own: EmbeddedBroker) -> None:
    bootstrap = own.up()
    _create(bootstrap, "tickets")
    _produce(bootstrap, "tickets", b"burst main", "路灯不亮".encode())
    assert own.down()
    assert not own.status().running

    assert own.up() == bootstrap
    _produce(bootstrap, "tickets", b"after")
    assert _consume(bootstrap, "tickets", 3) == [b"burst main", "路灯不亮".encode(), b"after"]


def test_up_twice_is_one_broker(own: EmbeddedBroker) -> None:
    bootstrap = own.up()
    first = own.status()
    assert own.up() == bootstrap
    assert own.status().nodes == first.nodes
    assert first.running
    assert first.size > 0


def test_a_killed_broker_comes_back_with_its_data(own: EmbeddedBroker) -> None:
    bootstrap = own.up()
    _create(bootstrap, "tickets")
    _produce(bootstrap, "tickets", b"kept")
    os.kill(own.status().nodes[0].pid, signal.SIGKILL)
    assert own.up() == bootstrap
    assert _consume(bootstrap, "tickets", 1) == [b"kept"]


def test_a_killed_broker_that_still_seems_to_live_comes_back(
    own: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap = own.up()
    os.kill(own.status().nodes[0].pid, signal.SIGKILL)
    looks, is_running = count(), kafka_process.is_running
    monkeypatch.setattr(
        kafka_process, "is_running", lambda pid, marker: next(looks) == 0 or is_running(pid, marker)
    )
    assert own.up() == bootstrap


def test_a_start_that_fails_leaves_no_process_and_can_be_repeated(
    own: EmbeddedBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr("hub.runtime.broker._START_SECONDS", -1.0)
        with pytest.raises(HubError, match="does not answer"):
            own.up()
    assert not own.status().alive
    assert own.up() == own.status().bootstrap


def test_the_command_starts_a_broker_that_outlives_it(tmp_path: Path) -> None:
    hub = [sys.executable, "-c", "from hub.cli import main; main()", "broker"]
    data = ["--data", str(tmp_path / "kafka")]
    status = ["broker", "status", *data]
    try:
        up = subprocess.run([*hub, "up", *data, "--port", "0"], check=True, capture_output=True, text=True)
        running = CliRunner().invoke(main, status)
        assert running.exit_code == 0
        assert up.stdout.strip() in running.output
        refused = CliRunner().invoke(main, ["broker", "up", *data, "--port", "1"])
        assert refused.exit_code == 2
        assert "already runs, on port" in refused.stderr
    finally:
        down = subprocess.run([*hub, "down", *data], check=True, capture_output=True, text=True)
    assert down.stdout == "stopped\n"
    assert CliRunner().invoke(main, status).exit_code == 3


def test_a_topic_nobody_declared_is_not_made(broker: str) -> None:
    producer = Producer({"bootstrap.servers": broker})
    for _ in range(2):
        topic = producer.list_topics("no.such.topic", timeout=10).topics["no.such.topic"]
        assert topic.error is not None
        assert topic.error.code() == KafkaError.UNKNOWN_TOPIC_OR_PART


def test_a_taken_port_is_named_with_its_fix(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with pytest.raises(HubError, match=f"port {port} is taken") as caught:
            EmbeddedBroker(tmp_path, port=port).up()
    assert "--port" in caught.value.fix


def test_a_changed_jar_never_runs(
    own: EmbeddedBroker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = kafka_jars.read_lock()
    home = kafka_jars.classpath(lock)[0].parent
    shutil.copytree(home, tmp_path / "cache" / home.name)
    monkeypatch.setenv("HUB_CACHE", str(tmp_path / "cache"))
    victim = tmp_path / "cache" / home.name / f"kafka-clients-{lock.kafka}.jar"
    victim.write_bytes(victim.read_bytes() + b"\0")

    with pytest.raises(HubError, match=f"kafka-clients-{lock.kafka}.jar is not .* SHA-256"):
        own.up()
    assert not own.status().alive


def test_three_brokers_lose_one_and_go_on(tmp_path: Path) -> None:
    cluster = EmbeddedBroker(tmp_path / "three", brokers=3)
    with cluster:
        bootstrap = cluster.up()
        _create(bootstrap, "tickets")
        os.kill(cluster.status().nodes[2].pid, signal.SIGKILL)
        # kafka-python leaves the sockets of refused connections open, so the other client writes here.
        producer = Producer({"bootstrap.servers": bootstrap, "acks": "all", "log_level": 0})
        producer.produce("tickets", b"with two of three")
        assert producer.flush(20) == 0
        assert len(cluster.status().alive) == 2
        assert not cluster.status().running

        assert cluster.up() == bootstrap
        assert cluster.status().running
        assert _consume(bootstrap, "tickets", 1) == [b"with two of three"]
    with pytest.raises(HubError, match="holds a cluster of 3, not 1"):
        EmbeddedBroker(tmp_path / "three").up()
