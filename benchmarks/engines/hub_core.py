"""The hub's own loop: Kafka transactions of outputs, changelog and offsets, exactly once."""

from __future__ import annotations

import threading

from benchmarks.measure import PATIENCE_S, Job, Meter, Sample, report
from hub.errors import HubError
from hub.flow import Step
from hub.runtime.core import Committed, CoreConfig, CoreLoop
from hub.runtime.interpreter import set_interpreter


def run_step(step: Step, job: Job) -> None:
    """Drive a step until all records of the job are committed, and report."""
    done = threading.Event()
    meters: list[Meter] = []
    samples: list[Sample] = []
    handled = 0

    def on_commit(committed: Committed) -> None:
        nonlocal handled
        handled += sum(batch.records for _, batch in committed.batches)
        if handled >= job.records and not samples:
            samples.append(meters[0].stop(handled))
            done.set()

    loop = CoreLoop([step], CoreConfig(job.brokers, job.group, "0", job.prefix, job.partitions), on_commit)
    set_interpreter()
    thread = threading.Thread(target=loop.run)
    thread.start()
    loop.assigned.wait(PATIENCE_S)
    meters.append(Meter())
    done.wait(PATIENCE_S)
    loop.stop()
    thread.join()
    if not samples:
        raise HubError(f"only {handled} of {job.records} records were handled", fix="see the log above")
    report(job, samples[0])
