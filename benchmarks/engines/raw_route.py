"""`route` written by hand with confluent-kafka, tuned, at least once: counts in memory only, no changelog."""

from __future__ import annotations

import time
from collections import Counter

from confluent_kafka import Consumer, KafkaException, Producer

from benchmarks.engines.by_hand import forward
from benchmarks.measure import Job, Meter, job_given, report
from hub import topics

AT_ONCE = 10_000
COMMIT_S = 1.0


def work(job: Job) -> None:
    """Read to the end; each second the outputs are flushed and then the offsets committed."""
    consumer = Consumer(
        {
            "bootstrap.servers": job.brokers,
            "group.id": f"{job.prefix}raw",
            "enable.auto.commit": False,
            "auto.offset.reset": "earliest",
            "fetch.queue.backoff.ms": 5,
        }
    )
    producer = Producer(
        {
            "bootstrap.servers": job.brokers,
            "acks": "all",
            "linger.ms": 5,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 1_000_000,
        }
    )
    meters: list[Meter] = []
    consumer.subscribe([job.prefix + topics.HOTLINE], on_assign=lambda *_: meters.append(Meter()))
    out, counts, handled = job.prefix + topics.ORDERS, Counter[str](), 0
    safe, committed = 0, time.monotonic()
    while safe < job.records:
        for message in consumer.consume(AT_ONCE, 0.05):
            error, value = message.error(), message.value()
            if error is not None or value is None:
                raise KafkaException(error)
            town, key, order, headers = forward(value)
            counts[town] += 1
            producer.produce(out, order, key, headers=list(headers))
            handled += 1
        producer.poll(0)
        due = time.monotonic() - committed > COMMIT_S or handled == job.records
        if due and handled > safe:
            producer.flush()
            consumer.commit(asynchronous=False)
            safe, committed = handled, time.monotonic()
    assert counts.total() == handled, "every ticket counts for its town"
    report(job, meters[0].stop(handled))
    consumer.close()


if __name__ == "__main__":
    work(job_given())
