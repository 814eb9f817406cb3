"""The city under test and its workers: real `hub run` processes, each in a slot of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.scenarios.brook import PACK, brook

from hub import topics
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.topic_specs import TopicSpec, wanted_topics
from hub.settings import DEMO_PSEUDONYM_KEY, load_settings
from hub.topology import build_steps

STOP_S = 60.0


@dataclass(frozen=True, slots=True)
class FaultCity:
    """The stories' city on a cluster, under a prefix; ``env`` adds variables to every worker of it."""

    brokers: str
    prefix: str
    folder: Path
    partitions: int = 3
    replication: int = 1
    min_insync: int = 1
    env: Mapping[str, str] = field(default_factory=dict)

    def make(self) -> None:
        """Make every topic of the city."""
        TopicAdmin(self.brokers).apply(self._specs())

    def remove(self) -> None:
        """Remove them again: hundreds of topics slow a broker down for the tests that follow."""
        TopicAdmin(self.brokers).delete(spec.name for spec in self._specs())

    def steps(self) -> tuple[Step, ...]:
        """The steps as its workers run them."""
        return build_steps(brook(), Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))

    def topics(self) -> list[str]:
        """Every topic of the city, named as the map does."""
        return [spec.name.removeprefix(self.prefix) for spec in self._specs()]

    def partitions_of(self, topic: str) -> int:
        """How many partitions a topic of the city has."""
        return 1 if topic in {topics.unit_orders(unit).name for unit in brook().units} else self.partitions

    def start(self, slot: str, *words: str, brokers: str | None = None, machine: int = 0) -> Worker:
        """Start a worker in a slot; ``brokers`` are those that it is told, if not the city's own.

        Each machine has a data folder of its own: on one machine, no two may share a slot.
        """
        env = {
            **os.environ,
            "HUB_BROKERS": brokers or self.brokers,
            "HUB_TOPIC_PREFIX": self.prefix,
            "HUB_PARTITIONS": str(self.partitions),
            "HUB_REPLICATION": str(self.replication),
            "HUB_MIN_INSYNC_REPLICAS": str(self.min_insync),
            "HUB_SIMULATED_TIME": "true",
            "HUB_CITY": str(PACK),
            "HUB_SLOT": slot,
            "HUB_DATA": str(self.folder / (f"data-{machine}" if machine else "data")),
            **self.env,
        }
        return Worker(slot, words, env, self.folder)

    def _specs(self) -> list[TopicSpec]:
        settings = load_settings(
            topic_prefix=self.prefix,
            partitions=self.partitions,
            replication=self.replication,
            min_insync_replicas=self.min_insync,
            simulated_time=True,
        )
        stateful = [step.name for step in self.steps() if step.stateful]
        return wanted_topics(brook(), stateful, settings)


class Worker:
    """One `hub run` process. What it ends by itself, without being told to, is a finding: ``unasked_end``."""

    def __init__(self, slot: str, words: tuple[str, ...], env: Mapping[str, str], folder: Path) -> None:
        self.slot = slot
        self._log = folder / f"worker-{slot}.log"
        self._from = self._log.stat().st_size if self._log.exists() else 0
        self._told_to_end = False
        program = "from hub.cli import main; main()"
        command = [sys.executable, "-c", program, "run", "--demo-key", "--no-exporter", *words]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, env=dict(env), cwd=folder, stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    @property
    def said(self) -> str:
        """What this process has written, without its predecessors in the slot."""
        with self._log.open("rb") as log:
            log.seek(self._from)
            return log.read().decode("utf-8", "replace")

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    @property
    def unasked_end(self) -> int | None:
        """Its exit code, if it ended without being told to."""
        return None if self._told_to_end else self._process.poll()

    def kill(self) -> None:
        """SIGKILL, and wait for its end."""
        self._told_to_end = True
        self._process.kill()
        self._process.wait()

    def freeze(self) -> None:
        """SIGSTOP: it holds all that it has, and does nothing."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """SIGCONT."""
        self._process.send_signal(signal.SIGCONT)

    def terminate(self, patience_s: float = STOP_S) -> int:
        """SIGTERM, as every supervisor does, and wait; the exit code. AssertionError if it hangs."""
        self._told_to_end = True
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(patience_s)
        except subprocess.TimeoutExpired:
            raise AssertionError(
                f"hangs: told to stop {patience_s:.0f} s ago; it says:\n{self.said}"
            ) from None

    def show_stacks(self) -> None:
        """SIGUSR1, at which its host writes down what each of its threads is doing."""
        self._process.send_signal(signal.SIGUSR1)

    def ask_to_end(self) -> None:
        """SIGTERM without waiting; ``terminate`` or ``kill`` later."""
        self._told_to_end = True
        self._process.send_signal(signal.SIGTERM)
