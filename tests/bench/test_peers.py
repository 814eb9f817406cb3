"""Peers of the benchmarks: pinned to the letter, told with a reason where they can't run here."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from benchmarks import orders
from benchmarks.peers import entrants, jvm, python_env
from benchmarks.peers.python_env import requirements_of

from hub.errors import HubError
from hub.runtime import ports

PYTHON_PEERS = ("quix", "bytewax")
JVM_PEERS = ("kafka_streams", "flink")


@pytest.mark.parametrize("peer", PYTHON_PEERS)
def test_every_library_of_a_python_peer_has_one_exact_version(peer: str) -> None:
    lines = [line for line in requirements_of(peer).read_text().splitlines() if not line.startswith("#")]
    assert any(line.startswith(("quixstreams==", "bytewax==")) for line in lines)
    assert [line for line in lines if not re.fullmatch(r"[A-Za-z0-9_.-]+==[0-9][\w.]*", line)] == []


def test_the_lock_holds_what_the_pom_asks_for() -> None:
    asked = {
        tuple(one.findtext(name) for name in ("groupId", "artifactId", "version"))
        for one in ElementTree.parse(jvm.PROJECT / "pom.xml").iter("dependency")
    }
    locked = {(jar.group, jar.artifact, jar.version) for jar in jvm.read_lock().jars}
    assert asked
    assert asked <= locked, "after a change to the pom run: python -m benchmarks.peers.pin"


def test_the_lock_pins_every_jar_once_and_names_no_place() -> None:
    jars = jvm.read_lock().jars
    assert len({jar.filename for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)
    assert "://" not in jvm.LOCK_FILE.read_text()


def test_java_and_python_know_the_same_departments() -> None:
    source = next(path for path in jvm.sources() if path.name == "Tickets.java").read_text()
    found = dict(re.findall(r"int (CATEGORIES|DEPARTMENTS) = (\d+);", source))
    assert found == {"CATEGORIES": str(orders.CATEGORIES), "DEPARTMENTS": str(orders.DEPARTMENTS)}


def test_other_requirements_are_another_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_CACHE", str(tmp_path))
    before = python_env.home_of("quix")
    other = tmp_path / "quix.txt"
    other.write_text("quixstreams==1.0\n")
    monkeypatch.setattr(python_env, "requirements_of", lambda _: other)
    assert python_env.home_of("quix") != before
    assert python_env.home_of("quix").is_relative_to(tmp_path)


def test_an_installed_environment_is_used_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUB_CACHE", str(tmp_path))
    home = python_env.home_of("bytewax")
    home.mkdir(parents=True)
    (home / "complete").touch()
    assert python_env.python_of("bytewax") == home / "bin" / "python"


def test_a_failed_installation_says_why_without_addresses_and_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HUB_CACHE", str(tmp_path))
    home = python_env.home_of("quix")

    def pip_in(folder: Path, **_: bool) -> None:
        pip = folder / "bin" / "python"
        pip.parent.mkdir(parents=True)
        pip.write_text(
            "#!/bin/sh\necho 'ERROR: nothing at http://me:secret@example/ to be had' >&2\nexit 1\n"
        )
        pip.chmod(0o755)

    monkeypatch.setattr("venv.create", pip_in)
    with pytest.raises(HubError) as caught:
        python_env.python_of("quix")
    assert caught.value.message == "quix can't be installed: nothing at to be had"
    assert not (home / "complete").exists()


def test_peers_that_cannot_be_had_are_named_with_their_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settings = tmp_path / "jgo.conf"
    settings.write_text(f"[repositories]\ncentral = http://127.0.0.1:{ports.free_ports(1)[0]}\n")
    monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
    monkeypatch.setenv("HUB_CACHE", str(tmp_path / "cache"))
    one = jvm.read_lock().jars[0]
    monkeypatch.setattr(jvm, "read_lock", lambda: jvm.Lock(jars=(one,)))

    def no_network(peer: str) -> Path:
        raise HubError(f"{peer} can't be installed: no network", fix="find one")

    monkeypatch.setattr(python_env, "python_of", no_network)
    found = {peer.name: peer.reason for peer in entrants.entrants(lambda _: None)}
    assert tuple(found) == (*PYTHON_PEERS, *JVM_PEERS)
    assert found["quix"] == "quix can't be installed: no network"
    assert found["flink"] == found["kafka_streams"]
    assert f"can't fetch {one}, a part of the peers in Java" in found["flink"]


def test_each_peer_is_started_on_the_work_by_its_own_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(python_env, "python_of", lambda peer: Path("/env") / peer)
    monkeypatch.setattr(jvm, "java_command", lambda _: ("java", "-cp", "jars"))
    found = {peer.name: peer.command("packs")[-1] for peer in entrants.entrants(lambda _: None)}
    assert found == {
        "quix": "benchmarks.peers.quix_packs",
        "bytewax": "benchmarks.peers.bytewax_packs",
        "kafka_streams": "hub.bench.StreamsPacks",
        "flink": "hub.bench.FlinkPacks",
    }
