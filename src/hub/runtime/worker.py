"""A worker: one Faust process that hosts the core loops, delivery and, beside them, the ticker."""

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import faust
import mode
import structlog

from hub.flow import Step
from hub.runtime.changelog import RestoreProgress
from hub.runtime.core import Committed, CoreConfig, CoreLoop
from hub.runtime.delivery_loop import DeliveryLoop
from hub.runtime.interpreter import set_interpreter
from hub.runtime.pulse import Beating
from hub.runtime.stalls import watch_stalls
from hub.runtime.state_keeper import OnSnapshot, SnapshotConfig
from hub.runtime.steady_clock import SteadyClock
from hub.runtime.stopping import StoppableWorker
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
    worker = StoppableWorker(build_app(tuple(steps), config, hooks))
    set_interpreter()
    worker.run()


def build_app(steps: tuple[Step, ...], config: WorkerConfig, hooks: Hooks) -> faust.App:
    """The Faust app of a worker: a service for each group of core steps and for delivery, and the ticker."""
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
        broker_request_timeout=40.0,
        producer_linger=0.0,
        table_standby_replicas=0,
    )
    app.producer_only = True  # without an agent there is nothing to subscribe to, and Faust would end
    for loop in _loops(steps, config, hooks):
        app.service(_service(loop))
        if hooks.on_part is not None:
            hooks.on_part(loop)
    if config.tick_seconds > 0:
        _add_ticker(app, steps, config, hooks)
    if hooks.on_stall is not None:
        app.task(partial(watch_stalls, hooks.on_stall))
    return app


def _loops(steps: tuple[Step, ...], config: WorkerConfig, hooks: Hooks) -> Iterator[CoreLoop | DeliveryLoop]:
    for group in sorted({step.worker for step in steps}):
        mine = tuple(step for step in steps if step.worker == group)
        core = CoreConfig(
            config.brokers, group, config.slot, config.prefix, config.partitions, config.snapshots
        )
        yield CoreLoop(mine, core, hooks.on_commit, hooks.on_trouble, hooks.on_restore, hooks.on_snapshot)
    if config.delivery:
        yield DeliveryLoop(
            config.brokers, config.prefix, config.slot, hooks.on_delivery_failure, hooks.on_trouble
        )


def _service(loop: CoreLoop | DeliveryLoop) -> type[mode.Service]:
    class LoopService(mode.Service):
        """A loop in a thread of its own; its end by a fault is the worker's end."""

        @mode.Service.task
        async def _work(self) -> None:
            try:
                await asyncio.to_thread(loop.run)
            finally:
                loop.stop()  # a worker stopped while it starts cancels this task and calls no on_stop

        async def on_stop(self) -> None:
            loop.stop()

    return LoopService


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
