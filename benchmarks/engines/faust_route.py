"""`route` as a stock Faust agent with a table, at least once; only its logging is turned down to WARNING."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import faust

from benchmarks.engines.by_hand import forward
from benchmarks.measure import Job, Meter, job_given, report
from hub import topics


def build_app(job: Job) -> faust.App:
    """An app that reports and ends itself once all is read and written."""
    app = faust.App(
        f"{job.prefix}faust",
        broker=f"kafka://{job.brokers}",
        store="memory://",
        datadir=job.folder,
        web_enabled=False,
        topic_partitions=job.partitions,
        consumer_auto_offset_reset="earliest",
    )
    raw: faust.Schema[bytes, bytes] = faust.Schema(
        key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw"
    )
    source = app.topic(job.prefix + topics.HOTLINE, schema=raw)
    sink = app.topic(job.prefix + topics.ORDERS, schema=raw)
    counts: Any = app.Table("counts", default=int, partitions=job.partitions)

    async def route(stream: faust.StreamT[bytes]) -> None:
        meter, handled = None, 0
        async for value in stream:
            meter = meter or Meter()
            town, key, order, headers = forward(value)
            counts[town] += 1
            await sink.send(key=key, value=order, headers=headers)
            handled += 1
            if handled == job.records:
                await app.producer.flush()
                report(job, meter.stop(handled))
                os.kill(os.getpid(), signal.SIGTERM)

    app.agent(source, name="route")(route)
    return app


if __name__ == "__main__":
    given = job_given()
    sys.argv[1:] = []  # Faust reads them too
    worker = faust.Worker(build_app(given), loglevel="WARNING", redirect_stdouts=False)
    worker.spinner = None
    worker.execute_from_commandline()
