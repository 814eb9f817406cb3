"""The hub as its operators run it: a process of its own, on topics of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.scenarios.brook import PACK, PARTITIONS, brook, steps_with_state

from hub.runtime.admin import TopicAdmin, TopicSpec, wanted_topics
from hub.settings import load_settings

STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class OwnTopics:
    """The stories' city on the tests' broker, under a prefix."""

    brokers: str
    prefix: str
    folder: Path

    def make(self) -> None:
        """Make every topic of the city."""
        TopicAdmin(self.brokers).apply(self.specs())

    def specs(self) -> list[TopicSpec]:
        """Every topic of the city."""
        settings = load_settings(topic_prefix=self.prefix, partitions=PARTITIONS, simulated_time=True)
        return wanted_topics(brook(), steps_with_state(), settings)

    def start(self, *words: str) -> HubProcess:
        """Start a command of the hub."""
        return HubProcess(words, self.environment, self.folder)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of its commands."""
        return {
            **os.environ,
            "HUB_BROKERS": self.brokers,
            "HUB_TOPIC_PREFIX": self.prefix,
            "HUB_PARTITIONS": str(PARTITIONS),
            "HUB_SIMULATED_TIME": "true",
            "HUB_CITY": str(PACK),
            "HUB_DATA": str(self.folder / "data"),
        }


class HubProcess:
    """One process; leaving it as a context manager kills it, if it still runs."""

    def __init__(self, words: Sequence[str], env: dict[str, str], folder: Path) -> None:
        self._log = folder / f"{words[0]}.log"
        command = [sys.executable, "-c", "from hub.cli import main; main()", *words]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()

    @property
    def said(self) -> str:
        """What it and its predecessors of the same command have written."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    @property
    def pid(self) -> int:
        """Its number in the system."""
        return self._process.pid

    def send(self, number: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(number)

    def terminate(self) -> int:
        """Send SIGTERM, as every supervisor does, and wait; the exit code."""
        self.send(signal.SIGTERM)
        return self.wait(STOP_S)

    def wait(self, seconds: float) -> int:
        """Wait for its end; the exit code."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds:.0f} s; it says:\n{self.said}") from None

    def must_run(self) -> None:
        """AssertionError with what it says, if it has ended."""
        code = self._process.poll()
        assert code is None, f"ended with {code}; it says:\n{self.said}"
