"""A replay gives the same files in memory, on Kafka and from its tape, also if stopped and taken up."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from click.testing import CliRunner
from tests.broker.hub_process import HubProcess, OwnTopics
from tests.scenarios.brook import PACK, PARTITIONS, border, by_code, heath, mill, quay
from tests.scenarios.language import days, hours, minute
from tests.scenarios.reports import GRID, HOTLINE, INSPECTORS

from hub import topics
from hub.cli import main
from hub.contracts.feeds import (
    ActionKind,
    Finding,
    GridReport,
    HazardGrade,
    HotlineTicket,
    Inspection,
    UnitAction,
)
from hub.contracts.fields import Contract, PlaceRef, Source
from hub.runtime.offsets import committed_offsets

PLACES = (
    *(place(north=45 * step) for place in (mill, quay, heath) for step in range(15)),
    *(border(east) for east in (-30, -10, 20, 40)),
    by_code("Ward 1"),
)
UNTIL = minute(days(20)).isoformat()
PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class City:
    """The made-up city's replays, on the tests' broker where they need one."""

    own: OwnTopics

    def replay(self, out: Path, *words: str) -> None:
        """Replay in this process."""
        env = {"HUB_BROKERS": self.own.brokers, "HUB_TOPIC_PREFIX": self.own.prefix}
        done = CliRunner().invoke(main, self._words(out, *words), env=env)
        assert done.exit_code == 0, done.output

    def start(self, out: Path, *words: str) -> HubProcess:
        """Replay in a process of its own."""
        return self.own.start(*self._words(out, *words))

    def _words(self, out: Path, *words: str) -> list[str]:
        return ["replay", "--city", str(PACK), "--partitions", str(PARTITIONS), "--out", str(out), *words]


@pytest.fixture
def city(broker: str, tmp_path: Path) -> City:
    return City(OwnTopics(broker, f"replay-{uuid.uuid4().hex[:8]}.", tmp_path))


@pytest.mark.timeout(400)
def test_memory_kafka_and_tape_give_the_same_files(city: City, tmp_path: Path) -> None:
    files = _files(tmp_path, 200)
    memory, kafka, tape, taped = (tmp_path / name for name in ("memory", "kafka", "tape", "taped"))
    city.replay(memory, "--until", UNTIL, *files)
    city.replay(kafka, "--until", UNTIL, "--runner", "kafka", *files)
    city.replay(tape, "--tape", str(memory / "tape.jsonl.gz"))
    city.replay(taped, "--runner", "kafka", "--tape", str(kafka / "tape.jsonl.gz"))
    wanted = _outputs(memory)
    told = {name for name, data in wanted.items() if data}
    assert told >= {
        f"{topic}.jsonl" for topic in (topics.EVENTS, topics.REFUSALS, topics.ORDERS, topics.DEAD_LETTERS)
    }
    assert _outputs(kafka) == wanted
    assert not (kafka / "unfinished.json").exists()
    assert _outputs(tape) == wanted
    assert _outputs(taped) == wanted
    assert (kafka / "tape.jsonl.gz").read_bytes() == (memory / "tape.jsonl.gz").read_bytes()


@pytest.mark.timeout(400)
def test_a_replay_stopped_amid_its_work_is_taken_up(city: City, tmp_path: Path) -> None:
    files = _files(tmp_path, 4_000)
    memory, kafka = tmp_path / "memory", tmp_path / "kafka"
    city.replay(memory, *files)
    with city.start(kafka, "--runner", "kafka", *files) as process:
        _wait_until_amid(city.own.brokers, kafka, process)
        assert process.terminate() != 0
    note = json.loads((kafka / "unfinished.json").read_text())
    with city.start(kafka, "--runner", "kafka", *files[:1]) as process:
        assert process.wait(PATIENCE_S) == 2
        assert "holds an unfinished replay of other files or settings" in process.said
    assert not (kafka / "summary.json").exists()
    with city.start(kafka, "--runner", "kafka", *files) as process:
        _wait_until_amid(city.own.brokers, kafka, process)
        assert json.loads((kafka / "unfinished.json").read_text()) == note, "the same run goes on"
        assert process.wait(PATIENCE_S) == 0, process.said
    assert _outputs(kafka) == _outputs(memory)
    assert not (kafka / "unfinished.json").exists()


def _wait_until_amid(brokers: str, out: Path, process: HubProcess) -> None:
    """Until a replay on Kafka has committed some of its work."""
    note, deadline = out / "unfinished.json", time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        process.must_run()
        if note.exists() and note.stat().st_size:
            prefix = json.loads(note.read_text())["prefix"]
            done = committed_offsets(brokers, f"{prefix}hub-city", prefix + topics.SIGNALS, range(PARTITIONS))
            if sum(done.values()):
                return
        time.sleep(0.01)
    raise AssertionError(f"no work was committed in {PATIENCE_S:.0f} s; it says:\n{process.said}")


def _outputs(folder: Path) -> dict[str, bytes]:
    """What a replay wrote, but for its tape and the facts of the run."""
    names = sorted([*folder.glob("*.jsonl"), folder / "summary.json"])
    return {path.name: path.read_bytes() for path in names}


# ---- files -------------------------------------------------------------------------------------------------


def _files(folder: Path, tickets: int) -> list[str]:
    """Files of four feeds with their profiles: good rows, repeated ones, wrong ones, rubbish."""
    chance = Random(11)
    rows: dict[str, list[Contract | str]] = {
        "hotline": [*_tickets(chance, tickets), "{", '{"source": "x", "id": "", "place": {}}'],
        "grid": list(_reports(chance, tickets // 10)),
        "inspections": list(_inspections(chance, tickets // 20)),
        "actions": list(_actions(chance, tickets)),
    }
    return [f"{_write(folder / f'{name}.jsonl', lines)}:{name}" for name, lines in rows.items()]


def _write(path: Path, rows: Sequence[Contract | str]) -> Path:
    lines = [row if isinstance(row, str) else row.model_dump_json() for row in rows]
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _tickets(chance: Random, count: int) -> Iterator[HotlineTicket]:
    for number in range(count):
        fields: dict[str, Any] = {
            "source": HOTLINE,
            "id": f"T-{number if chance.random() > 0.02 else number // 2}",
            "reported_at": minute(number * 3),
            "category": chance.choice(("noise", "noise", "lamp", "bill", "water.burst", "Elephants")),
            "place": chance.choice(PLACES) if chance.random() > 0.02 else PlaceRef(code="Atlantis"),
        }
        yield HotlineTicket(**fields)


def _reports(chance: Random, count: int) -> Iterator[GridReport]:
    for number in range(count):
        time = minute(number * 30 + 1)
        yield GridReport(
            source=GRID,
            id=f"G-{number}",
            reported_at=time,
            category="noise",
            place=chance.choice(PLACES),
            solved_at=time if chance.random() < 0.5 else None,
        )


def _inspections(chance: Random, count: int) -> Iterator[Inspection]:
    for number in range(count):
        yield Inspection(
            source=INSPECTORS,
            id=f"I-{number}",
            inspected_at=minute(number * 60 + 2),
            site=f"site {chance.randrange(9)}",
            place=chance.choice(PLACES),
            findings=(
                Finding(hazard=chance.choice(("hazard.pest", "hazard.exit")), grade=HazardGrade.GENERAL),
            ),
        )


def _actions(chance: Random, count: int) -> Iterator[UnitAction]:
    """The publisher closes its tickets; of some it gives a wrong place, of some it closes twice."""
    for number in range(0, count, 2):
        yield UnitAction(
            source=HOTLINE,
            id=f"C-{number // 4}",
            kind=ActionKind.CLOSE_SIGNAL,
            at=minute(number * 3 + hours(chance.choice((1, 5, 30)))),
            signal=Source(source=HOTLINE, id=f"T-{number}"),
            place=chance.choice(PLACES[:20]),
        )
