"""A worker whose clock is set by an hour, forth and back: no limit fires early or twice, time goes on."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import SystemRandom

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.workers import FaultCity, Worker
from tests.scenarios.brook import brook, mill, steps_with_state
from tests.scenarios.heard import Heard
from tests.scenarios.reports import ticket

from hub import topics
from hub.contracts.cases import CaseEvent, EventKind
from hub.contracts.fields import Urgency
from hub.contracts.signals import ClockTick
from hub.runtime.admin import TopicAdmin
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole
from hub.runtime.topic_specs import wanted_topics
from hub.settings import load_settings

HOUR = timedelta(hours=1)
SOON_S = 8.0
NEAR_S = 20.0
"""Ticks must lie so near to the broker's time: far less than an hour, and enough for a busy machine."""
PROBE_AGE = timedelta(days=300)
"""A worker that starts compares clocks by a tick of years ago, which moves no clock."""
PATIENCE_S = 120.0
TICKS = 4
SHIM = """
import os, time
told = time.time
def off():
    with open(os.environ["SHIM_CLOCK"]) as setting:
        return float(setting.read())
time.time = lambda: told() + off()
"""
"""Python runs it before the worker. libfaketime, which sets it for all threads, does not do here: where it
changes amid a wait of librdkafka's, that wait does not end, also in a program of three lines.
"""


@dataclass(frozen=True, slots=True)
class Machine:
    """A city that lives in real time, on a machine whose clock the test sets."""

    city: FaultCity
    setting: Path

    def set_clock(self, off: timedelta) -> None:
        """From now on the worker's clock is off by so much; the test's and the broker's are not."""
        fresh = self.setting.with_suffix(".new")
        fresh.write_text(f"{off.total_seconds():+.0f}\n")
        fresh.replace(self.setting)

    def report(self, id: str, due: datetime, *, north: float) -> None:
        """A smell of gas that somebody must sign for by then."""
        limit = brook().limits_of("gas", Urgency.LIFE).sign_for_h
        assert limit is not None
        opened = due - timedelta(hours=limit)
        made = ticket(id, "gas", mill(north=north))(opened, Heard())
        with Publisher(self.city.brokers, prefix=self.city.prefix) as publisher:
            publisher.publish_raw(made.topic, made.key, made.value, list(made.headers))

    def breaches(self) -> Counter[str]:
        """How often limits of each report's case were passed."""
        moves: Counter[str] = Counter()
        reported: dict[str, str] = {}
        for event in self._events():
            if event.source != "clock":
                reported[event.case_id] = event.source_id
            moves[reported[event.case_id]] += sum(move.kind is EventKind.BREACHED for move in event.moves)
        return +moves

    def ticks(self) -> list[tuple[datetime, datetime]]:
        """Every tick among the readings, whose records the broker stamps: what it said, and when that was."""
        found = []
        for record in read_whole(self.city.brokers, [topics.READINGS], prefix=self.city.prefix):
            body = decode(read_headers(record.headers).type, 1, record.value or b"")
            assert isinstance(body, ClockTick)
            stamped = datetime.fromtimestamp(record.timestamp_ms / 1000, UTC)
            if body.at > stamped - PROBE_AGE:
                found.append((body.at, stamped))
        return found

    def _events(self) -> Iterator[CaseEvent]:
        for record in read_whole(self.city.brokers, [topics.EVENTS], prefix=self.city.prefix):
            body = decode(read_headers(record.headers).type, 1, record.value or b"")
            assert isinstance(body, CaseEvent)
            yield body


@pytest.fixture
def machine(broker: str, tmp_path: Path) -> Iterator[Machine]:
    setting, shim = tmp_path / "clock", tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(SHIM)
    env = {
        "HUB_SIMULATED_TIME": "false",
        "HUB_TICK_SECONDS": "0.5",
        "PYTHONPATH": os.pathsep.join(filter(None, (str(shim), os.environ.get("PYTHONPATH")))),
        "SHIM_CLOCK": str(setting),
    }
    prefix = f"clock-{SystemRandom().randrange(1 << 32):08x}."
    city = FaultCity(broker, prefix, tmp_path, env=env)
    settings = load_settings(topic_prefix=prefix, partitions=city.partitions, simulated_time=False)
    TopicAdmin(broker).apply(wanted_topics(brook(), steps_with_state(), settings))
    machine = Machine(city, setting)
    machine.set_clock(timedelta(0))
    yield machine
    city.remove()


@pytest.mark.timeout(400)
def test_a_clock_that_is_set_by_an_hour_fires_nothing_early_or_twice(machine: Machine, say: Say) -> None:
    _jump(machine, say, (HOUR, -HOUR))


@pytest.mark.soak
def test_a_clock_that_is_set_ten_times(machine: Machine, say: Say) -> None:
    _jump(machine, say, (HOUR, -HOUR, 3 * HOUR, -24 * HOUR, timedelta(0)) * 2)


def _jump(machine: Machine, say: Say, jumps: tuple[timedelta, ...]) -> None:
    """At every jump one limit is near, another well within what the clock jumps over."""
    worker = machine.city.start("0")
    try:
        _until(worker, lambda: len(machine.ticks()) >= TICKS, "no ticks")
        machine.report("far", datetime.now(UTC) + timedelta(minutes=50), north=-100)
        for number, off in enumerate(jumps):
            due = datetime.now(UTC) + timedelta(seconds=SOON_S)
            machine.report(f"near-{number}", due, north=100 * number)
            machine.set_clock(off)
            before = len(machine.ticks())
            _until(worker, lambda before=before: len(machine.ticks()) >= before + TICKS, "the ticker stopped")  # type: ignore[misc]
            if datetime.now(UTC) < due:
                assert machine.breaches()[f"near-{number}"] == 0, "fired early"
            _until(worker, lambda number=number: machine.breaches()[f"near-{number}"] > 0, "never fired")  # type: ignore[misc]
            assert datetime.now(UTC) >= due, "fired early"
        wanted = Counter({f"near-{number}": 1 for number in range(len(jumps))})
        assert machine.breaches() == wanted, "each once, and the far one not at all"
        assert worker.terminate() == 0
    finally:
        if worker.runs:
            worker.kill()
    off_by = [abs((at - stamped).total_seconds()) for at, stamped in machine.ticks()]
    say(
        f"{len(off_by)} ticks, {max(off_by):.1f} s off at most; {worker.said.count('clock_was_set')} warnings"
    )
    assert max(off_by) < NEAR_S
    assert "clock_was_set" in worker.said, "nobody set the worker's clock: this proves nothing"


def _until(worker: Worker, done: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert worker.unasked_end is None, f"ended; it says:\n{worker.said}"
        assert time.monotonic() < deadline, f"{what}; it says:\n{worker.said}"
        time.sleep(0.2)
