"""A worker: one Faust process that hosts the core loops and, beside them, the asynchronous edges."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

import faust
import mode
import structlog
from yarl import URL

from hub import topics
from hub.flow import Step
from hub.runtime.changelog import RestoreProgress
from hub.runtime.committed_transport import CommittedTransport
from hub.runtime.core import Committed, CoreConfig, CoreLoop
from hub.runtime.delivery import IN_HAND, case_of, deliver
from hub.runtime.interpreter import set_interpreter
from hub.runtime.pulse import Beating, Pulse
from hub.runtime.record import Record
from hub.runtime.side_by_side import SideBySide
from hub.runtime.stalls import watch_stalls
from hub.runtime.state_keeper import OnSnapshot, SnapshotConfig
from hub.runtime.steady_clock import SteadyClock
from hub.runtime.stopping import Hands, StoppableWorker
from hub.runtime.ticker import clocked_topics, ticks
from hub.runtime.trouble import Trouble

log = structlog.get_logger("hub.worker")

LOG_APPEND_TIME = 1
"""Kafka's mark of a record that has its time from the broker."""


@dataclass(frozen=True, slots=True)
class WorkerConfig:
    """What a worker runs, and where. ``tick_seconds`` 0 leaves the ticks to somebody else."""

    brokers: str
    prefix: str
    partitions: int
    slot: str
    data: str
    tick_seconds: float
    delivery: bool = True
    snapshots: SnapshotConfig | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """Who hears of what a worker does. Parts are told of as they are built, before any of them works."""

    on_commit: Callable[[Committed], None] | None = None
    on_delivery_failure: Callable[[], None] | None = None
    on_trouble: Callable[[Trouble], None] | None = None
    on_part: Callable[[Beating], None] | None = None
    on_stall: Callable[[float], None] | None = None
    """Seconds that the event loop was late."""
    on_skew: Callable[[float], None] | None = None
    """Seconds that this machine's clock is ahead of the broker's."""
    on_restore: Callable[[RestoreProgress], None] | None = None
    on_snapshot: OnSnapshot | None = None


def run_worker(steps: Iterable[Step], config: WorkerConfig, hooks: Hooks) -> None:
    """Run until SIGTERM or SIGINT: batches in hand are committed, then the groups are left.

    Ends the process, with exit code 0 after a signal and another after a fault.
    """
    hands = Hands()
    worker = StoppableWorker(build_app(tuple(steps), config, hooks, hands), hands)
    set_interpreter()
    worker.run()


def build_app(steps: tuple[Step, ...], config: WorkerConfig, hooks: Hooks, hands: Hands) -> faust.App:
    """The Faust app of a worker: a service for each group of core steps, the delivery agent, the ticker."""
    folder = Path(config.data) / f"faust-{config.slot}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    app = faust.App(
        f"{config.prefix}hub-edges",
        broker=f"kafka://{config.brokers.replace(',', ';')}",
        store="memory://",
        datadir=str(folder),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        stream_wait_empty=False,
        consumer_auto_offset_reset="earliest",
        broker_session_timeout=6.0,
        broker_heartbeat_interval=2.0,
        broker_request_timeout=40.0,
        producer_linger=0.0,
        table_standby_replicas=0,
    )
    app.transport = CommittedTransport([URL(f"kafka://{host}") for host in config.brokers.split(",")], app)
    for group in sorted({step.worker for step in steps}):
        mine = tuple(step for step in steps if step.worker == group)
        core = CoreConfig(
            config.brokers, group, config.slot, config.prefix, config.partitions, config.snapshots
        )
        loop = CoreLoop(mine, core, hooks.on_commit, hooks.on_trouble, hooks.on_restore, hooks.on_snapshot)
        app.service(_core_service(loop))
        if hooks.on_part is not None:
            hooks.on_part(loop)
    # without an agent there is nothing to subscribe to, and Faust would end
    app.producer_only = not config.delivery
    if config.delivery:
        _add_delivery(app, config, hooks, hands)
        if hooks.on_part is not None:
            hooks.on_part(_Delivery(app, config.prefix + topics.ORDERS))
    if config.tick_seconds > 0:
        _add_ticker(app, steps, config, hooks)
    if hooks.on_stall is not None:
        app.task(partial(watch_stalls, hooks.on_stall))
    return app


def _core_service(core: CoreLoop) -> type[mode.Service]:
    class CoreService(mode.Service):
        """The core loop in its own thread; its end by a fault is the worker's end."""

        @mode.Service.task
        async def _work(self) -> None:
            try:
                await asyncio.to_thread(core.run)
            finally:
                core.stop()  # a worker stopped while it starts cancels this task and calls no on_stop

        async def on_stop(self) -> None:
            core.stop()

    return CoreService


class _Delivery:
    """What delivery shows of itself."""

    worker = "edges"

    def __init__(self, app: faust.App, topic: str) -> None:
        self._app = app
        self._topic = topic

    @property
    def pulse(self) -> Pulse:
        if not self._app.started or self._app.rebalancing:
            return Pulse()
        held = [at for at in self._app.consumer.assignment() if at.topic == self._topic]
        return Pulse(ready=True, held={(topics.ORDERS, at.partition): "delivery" for at in held})


def _add_delivery(app: faust.App, config: WorkerConfig, hooks: Hooks, hands: Hands) -> None:
    raw: faust.Schema[bytes, bytes] = faust.Schema(
        key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    source = app.topic(config.prefix + topics.ORDERS, schema=raw)

    async def send(topic: str, key: bytes, value: bytes, headers: list[tuple[str, bytes]]) -> None:
        producer = await app.maybe_start_producer()
        await producer.send_and_wait(config.prefix + topic, key, value, None, None, headers)

    async def hand_on(event: faust.EventT[bytes]) -> None:
        try:
            async with hands:
                await deliver(_record_of(event), send, hooks.on_delivery_failure or _ignore)
        except Exception as bug:
            # Faust would start the agent anew, and commit over the order
            await app.crash(bug)
            raise

    async def delivery(stream: faust.StreamT[bytes]) -> None:
        # Faust takes an order for done even where it cancels the agent amid it: say so by hand, at the end.
        orders = cast("faust.Stream[bytes]", stream).noack()
        on_their_way = SideBySide[faust.EventT[bytes]](orders.ack, IN_HAND)
        try:
            async for event in orders.events():
                await on_their_way.begin(event, case_of(_record_of(event)), hand_on)
        finally:
            on_their_way.cancel()

    app.agent(source, name="delivery", concurrency=1)(delivery)


def _record_of(event: faust.EventT[bytes]) -> Record:
    message = event.message
    headers = message.headers or []
    return Record(
        topics.ORDERS,
        message.partition,
        message.offset,
        int((message.timestamp or 0) * 1000),
        message.key,
        message.value,
        tuple(headers.items() if isinstance(headers, Mapping) else headers),
    )


def _add_ticker(app: faust.App, steps: tuple[Step, ...], config: WorkerConfig, hooks: Hooks) -> None:
    clock = SteadyClock()

    async def tick() -> None:
        now = clock.now()
        producer = await app.maybe_start_producer()
        for topic in clocked_topics(steps):
            for record in ticks(topic, config.partitions, now):
                name = config.prefix + record.topic
                sent = time.time()
                done = await producer.send_and_wait(
                    name, b"", record.value, record.partition, None, record.headers
                )
                if hooks.on_skew is not None and done.timestamp_type == LOG_APPEND_TIME:
                    hooks.on_skew((sent + time.time()) / 2 - done.timestamp / 1000)

    app.timer(interval=config.tick_seconds, name="ticker")(tick)


def _ignore() -> None:
    """Nobody listens."""
