"""`route` as a stock Faust agent with a table of counts."""

from __future__ import annotations

from typing import Any

import faust

from benchmarks.engines.by_hand import forward
from benchmarks.engines.faust_app import Counted, app_of, raw_schema, run
from benchmarks.measure import Job, job_given


def build_app(job: Job) -> faust.App:
    """The app with its agent."""
    app = app_of(job)
    sink = app.topic(job.prefix + job.sink, schema=raw_schema())
    counts: Any = app.Table("counts", default=int, partitions=job.partitions)
    counted = Counted(app, job)

    async def route(stream: faust.StreamT[bytes]) -> None:
        async for value in stream:
            counted.begin()
            town, key, order, headers = forward(value)
            counts[town] += 1
            await sink.send(key=key, value=order, headers=headers)
            await counted.done()

    app.agent(app.topic(job.prefix + job.source, schema=raw_schema()), name="route")(route)
    return app


if __name__ == "__main__":
    run(build_app(job_given()))
