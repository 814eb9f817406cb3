"""Delivery: one plain loop that hands each unit's orders on to the unit's own topic, at least once, same ids.

An offset is committed once the brokers have every order before it, or its dead letter. So what was on its way
when a worker ends is delivered again by the next one.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from hub import topics
from hub.runtime.delivery import delivered, undelivered
from hub.runtime.outputs import Output
from hub.runtime.pulse import PULSE_S, STATISTICS_MS, Pulse, fetched_records
from hub.runtime.reader import fetch_settings, record_of
from hub.runtime.record import Record
from hub.runtime.sessions import POLL_S, gathered, in_sessions
from hub.runtime.topic_specs import LETTER_BYTES
from hub.runtime.trouble import Cause, Trouble, TroubleKind, cause_of

log = structlog.get_logger("hub.delivery")

GROUP = "edges"
IN_HAND = 2_000
"""Orders on their way at once."""
TRIES_S = 15.0
"""So long the client tries to write an order; then the unit's topic has failed."""
UNKNOWN_S = 5.0
"""So long a topic that the brokers do not know may still come up."""
HANDS_S = 5.0
"""How long what is on its way is waited for before partitions are given away or the worker ends."""
COMMIT_S = 1.0
_GIVEN_UP = (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT)


@dataclass(slots=True)
class Order:
    """An order on its way: where it goes, since when, and whether the brokers have it or its dead letter."""

    record: Record
    lane: "Lane"
    topic: str
    sent: float
    safe: bool = False


@dataclass(slots=True)
class Lane:
    """The orders of one partition that are on their way, and the offset before which all are safe."""

    orders: deque[Order] = field(default_factory=deque)
    safe_to: int = 0
    committed: int = 0

    def settle(self) -> None:
        """Move on over the orders that are safe, in the order in which they came."""
        while self.orders and self.orders[0].safe:
            self.safe_to = self.orders.popleft().record.offset + 1


class DeliveryLoop:
    """Delivers until told to stop. Trouble with the cluster starts a new session; a bug raises."""

    worker = GROUP

    def __init__(
        self,
        brokers: str,
        prefix: str,
        slot: str,
        on_failure: Callable[[], None] | None = None,
        on_trouble: Callable[[Trouble], None] | None = None,
    ) -> None:
        self._brokers = brokers
        self._prefix = prefix
        self._slot = slot
        self._on_failure = on_failure
        self._on_trouble = on_trouble
        self._stop = threading.Event()
        self._fetched = 0
        self.pulse = Pulse()
        """What the loop holds, a second old at most while it turns. Read it from any thread."""

    def stop(self) -> None:
        """Wait for what is on its way, commit, leave the group. Safe from any thread."""
        self._stop.set()

    def run(self) -> None:
        """Deliver until ``stop``."""
        in_sessions(self._stop, self._session, self._lost, self._ended)

    def _lost(self, error: KafkaError, pause_s: float) -> None:
        log.warning("delivery_session_lost", error=error.name(), pause_s=pause_s)
        if self._on_trouble is not None:
            self._on_trouble(Trouble(GROUP, TroubleKind.SESSION, cause_of(error)))

    def _ended(self) -> None:
        self.pulse = Pulse()

    def _session(self) -> None:
        producer = self._producer()
        hands = _Hands(producer, self._prefix, self._on_failure)
        felt = committed = time.monotonic()
        with closing(self._consumer(hands.committed)) as consumer:
            consumer.subscribe(
                [self._prefix + topics.ORDERS],
                on_assign=lambda _, given: hands.open(given),
                on_revoke=hands.give_away,
                on_lost=lambda _, lost: hands.close(lost),
            )
            try:
                while not self._stop.is_set():
                    hands.take(gathered(consumer, hands.room, 0))
                    hands.hear()
                    now = time.monotonic()
                    if now - committed >= COMMIT_S:
                        committed = now
                        hands.commit(consumer, wait=False)
                    if now - felt >= PULSE_S:
                        felt = now
                        held = {(topics.ORDERS, at): "delivery" for at in hands.lanes}
                        self.pulse = Pulse(ready=hands.ready, held=held, fetched=self._fetched)
                producer.flush(HANDS_S)
                hands.commit(consumer, wait=True)
            finally:
                hands.give_up()

    def _take_statistics(self, told: str) -> None:
        self._fetched = fetched_records(told)

    def _consumer(self, on_commit: Callable[[KafkaError | None, list[TopicPartition]], None]) -> Consumer:
        return Consumer(
            {
                "bootstrap.servers": self._brokers,
                "group.id": f"{self._prefix}hub-{GROUP}",
                "group.instance.id": f"{self._prefix}hub-{GROUP}-{self._slot}",
                "session.timeout.ms": 6_000,
                "heartbeat.interval.ms": 500,
                "max.poll.interval.ms": 300_000,
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "auto.offset.reset": "earliest",
                "fetch.queue.backoff.ms": 5,
                **fetch_settings(0),
                "queued.max.messages.kbytes": 16_384,
                "statistics.interval.ms": STATISTICS_MS,
                "stats_cb": self._take_statistics,
                "on_commit": on_commit,
                "log_level": 3,
            }
        )

    def _producer(self) -> Producer:
        return Producer(
            {
                "bootstrap.servers": self._brokers,
                "enable.idempotence": True,
                # With more, a first batch that meets no leader yet can be overtaken and lost: see Publisher.
                "max.in.flight.requests.per.connection": 1,
                "message.timeout.ms": int(TRIES_S * 1000),
                "topic.metadata.propagation.max.ms": int(UNKNOWN_S * 1000),
                "linger.ms": 0,
                "message.max.bytes": LETTER_BYTES,
                "partitioner": "murmur2_random",
                "log_level": 3,
            }
        )


class _Hands:
    """What one session has on its way."""

    def __init__(self, producer: Producer, prefix: str, on_failure: Callable[[], None] | None) -> None:
        self.lanes: dict[int, Lane] = {}
        self.ready = False
        """Whether the group has given this worker its share."""
        self._producer = producer
        self._prefix = prefix
        self._on_failure = on_failure
        self._heard = 0.0
        self._trouble: KafkaError | None = None

    @property
    def room(self) -> int:
        """How many more orders may be begun."""
        return IN_HAND - sum(len(lane.orders) for lane in self.lanes.values())

    def open(self, given: Iterable[TopicPartition]) -> None:
        """Begin with partitions."""
        self.lanes |= {at.partition: Lane() for at in given}
        self.ready = True

    def close(self, lost: Iterable[TopicPartition]) -> None:
        """Forget partitions: others deliver what is on its way, again."""
        for at in lost:
            self.lanes.pop(at.partition, None)
        self.ready = False

    def give_away(self, consumer: Consumer, revoked: list[TopicPartition]) -> None:
        """Wait for what is on its way and commit it, then forget these partitions."""
        self._producer.flush(HANDS_S)
        try:
            self.commit(consumer, wait=True)
        except KafkaException as trouble:  # its orders are delivered again, with the same ids
            log.warning("delivery_commit_failed", error=trouble.args[0].name())
        self.close(revoked)

    def take(self, messages: Iterable[Message]) -> None:
        """Send orders to their units' topics."""
        for message in messages:
            record = record_of(message, self._prefix)
            lane = self.lanes.get(record.partition)
            if lane is None:
                continue  # handed out before a rebalance that took its partition away
            output = delivered(record)
            order = Order(record, lane, output.topic, time.monotonic())
            lane.orders.append(order)
            self._send(output, order)

    def hear(self) -> None:
        """Take the brokers' answers. Raises KafkaException where this session can't go on."""
        self._producer.poll(0 if self.room > 0 else POLL_S)
        if self._trouble is not None:
            raise KafkaException(self._trouble)

    def commit(self, consumer: Consumer, *, wait: bool) -> None:
        """Commit how far all orders are safe."""
        moved = {at: lane for at, lane in self.lanes.items() if lane.safe_to > lane.committed}
        if not moved:
            return
        name = self._prefix + topics.ORDERS
        offsets = [TopicPartition(name, at, lane.safe_to) for at, lane in moved.items()]
        if wait:
            consumer.commit(offsets=offsets, asynchronous=False)
        else:
            consumer.commit(offsets=offsets, asynchronous=True)
        for lane in moved.values():
            lane.committed = lane.safe_to

    def committed(self, error: KafkaError | None, offsets: list[TopicPartition]) -> None:
        """Hear what became of a commit that was not waited for; one that failed is made again."""
        for at in offsets:
            if (error is not None or at.error is not None) and at.partition in self.lanes:
                self.lanes[at.partition].committed = 0

    def give_up(self) -> None:
        """Send nothing more of what is on its way; the next session delivers it."""
        self._producer.purge()
        self._producer.flush(HANDS_S)  # its reports hold on to the producer

    def _send(self, output: Output, order: Order) -> None:
        answered = partial(self._answered, order, output.topic)
        topic = self._prefix + output.topic
        try:
            self._producer.produce(
                topic, output.value, output.key, headers=list(output.headers), on_delivery=answered
            )
        except KafkaException as refused:  # the client knows already that there is no such topic
            answered(refused.args[0], None)

    def _answered(self, order: Order, topic: str, error: KafkaError | None, _: Message | None) -> None:
        if error is None:
            self._heard = time.monotonic()
            order.safe = True
            order.lane.settle()
            return
        if error.code() in _GIVEN_UP:
            return
        buried = topic == topics.DEAD_LETTERS
        log.warning("delivery_failed", topic=topic, error=error.name())
        if self._on_failure is not None and not buried:
            self._on_failure()
        # where nothing else gets through it is not the unit's topic that fails: all is done again
        unheard = cause_of(error) is Cause.UNREACHABLE and self._heard < order.sent
        if buried or unheard or error.fatal():
            self._trouble = error
        else:
            self._send(undelivered(order.record, topic), order)
