"""The core: one plain loop per worker, Kafka's own exactly-once protocol (KIP-447), no asynchrony.

Poll records, do the pure work, then ONE transaction with outputs, changed rows and consumed offsets,
fenced by the group generation. One thread, so a rebalance never meets a commit in flight; heartbeats are
librdkafka's.
"""

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from itertools import groupby

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from hub import topics
from hub.flow import Step
from hub.runtime.bounded import BoundedCalls
from hub.runtime.changelog import Tell, row_key
from hub.runtime.outputs import Output
from hub.runtime.pace import Pace
from hub.runtime.pulse import PULSE_S, STATISTICS_MS, Partition, Pulse, fetched_records, pulse_of
from hub.runtime.reader import fetch_settings, records_of
from hub.runtime.sessions import gathered, in_sessions
from hub.runtime.state import PartitionState
from hub.runtime.state_keeper import OnSnapshot, SnapshotConfig, StateKeeper
from hub.runtime.task import Batch, PartitionTask
from hub.runtime.trouble import Trouble, TroubleKind, cause_of

log = structlog.get_logger("hub.core")

GATHER_S = 0.002
EARLY_RECORDS = 200
QUICK_S = 0.1
"""Offsets of so few records are on their way while the work on them is done, where the last work was quick.

By the time that the first output is sent the last transaction's end is mostly settled then; if not, the
client waits for 20 ms. No transaction is open over long work: the brokers would end it.
"""
CALL_TIMEOUT_S = 30.0
JOIN_S = 60.0
"""A group that gives no share for so long is joined anew: the client itself would wait for five minutes."""
TRANSACTION_S = 10.0
"""The brokers end a transaction that takes longer."""
GIVE_UP_S = TRANSACTION_S + 5.0
MAX_MESSAGE_BYTES = 16_777_216
FETCH_BYTES = 8_388_608
"""What the brokers are asked for at once; a larger record comes all the same, alone."""
PARTITION_OF_KEY = -1
"""Leaves it to the producer's partitioner."""


@dataclass(frozen=True, slots=True)
class CoreConfig:
    """Where a core loop works: cluster, group of steps, its own slot in the group, prefix of all topics.

    The slot is stable over restarts: a worker that comes back in its slot fences its predecessor at once.
    """

    brokers: str
    group: str
    slot: str
    prefix: str
    partitions: int
    snapshots: SnapshotConfig | None = None


@dataclass(frozen=True, slots=True)
class Committed:
    """What one transaction did: batches by step, how long the commit took, records to send as it began."""

    batches: tuple[tuple[Step, Batch], ...]
    commit_seconds: float
    queued: int = 0


class CoreLoop:
    """Runs steps over Kafka until told to stop. A lost transaction is aborted, and its input done again."""

    def __init__(
        self,
        steps: Iterable[Step],
        config: CoreConfig,
        on_commit: Callable[[Committed], None] | None = None,
        on_trouble: Callable[[Trouble], None] | None = None,
        on_restore: Tell | None = None,
        on_snapshot: OnSnapshot | None = None,
    ) -> None:
        self._config = config
        self._on_commit = on_commit
        self._on_trouble = on_trouble
        self._names = {topic: config.prefix + topic for topic in topics.TOPICS}
        self._step_of = {topic: step for step in steps for topic in step.sources}
        self._patience_ms = min((step.patience_ms for step in self._step_of.values()), default=0)
        self._tasks: dict[tuple[str, int], PartitionTask] = {}
        self._next: dict[tuple[str, int], int] = {}
        self._keeper = StateKeeper(config.brokers, config.slot, config.snapshots, on_restore, on_snapshot)
        self._pace = Pace()
        self._stop = threading.Event()
        self.assigned = threading.Event()
        """Set once partitions are assigned and restored."""
        self.pulse = Pulse()
        """What the loop holds, a second old at most while it turns. Read it from any thread."""
        self._quick = False
        """Whether the last work was. Not at first: what outlasts a transaction is done before the next."""
        self._felt = 0.0
        self._waits_since = 0.0
        self._fetched = 0

    @property
    def worker(self) -> str:
        """The group of steps that this loop runs."""
        return self._config.group

    def stop(self) -> None:
        """Finish the batch in hand, commit it, leave the group. Safe from any thread."""
        self._stop.set()

    def run(self) -> None:
        """Work until ``stop``. Trouble with the cluster starts a new session in place; a bug raises."""
        in_sessions(self._stop, self._session, self._lost, self._ended)
        self._keeper.leave()

    def _lost(self, error: KafkaError, pause_s: float) -> None:
        log.warning("core_session_lost", group=self._config.group, error=error.name(), pause_s=pause_s)
        self._tell(TroubleKind.SESSION, error)

    def _ended(self) -> None:
        self._tasks.clear()
        self._next.clear()
        self._keeper.clear()
        self.assigned.clear()
        self.pulse = Pulse()

    def _session(self) -> None:
        """From joining the group to leaving it, with one producer; raises where state can't be trusted."""
        self._pace, self._quick = Pace(), False
        producer = self._producer()
        producer.init_transactions(CALL_TIMEOUT_S)
        with BoundedCalls() as bounded, closing(self._consumer()) as consumer:
            names = [self._config.prefix + topic for topic in self._step_of]
            self._waits_since = time.monotonic()
            consumer.subscribe(names, on_assign=self._on_assign, on_revoke=self._drop, on_lost=self._drop)
            while not self._stop.is_set():
                messages = gathered(consumer, self._pace.records, GATHER_S)
                if messages:
                    began = time.monotonic()
                    self._transact(consumer, producer, bounded, messages)
                    self._pace.took(len(messages), time.monotonic() - began)
                self._feel()
                if not self.assigned.is_set() and time.monotonic() - self._waits_since > JOIN_S:
                    raise KafkaException(KafkaError(KafkaError._TIMED_OUT, "the group gives no share"))
                self._keeper.turn()
            self._keeper.hold()

    def _transact(
        self, consumer: Consumer, producer: Producer, bounded: BoundedCalls, messages: list[Message]
    ) -> None:
        """Pure work, and everything that came of it in one transaction."""
        waiting = self._waiting(messages)
        if not waiting:
            return
        early = self._quick and len(messages) <= EARLY_RECORDS
        done = None if early else self._work(waiting)
        offsets = [
            TopicPartition(self._config.prefix + topic, at, self._next[topic, at]) for topic, at in waiting
        ]
        producer.begin_transaction()
        try:
            send = producer.send_offsets_to_transaction
            sent = bounded.begin(send, offsets, consumer.consumer_group_metadata(), TRANSACTION_S)
            done = done or self._work(waiting)
            started = time.perf_counter()
            for (topic, partition), _, batch in done:
                self._send(producer, batch.outputs)
                self._log_rows(producer, topic, partition, batch)
            queued = len(producer)
            # where the group's coordinator ends at this moment, the client waits for it without end
            bounded.wait(GIVE_UP_S, sent)
            _commit(producer)
        except KafkaException as trouble:
            self._tell(TroubleKind.ABORT, trouble.args[0])
            _abort(producer)
            raise
        producer.poll(0)  # delivery reports: where rows went on their changelogs
        self._keeper.committed(at for at, _, _ in done)
        if self._on_commit is not None:
            batches = tuple((task.step, batch) for _, task, batch in done)
            self._on_commit(Committed(batches, time.perf_counter() - started, queued))

    def _feel(self) -> None:
        """Show what the loop holds, once a second."""
        now = time.monotonic()
        if now - self._felt >= PULSE_S:
            self._felt = now
            self.pulse = pulse_of(self._tasks.values(), ready=self.assigned.is_set(), fetched=self._fetched)

    def _take_statistics(self, told: str) -> None:
        self._fetched = fetched_records(told)

    def _tell(self, kind: TroubleKind, error: KafkaError) -> None:
        if self._on_trouble is not None:
            self._on_trouble(Trouble(self._config.group, kind, cause_of(error)))

    def _waiting(self, messages: list[Message]) -> dict[Partition, list[Message]]:
        """The messages that are to be done, by where they lie."""
        waiting: defaultdict[Partition, list[Message]] = defaultdict(list)
        prefix, tasks, expected = self._config.prefix, self._tasks, self._next
        for (topic, partition), mine in groupby(messages, _place):
            at = (topic.removeprefix(prefix), partition)
            # a rebalance amid a poll leaves records of lost partitions behind, and hands out others twice
            if at in tasks:
                after, ours = expected[at], waiting[at]
                for message in mine:
                    offset = message.offset() or 0
                    if offset >= after:
                        after = offset + 1
                        ours.append(message)
                expected[at] = after
        return {at: mine for at, mine in waiting.items() if mine}

    def _work(
        self, waiting: Mapping[Partition, list[Message]]
    ) -> list[tuple[Partition, PartitionTask, Batch]]:
        began = time.monotonic()
        taken = ((at, self._tasks[at], mine) for at, mine in waiting.items())
        done = [(at, task, task.process(records_of(mine, at[0]))) for at, task, mine in taken]
        self._quick = time.monotonic() - began < QUICK_S
        return done

    def _send(self, producer: Producer, outputs: Iterable[Output]) -> None:
        names, produce = self._names, producer.produce
        for topic, key, value, headers, _ in outputs:
            while True:
                try:
                    # by position: naming them takes a fifth of the call
                    produce(names[topic], value, key, PARTITION_OF_KEY, None, None, 0, list(headers))
                    break
                except BufferError:
                    producer.poll(0.1)  # the queue is full: wait for the broker, that is the back-pressure

    def _log_rows(self, producer: Producer, topic: str, partition: int, batch: Batch) -> None:
        name = self._config.prefix + topics.changelog(self._step_of[topic].name).name
        left = len(batch.changes)
        for (table, key), data in batch.changes:
            left -= 1
            note = None if left else self._keeper.logs((topic, partition))
            while True:
                try:
                    producer.produce(name, data, row_key(table, key), partition, note)
                    break
                except BufferError:
                    producer.poll(0.1)

    def _on_assign(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        try:
            self._take_over(consumer, assigned)
        except KafkaException as trouble:
            # what the client raises through its own callback is no exception any more unless it is made anew
            raise KafkaException(trouble.args[0]) from None

    def _take_over(self, consumer: Consumer, assigned: list[TopicPartition]) -> None:
        """Take over partitions: their rows as of the committed offsets, then their records from there on."""
        start = consumer.committed(assigned, CALL_TIMEOUT_S)  # waits for offsets of open transactions
        fresh: dict[Step, dict[int, PartitionState]] = {}
        for at in start:
            if at.error is not None:
                raise KafkaException(at.error)
            topic = at.topic.removeprefix(self._config.prefix)
            task = PartitionTask(self._step_of[topic], topic, at.partition, self._config.partitions)
            self._tasks[topic, at.partition] = task
            self._next[topic, at.partition] = max(at.offset, 0)
            if task.step.stateful:
                fresh.setdefault(task.step, {})[at.partition] = task.state
        for step, states in fresh.items():
            began = time.monotonic()
            name = self._config.prefix + topics.changelog(step.name).name
            log.info("core_restoring", step=step.name, partitions=len(states))
            rows = self._keeper.restore(step, name, states)
            seconds = round(time.monotonic() - began, 2)
            log.info("core_restored", step=step.name, partitions=len(states), rows=rows, seconds=seconds)
        consumer.assign([TopicPartition(at.topic, at.partition, max(at.offset, 0)) for at in start])
        self.assigned.set()
        log.info("core_assigned", group=self._config.group, partitions=len(start))

    def _drop(self, _: Consumer, revoked: list[TopicPartition]) -> None:
        for at in revoked:
            place = (at.topic.removeprefix(self._config.prefix), at.partition)
            self._tasks.pop(place, None)
            self._keeper.drop(place)
        self.assigned.clear()
        self._waits_since = time.monotonic()
        log.info("core_revoked", group=self._config.group, partitions=len(revoked))

    def _consumer(self) -> Consumer:
        config = self._config
        return Consumer(
            {
                "bootstrap.servers": config.brokers,
                "group.id": f"{config.prefix}hub-{config.group}",
                "group.instance.id": f"{config.prefix}hub-{config.group}-{config.slot}",
                "session.timeout.ms": 6_000,
                # Fellows hear at their next heartbeat that a worker is gone and partitions are theirs.
                "heartbeat.interval.ms": 500,
                "max.poll.interval.ms": 300_000,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "log_level": 3,
                "auto.offset.reset": "earliest",
                "fetch.queue.backoff.ms": 5,
                **fetch_settings(self._patience_ms),
                "fetch.message.max.bytes": MAX_MESSAGE_BYTES,
                # Fetched ahead: some batches' worth, and no more memory.
                "fetch.max.bytes": FETCH_BYTES,
                "queued.max.messages.kbytes": 2 * FETCH_BYTES // 1024,
                "statistics.interval.ms": STATISTICS_MS,
                "stats_cb": self._take_statistics,
            }
        )

    def _producer(self) -> Producer:
        config = self._config
        return Producer(
            {
                "bootstrap.servers": config.brokers,
                "transactional.id": f"{config.prefix}hub-{config.group}-{config.slot}",
                "transaction.timeout.ms": int(TRANSACTION_S * 1000),
                # With more, a first batch that meets no leader yet can be overtaken and lost: see Publisher.
                "max.in.flight.requests.per.connection": 1,
                "log_level": 3,
                "linger.ms": 5,
                "retry.backoff.ms": 5,
                "message.max.bytes": MAX_MESSAGE_BYTES,
                "queue.buffering.max.messages": 500_000,
                "partitioner": "murmur2_random",
            }
        )


def _place(message: Message) -> tuple[str, int]:
    return message.topic() or "", message.partition() or 0


def _commit(producer: Producer) -> None:
    """Commit; what the client says may be tried again is tried again, within the broker's own timeout."""
    until = time.monotonic() + CALL_TIMEOUT_S
    while True:
        try:
            producer.commit_transaction(CALL_TIMEOUT_S)
            return
        except KafkaException as trouble:
            if not trouble.args[0].retriable() or time.monotonic() > until:
                raise


def _abort(producer: Producer) -> None:
    """Abort what can be aborted; a fenced or lost producer's transaction is aborted by the broker."""
    try:
        producer.abort_transaction(CALL_TIMEOUT_S)
    except KafkaException as trouble:
        log.warning("core_abort_failed", error=trouble.args[0].name())
