"""`cases`: a fresh process takes over the open cases, then whole lives are lived beside them, in memory."""

from __future__ import annotations

import gc
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import islice

from benchmarks.cases import CasesRun
from benchmarks.lives import appeals_of, check, city_steps, openings, workings
from benchmarks.measure import Job, job_given, peak_mb, report_text
from hub import topics
from hub.flow import Step
from hub.runtime.interpreter import set_interpreter
from hub.runtime.memory import MemoryRunner
from hub.runtime.outputs import Output
from hub.runtime.state import PartitionState
from hub.runtime.state_keeper import SnapshotConfig, StateKeeper
from hub.runtime.task import CLOCK, Batch
from hub.settings import load_settings

AT_ONCE = 2_000
"""Records that the steps are given together: what a busy worker finds at a poll."""


class _Watch:
    """The cases step's own time and records, batch by batch."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.records = 0

    def hear(self, step: Step, batch: Batch) -> None:
        if step.name == "cases":
            self.seconds += batch.seconds
            self.records += batch.records


def live(job: Job) -> None:
    """Take over what is open, then publish lives and let the steps work."""
    told = appeals_of(int(job.group), job.records)
    watch = _Watch()
    runner = MemoryRunner(city_steps(), job.partitions, batch=AT_ONCE, on_batch=watch.hear)
    _take_over(job, {at: runner.task("cases", at).state for at in range(job.partitions)})
    set_interpreter()
    began = time.process_time()
    for tape in (openings(told), workings(told)):
        for few in _some(tape):
            for one in few:
                arrived = datetime.fromtimestamp(one.timestamp_ms / 1000, UTC)
                runner.publish_raw(one.topic, one.key, one.value, one.headers, arrived=arrived)
            runner.run()
    found = check(told, runner.records(topics.ORDERS))
    run = CasesRun(
        watch.records,
        watch.seconds,
        time.process_time() - began,
        peak_mb(),
        found.lost,
        found.doubled,
    )
    report_text(job, json.dumps(asdict(run)))


def _take_over(job: Job, states: dict[int, PartitionState]) -> None:
    """Rows from the snapshots, as a worker has them."""
    config = SnapshotConfig(load_settings().data / "snapshots", records=job.records, rules="bench")
    step = next(step for step in city_steps() if step.name == "cases")
    keeper = StateKeeper(job.brokers, "0", config)
    keeper.restore(
        replace(step, tables=(*step.tables, CLOCK)), job.prefix + topics.changelog("cases").name, states
    )
    gc.collect()


def _some(tape: Iterable[Output]) -> Iterator[list[Output]]:
    waiting = iter(tape)
    while few := list(islice(waiting, AT_ONCE)):
        yield few


if __name__ == "__main__":
    live(job_given())
