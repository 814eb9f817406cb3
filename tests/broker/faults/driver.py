"""The fault driver: workers of a city under load, faults at moments that a seed chooses, and a watchdog.

    with Driver(city, seed, tape) as driver:
        driver.start("0")
        driver.publish()                    # in a thread of its own, at a steady rate
        driver.kill_somebody()              # or freeze, thaw, terminate, restart, aim_at_commit, ...
        verdict = driver.finish()           # waits for the last output, stops all workers, judges

Anything that hangs, and any process that ends without being told to, raises AssertionError with the seed.
"""

from __future__ import annotations

import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from random import Random
from types import TracebackType
from typing import Self

from confluent_kafka import IsolationLevel, KafkaException, TopicPartition
from confluent_kafka.admin import AdminClient, OffsetSpec
from tests.broker.faults.compare import Verdict, judge
from tests.broker.faults.tape import Tape
from tests.broker.faults.watch import Place, Watch
from tests.broker.faults.workers import FaultCity, Worker

from hub.errors import HubError
from hub.runtime.offsets import committed_offsets
from hub.runtime.publisher import Publisher

PATIENCE_S = 150.0
"""Nothing new for so long while work waits is a hang; a busy machine is slow, but not that slow."""
LAST_WORDS = 20_000
CRY_S = 5.0
"""How long a worker that hangs is given to write down its threads' stacks."""
FLUSH_S = 240.0
_ASK_S = 10.0
_LATEST = OffsetSpec.latest()  # type: ignore[no-untyped-call]


class Driver:
    """One run: a tape, workers, faults. Its ``chance`` decides all that is random."""

    def __init__(self, city: FaultCity, seed: int, tape: Tape, *, rate: float = 400.0) -> None:
        self.city = city
        self.seed = seed
        self.tape = tape
        self.rate = rate
        """Records a second that are published."""
        self.chance = Random(seed)
        self.workers: dict[str, Worker] = {}
        self._given_up: list[Worker] = []
        self.faults: list[tuple[float, str]] = []
        """What was done to the city, and when (monotonic)."""
        self.watch = Watch(
            city.brokers,
            city.prefix,
            {name: city.partitions_of(name) for name in city.topics() if not name.endswith(".changelog")},
        )
        self.hold = threading.Event()
        """Set: the publisher waits."""
        self._admin = AdminClient({"bootstrap.servers": city.brokers, "log_level": 0})
        self._publishing: threading.Thread | None = None
        self._trouble: list[BaseException] = []
        self._published = 0
        self._over = threading.Event()
        self._enough = threading.Event()
        self._machines: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for worker in (*self.workers.values(), *self._given_up):
            if worker.runs:
                worker.kill()
        if self._publishing is not None:
            self._publishing.join()
        self.watch.close()
        if error is not None:
            error.add_note(f"HUB_FAULT_SEED={self.seed}; faults: {[what for _, what in self.faults]}")

    # ---- load ----------------------------------------------------------------------------------------------

    def publish(self) -> None:
        """Begin to publish the tape, at the driver's rate, in a thread."""
        self._publishing = threading.Thread(target=self._publish, name="publisher", daemon=True)
        self._publishing.start()

    def enough(self) -> None:
        """Publish no more: what is on its way is the end of the tape."""
        self._enough.set()

    @property
    def published(self) -> int:
        """How much of the tape has been handed to the client."""
        return self._published

    @property
    def publishing(self) -> bool:
        """Whether some of the tape is still to come."""
        return self._publishing is not None and self._publishing.is_alive()

    def _publish(self) -> None:
        try:
            publisher = Publisher(self.city.brokers, prefix=self.city.prefix)
            for one in self.tape.sent:
                if self._enough.is_set():
                    break
                while self.hold.is_set() and not self._over.is_set():
                    publisher.flush(FLUSH_S)
                    time.sleep(0.01)
                if self._over.is_set():
                    return
                publisher.publish_raw(
                    one.topic, one.key, one.value, list(one.headers),
                    timestamp=one.arrived, partition=one.partition,
                )  # fmt: skip
                self._published += 1
                if self._published % 20 == 0:
                    time.sleep(20 / self.rate)
            publisher.flush(FLUSH_S)
        except BaseException as trouble:
            self._trouble.append(trouble)

    # ---- workers -------------------------------------------------------------------------------------------

    def start(self, slot: str, *words: str, brokers: str | None = None, data: str = "data") -> Worker:
        """Start a worker in a slot that has none."""
        assert slot not in self.workers or not self.workers[slot].runs, f"slot {slot} is taken"
        self._did(f"start {slot}")
        worker = self.workers[slot] = self.city.start(
            slot, *words, brokers=brokers, machine=self._machines[slot]
        )
        return worker

    def kill(self, slot: str) -> None:
        """kill -9."""
        self._did(f"kill {slot}")
        self.workers[slot].kill()

    def restart(self, slot: str) -> Worker:
        """kill -9, and a new worker in the slot at once."""
        self.kill(slot)
        return self.start(slot)

    def freeze(self, slot: str) -> None:
        """SIGSTOP."""
        self._did(f"freeze {slot}")
        self.workers[slot].freeze()

    def thaw(self, slot: str) -> None:
        """SIGCONT."""
        self._did(f"thaw {slot}")
        self.workers[slot].thaw()

    def terminate(self, slot: str) -> None:
        """SIGTERM; AssertionError where the worker does not end with 0."""
        self._did(f"terminate {slot}")
        worker = self.workers[slot]
        code = worker.terminate()
        # Python itself needs a moment before anything of ours can answer a signal
        assert code == 0 or (code == -signal.SIGTERM and not worker.said), (
            f"worker {slot} ended with {code} after SIGTERM; it says:\n{self._words(slot)}"
        )

    def give_up(self, slot: str) -> Worker:
        """Take a worker out of its slot as it is, so that one on another machine can be started in it."""
        self._did(f"give up {slot}")
        self._machines[slot] += 1
        self._given_up.append(self.workers[slot])
        return self.workers.pop(slot)

    def running(self) -> list[str]:
        """The slots whose workers run."""
        return sorted(slot for slot, worker in self.workers.items() if worker.runs)

    def note(self, fault: str) -> None:
        """Write down a fault that the caller did itself."""
        self._did(fault)

    def _did(self, what: str) -> None:
        self.must_live()
        self.faults.append((time.monotonic(), what))

    # ---- waiting -------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.must_live()
            time.sleep(min(0.05, max(0.0, until - time.monotonic())))

    def until(self, done: Callable[[], bool], what: str, patience_s: float = PATIENCE_S) -> None:
        """Wait until something is so; AssertionError where nothing new was seen for too long."""
        began = time.monotonic()
        while not done():
            self.must_live()
            idle = min(self.watch.idle_seconds(), time.monotonic() - began)
            if idle > patience_s:
                raise AssertionError(f"hangs: {what}; nothing new for {idle:.0f} s\n{self._all_words()}")
            time.sleep(0.01)

    def until_working(self, slot: str) -> None:
        """Wait until a worker has its partitions."""
        self.until(lambda: "core_assigned" in self.workers[slot].said, f"worker {slot} gets no partitions")

    def must_live(self) -> None:
        """AssertionError where a worker ended unasked, or the publisher could not go on."""
        for slot, worker in self.workers.items():
            code = worker.unasked_end
            assert code is None, f"worker {slot} ended by itself with {code}; it says:\n{self._words(slot)}"
        if self._trouble:
            raise AssertionError("the publisher could not go on") from self._trouble[0]

    def finish(self, *, stop: bool = True) -> Verdict:
        """Wait until all that was published is done and delivered, stop all workers, and judge."""
        self.settle()
        if stop:
            for slot in self.running():
                self.terminate(slot)
        return judge(self.city, self.tape.sent[: self._published])

    def settle(self) -> None:
        """Wait until all that was published is done and delivered."""
        assert self._publishing is not None, "nothing was published"
        self.until(lambda: not self.publishing, "the publisher does not end", FLUSH_S + 60)
        self.must_live()
        self.until(self._all_done, "some records stay where they are")
        self.until(lambda: self.watch.undelivered() == 0, "some orders are not delivered")

    def _all_done(self) -> bool:
        """Whether every record of every source has been committed as done, and all that came of it seen."""
        try:
            committed = self._committed()
            ends = self.ends(self.watch.places)
        except (HubError, KafkaException):
            return False
        if not self.watch.has_read_to(ends):
            return False
        sources = {topic for step in self.city.steps() for topic in step.sources}
        return all(
            committed.get((topic, at), 0) > offset
            for topic in sources
            for at, offset in self.watch.newest(topic).items()
        )

    def _committed(self) -> dict[Place, int]:
        found: dict[Place, int] = {}
        for step in self.city.steps():
            for topic in step.sources:
                group = f"{self.city.prefix}hub-{step.worker}"
                offsets = committed_offsets(
                    self.city.brokers, group, self.city.prefix + topic, range(self.city.partitions)
                )
                found |= {(topic, at): offset for at, offset in offsets.items()}
        return found

    def ends(
        self, places: tuple[Place, ...], isolation: IsolationLevel = IsolationLevel.READ_COMMITTED
    ) -> dict[Place, int]:
        """One past the last stable (or, if so asked, any) record of partitions. Raises KafkaException."""
        wanted = {TopicPartition(self.city.prefix + topic, at): _LATEST for topic, at in places}
        futures = self._admin.list_offsets(wanted, isolation_level=isolation, request_timeout=_ASK_S)
        return {
            (at.topic.removeprefix(self.city.prefix), at.partition): int(future.result().offset)
            for at, future in futures.items()
        }

    def _words(self, slot: str) -> str:
        return self.workers[slot].said[-LAST_WORDS:]

    def _all_words(self) -> str:
        for slot in self.running():
            self.workers[slot].show_stacks()
        time.sleep(CRY_S)
        return "\n".join(f"--- worker {slot}\n{self._words(slot)}" for slot in self.workers)
