"""Counts what the core loops commit, and what keeps them from it.

Asking prometheus-client for a series costs more than counting in it, so each is asked for once; and nothing
is counted per record.
"""

import time
from collections import Counter
from collections.abc import Callable
from functools import cache
from operator import attrgetter

from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason, tally_of
from hub.contracts.registry import VERSIONS, name_of
from hub.metrics import HubMetrics
from hub.runtime.codec import decode_trusted
from hub.runtime.core import Committed
from hub.runtime.outputs import Output
from hub.runtime.task import Batch
from hub.runtime.trouble import Trouble, TroubleKind
from hub.topics import DEAD_LETTERS

_topic_of = attrgetter("topic")


class CommitCounts:
    """Fills the metrics of steps from what loops commit; safe from several loops' threads at once."""

    def __init__(self, metrics: HubMetrics, clock: Callable[[], float] = time.time) -> None:
        self._metrics = metrics
        self._clock = clock
        self._records = cache(metrics.step_records.labels)
        self._batch_records = cache(metrics.step_batch_records.labels)
        self._batch_seconds = cache(metrics.step_batch_seconds.labels)
        self._outputs = cache(metrics.step_outputs.labels)
        self._outcomes = cache(metrics.step_outcomes.labels)
        self._letters = cache(metrics.dead_letters.labels)
        self._last_commit = cache(metrics.last_commit.labels)
        self._commit_seconds = cache(metrics.commit_seconds.labels)
        self._queue = cache(metrics.producer_queue.labels)

    def committed(self, done: Committed) -> None:
        """Count one transaction. For ``on_commit``."""
        now = self._clock()
        for step, batch in done.batches:
            self._count(step.name, batch)
            self._last_commit(step.name).set(now)
        for worker in {step.worker for step, _ in done.batches}:
            self._commit_seconds(worker).observe(done.commit_seconds)
            self._queue(worker).set(done.queued)

    def disturbed(self, trouble: Trouble) -> None:
        """Count one disturbance. For ``on_trouble``."""
        aborted = trouble.kind is TroubleKind.ABORT
        counter = self._metrics.transactions_aborted if aborted else self._metrics.sessions_lost
        counter.labels(trouble.worker, trouble.cause).inc()

    def _count(self, step: str, batch: Batch) -> None:
        self._records(step).inc(batch.records)
        self._batch_records(step).observe(batch.records)
        self._batch_seconds(step).observe(batch.seconds)
        outputs = Counter(map(_topic_of, batch.outputs))
        for topic, count in outputs.items():
            self._outputs(step, topic).inc(count)
        for reason, count in batch.reasons.items():
            self._outcomes(step, tally_of(reason), reason).inc(count)
        if DEAD_LETTERS in outputs:
            for output in batch.outputs:
                if output.topic == DEAD_LETTERS:
                    self._letters(_reason_of(output)).inc()


def _reason_of(output: Output) -> Reason:
    name = name_of(DeadLetter)
    letter = decode_trusted(name, VERSIONS[name], output.value)
    assert isinstance(letter, DeadLetter)
    return Reason(letter.reason)
