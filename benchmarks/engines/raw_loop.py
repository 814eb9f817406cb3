"""A loop written by hand with confluent-kafka, tuned, at least once: its state is lost with the process."""

from __future__ import annotations

import time
from collections.abc import Callable

from confluent_kafka import Consumer, KafkaException, Producer

from benchmarks.measure import Job, Meter, report

AT_ONCE = 10_000
COMMIT_S = 1.0

Sent = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers."""


def work(job: Job, handle: Callable[[bytes, bytes], Sent | None]) -> None:
    """Handle key and value of each record; each second outputs are flushed, and then offsets committed."""
    consumer = _consumer(job)
    producer = _producer(job)
    meters: list[Meter] = []
    consumer.subscribe([job.prefix + job.source], on_assign=lambda *_: meters.append(Meter()))
    out, handled = job.prefix + job.sink, 0
    safe, committed = 0, time.monotonic()
    while safe < job.records:
        for message in consumer.consume(AT_ONCE, 0.05):
            error, key, value = message.error(), message.key(), message.value()
            if error is not None or key is None or value is None:
                raise KafkaException(error)
            sent = handle(key, value)
            handled += 1
            if sent is not None:
                producer.produce(out, sent[1], sent[0], headers=list(sent[2]))
        producer.poll(0)
        due = time.monotonic() - committed > COMMIT_S or handled == job.records
        if due and handled > safe:
            producer.flush()
            consumer.commit(asynchronous=False)
            safe, committed = handled, time.monotonic()
    report(job, meters[0].stop(handled))
    consumer.close()


def _consumer(job: Job) -> Consumer:
    return Consumer(
        {
            "bootstrap.servers": job.brokers,
            "group.id": job.prefix + job.group,
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 5,
        }
    )


def _producer(job: Job) -> Producer:
    return Producer(
        {
            "bootstrap.servers": job.brokers,
            "acks": "all",
            "linger.ms": 5,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
