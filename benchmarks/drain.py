"""Workers that drain what lies before them: it becomes visible at one moment, the last commit ends it."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from confluent_kafka import Producer

from benchmarks.ground import PARTITIONS, Field, new_prefix
from benchmarks.measure import PATIENCE_S
from benchmarks.workers import Used, Worker
from hub.errors import HubError
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.outputs import Output
from hub.runtime.topic_specs import topic_spec
from hub.settings import load_settings
from hub.topics import TOPICS, changelog

POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Task:
    """What one worker is to do."""

    brokers: str
    prefix: str
    partitions: int
    work: str
    """Which steps: "route", "packs" or "city"."""
    group: str
    slot: str
    commits: str
    """File for a line of each commit."""
    held: str
    """File for the number of partitions that the worker holds."""


@dataclass(frozen=True, slots=True)
class CommitLine:
    """One commit: when (of this machine's clock that never goes back), and by step or topic what was done."""

    at_s: float
    records: Mapping[str, int]
    rows: Mapping[str, int]
    seconds: Mapping[str, float]
    outputs: Mapping[str, int]
    commit_s: float


@dataclass(slots=True)
class Done:
    """Sums of all commits so far."""

    records: Counter[str] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    outputs: Counter[str] = field(default_factory=Counter)
    commits: int = 0
    commit_s: float = 0.0
    last_s: float = 0.0

    def add(self, line: CommitLine) -> None:
        """Add a commit."""
        self.records.update(line.records)
        self.rows.update(line.rows)
        self.outputs.update(line.outputs)
        for step, seconds in line.seconds.items():
            self.seconds[step] = self.seconds.get(step, 0.0) + seconds
        self.commits += 1
        self.commit_s += line.commit_s
        self.last_s = max(self.last_s, line.at_s)


class Drain:
    """Workers of one group at work on the topics of a field."""

    def __init__(self, place: Field, steps: Sequence[Step], workers: Sequence[Worker], files: Sequence[Path]):
        self._place = place
        self._steps = steps
        self._workers = workers
        self._files = [file.open("r", encoding="utf-8") for file in files]
        self._rests = [""] * len(files)
        self._published: Counter[str] = Counter()
        self.done = Done()

    def used(self) -> list[Used]:
        """What each worker has used so far."""
        return [worker.used() for worker in self._workers]

    @property
    def pids(self) -> list[int]:
        """The workers' processes."""
        return [worker.pid for worker in self._workers]

    def drain(self, outputs: Iterable[Output]) -> float:
        """Make outputs visible all at once and wait until nothing is left to do: seconds. Raises HubError."""
        producer = _transactional(self._place)
        for one in outputs:
            self._published[one.topic] += 1
            _produce(producer, self._place.prefix + one.topic, one)
        if producer.flush(PATIENCE_S):
            raise HubError("The broker did not take the input", fix="check that it runs and has room")
        began = time.perf_counter()
        producer.commit_transaction(PATIENCE_S)
        while not self._all_handled():
            for worker in self._workers:
                worker.must_run()
            if time.perf_counter() - began > PATIENCE_S:
                raise HubError(f"Only {dict(self.done.records)} were handled", fix="run the engine by itself")
            time.sleep(POLL_S)
            self._follow()
        return self.done.last_s - began

    def _all_handled(self) -> bool:
        """Whether each step has handled what was published for it and what other steps have sent it."""
        sent = self._published + self.done.outputs
        return all(
            self.done.records[step.name] >= sum(sent[topic] for topic in step.sources) for step in self._steps
        )

    def _follow(self) -> None:
        for number, file in enumerate(self._files):
            *lines, self._rests[number] = (self._rests[number] + file.read()).split("\n")
            for line in lines:
                self.done.add(CommitLine(**json.loads(line)))

    def close(self) -> None:
        for file in self._files:
            file.close()


@contextmanager
def topics_of(brokers: str, steps: Sequence[Step]) -> Iterator[Field]:
    """All topics of some steps, removed afterwards."""
    prefix = new_prefix()
    settings = load_settings(topic_prefix=prefix, partitions=PARTITIONS, simulated_time=True)
    names = {name for step in steps for name in (*step.sources, *step.sinks)}
    wanted = [TOPICS[name] for name in sorted(names)]
    wanted += [changelog(step.name) for step in steps if step.stateful]
    specs = [topic_spec(topic, settings) for topic in wanted]
    admin = TopicAdmin(brokers)
    admin.apply(specs)
    try:
        yield Field(brokers, prefix)
    finally:
        admin.delete(spec.name for spec in specs)


@contextmanager
def draining(place: Field, steps: Sequence[Step], work: str, count: int, folder: Path) -> Iterator[Drain]:
    """So many workers that share the partitions and are ready."""
    with ExitStack() as stack:
        workers, files, held = [], [], []
        for number in range(count):
            slot, commits, shares = str(number), folder / f"commits-{number}", folder / f"held-{number}"
            commits.touch()
            shares.touch()
            task = Task(
                place.brokers, place.prefix, PARTITIONS, work, "bench", slot, str(commits), str(shares)
            )
            command = ("-m", "benchmarks.engines.hub_drain", json.dumps(asdict(task)))
            workers.append(stack.enter_context(Worker(command, {}, folder / f"log-{number}")))
            files.append(commits)
            held.append(shares)
        _wait_until_shared(steps, workers, held)
        drain = Drain(place, steps, workers, files)
        stack.callback(drain.close)
        yield drain


def _wait_until_shared(steps: Sequence[Step], workers: Sequence[Worker], held: Sequence[Path]) -> None:
    """Wait until each worker holds a share of all partitions, and restored it. Raises HubError."""
    partitions = PARTITIONS * sum(len(step.sources) for step in steps)
    until = time.monotonic() + PATIENCE_S
    while True:
        shares = [int(file.read_text() or 0) for file in held]
        if sum(shares) == partitions and all(shares):
            return
        for worker in workers:
            worker.must_run()
        if time.monotonic() > until:
            raise HubError(
                f"Workers hold {shares} of {partitions} partitions", fix="run one by itself to see why"
            )
        time.sleep(POLL_S)


def _transactional(place: Field) -> Producer:
    producer = Producer(
        {
            "bootstrap.servers": place.brokers,
            "partitioner": "murmur2_random",
            "transactional.id": f"{place.prefix}input",
            "transaction.timeout.ms": 600_000,
            "log_level": 0,
            "linger.ms": 20,
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    producer.init_transactions(PATIENCE_S)
    producer.begin_transaction()
    return producer


def _produce(producer: Producer, topic: str, one: Output) -> None:
    while True:
        try:
            producer.produce(topic, one.value, one.key, headers=list(one.headers), timestamp=one.timestamp_ms)
            return
        except BufferError:
            producer.poll(0.1)
