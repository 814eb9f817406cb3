"""Counts what the core loop commits."""

from collections import Counter

from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason, tally_of
from hub.contracts.registry import VERSIONS, name_of
from hub.metrics import HubMetrics
from hub.runtime.codec import decode_trusted
from hub.runtime.core import Committed
from hub.runtime.task import Batch, Output
from hub.topics import DEAD_LETTERS


def count_commit(metrics: HubMetrics, committed: Committed) -> None:
    """Count one transaction: records, outputs, reasons and dead letters, seconds. For ``on_commit``."""
    for step, batch in committed.batches:
        _count_batch(metrics, step.name, batch)
    for worker in {step.worker for step, _ in committed.batches}:
        metrics.commit_seconds.labels(worker).observe(committed.commit_seconds)


def _count_batch(metrics: HubMetrics, step: str, batch: Batch) -> None:
    metrics.step_records.labels(step).inc(batch.records)
    metrics.step_batch_seconds.labels(step).observe(batch.seconds)
    for topic, count in Counter(output.topic for output in batch.outputs).items():
        metrics.step_outputs.labels(step, topic).inc(count)
    for reason, count in batch.reasons.items():
        metrics.step_outcomes.labels(step, tally_of(reason), reason).inc(count)
    for output in batch.outputs:
        if output.topic == DEAD_LETTERS:
            metrics.dead_letters.labels(_reason_of(output)).inc()


def _reason_of(output: Output) -> Reason:
    name = name_of(DeadLetter)
    letter = decode_trusted(name, VERSIONS[name], output.value)
    assert isinstance(letter, DeadLetter)
    return Reason(letter.reason)
