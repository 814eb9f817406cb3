"""A clerk at the desk: the command in a terminal of 80 by 24, keys, a worker, real Kafka."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from tests.broker.hub_process import OwnTopics
from tests.scenarios.brook import mill
from tests.scenarios.heard import Heard
from tests.scenarios.reports import ticket

from hub.runtime.publisher import Publisher

PATIENCE_S = 30.0
_ESCAPES = re.compile(r"\x1b(\[[0-9;?]*[a-zA-Z]|\][^\x07]*\x07|[=>])")


@pytest.fixture(scope="module")
def own(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnTopics]:
    """A worker of the stories' city, and one case of the mill's."""
    own = OwnTopics(broker, f"desk-{uuid.uuid4().hex[:8]}.", tmp_path_factory.mktemp("desk"))
    own.make()
    with own.start("run", "--demo-key") as worker:
        with Publisher(broker, prefix=own.prefix) as publisher:
            sent = ticket("T-1", "noise", mill(), title="Loud music")(datetime.now(UTC), Heard())
            publisher.publish_raw(sent.topic, sent.key, sent.value, list(sent.headers))
        yield own
        worker.terminate()


class Terminal:
    """A terminal with `hub unit` in it."""

    def __init__(self, own: OwnTopics, *words: str) -> None:
        self._master, self._slave = pty.openpty()
        fcntl.ioctl(self._slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.before = termios.tcgetattr(self._slave)
        self._shown = ""
        self.process = subprocess.Popen(
            [sys.executable, "-c", "from hub.cli import main; main()", "unit", *words],
            env={**own.environment, "TERM": "xterm-256color"},
            cwd=own.folder,
            stdin=self._slave,
            stdout=self._slave,
            stderr=self._slave,
            start_new_session=True,
        )

    def press(self, keys: str) -> None:
        """Press keys; what was shown before is forgotten."""
        self._shown = ""
        os.write(self._master, keys.encode())

    def sees(self, text: str) -> None:
        """Wait until the screen shows a text. AssertionError with what it shows instead."""
        until = time.monotonic() + PATIENCE_S
        while text not in self._shown:
            assert time.monotonic() < until, f"no {text!r} in:\n{self._shown[-4000:]}"
            if select.select([self._master], [], [], 0.2)[0]:
                read = os.read(self._master, 65536).decode(errors="replace")
                self._shown += _ESCAPES.sub("", read)

    @property
    def settings(self) -> list[object]:
        """How the terminal is set now."""
        return [*termios.tcgetattr(self._slave)]

    def close(self) -> None:
        """End what still runs, by its number."""
        with suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        os.close(self._master)
        os.close(self._slave)


@pytest.fixture
def terminal(own: OwnTopics) -> Iterator[Terminal]:
    """The mill's desk."""
    found = Terminal(own, "mill")
    yield found
    found.close()


def test_a_case_is_signed_for_started_and_resolved_with_keys(terminal: Terminal) -> None:
    terminal.sees("Loud music")
    terminal.sees("[s] sign for")
    terminal.press("r")
    terminal.sees("no move of yours in stage dispatched")
    terminal.press("s")
    terminal.sees("signed_for; stage signed_for, lead mill")
    terminal.sees("[t] start")
    terminal.press("t")
    terminal.sees("started; stage in_work")
    terminal.sees("[p] progress")
    terminal.press("p")
    terminal.sees("Note")
    terminal.press("on our way\r")
    terminal.sees("progressed; stage in_work")
    terminal.press("r")
    terminal.sees("resolved; stage resolved")
    terminal.press("q")
    assert terminal.process.wait(PATIENCE_S) == 0
    assert terminal.settings == terminal.before


def test_the_terminal_is_left_as_it_was_by_whatever_ends_the_desk(terminal: Terminal) -> None:
    terminal.sees("Mill office")
    assert terminal.settings != terminal.before
    terminal.process.send_signal(signal.SIGTERM)
    assert terminal.process.wait(PATIENCE_S) == 0
    assert terminal.settings == terminal.before


def test_without_a_terminal_the_inbox_is_printed(own: OwnTopics) -> None:
    _wait_for_the_order(own)
    assert "Loud music" in _said(own, "mill", "--once")
    (line,) = _said(own, "mill", "--json").splitlines()
    assert json.loads(line)["order"]["summary"] == "Loud music"
    assert _said(own, "quay", "--json") == ""
    counts = [json.loads(line) for line in _said(own, "--json").splitlines()]
    assert [one["unit"] for one in counts if one["waiting"]] == ["mill"]


def _wait_for_the_order(own: OwnTopics) -> None:
    until = time.monotonic() + PATIENCE_S
    while not _said(own, "mill", "--json"):
        assert time.monotonic() < until, "the order does not come"


def _said(own: OwnTopics, *words: str) -> str:
    command = [sys.executable, "-c", "from hub.cli import main; main()", "unit", *words]
    done = subprocess.run(command, env=own.environment, cwd=own.folder, capture_output=True, check=True)
    return done.stdout.decode()


def test_a_unit_that_the_city_does_not_have_is_told(own: OwnTopics, tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from hub.cli import main; main()", "unit", "nobody", "--once"]
    wrong = subprocess.run(command, env=own.environment, cwd=tmp_path, capture_output=True, check=False)
    assert wrong.returncode == 2
    assert b"no unit nobody" in wrong.stderr
