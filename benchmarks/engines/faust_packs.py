"""`packs` as a stock Faust agent with a table of one array per gateway."""

from __future__ import annotations

from typing import Any

import faust

from benchmarks.engines.by_hand import absorb, means_of
from benchmarks.engines.faust_app import Counted, app_of, raw_schema, run
from benchmarks.measure import Job, job_given


def build_app(job: Job) -> faust.App:
    """The app with its agent."""
    app = app_of(job)
    sink = app.topic(job.prefix + job.sink, schema=raw_schema())
    means: Any = app.Table("means", schema=raw_schema(), partitions=job.partitions)
    counted = Counted(app, job)

    async def sense(stream: faust.StreamT[bytes]) -> None:
        async for gateway, pack in stream.items():
            counted.begin()
            state = means_of(means.get(gateway))
            alarm = absorb(pack, state, job.high)
            means[gateway] = state.tobytes()
            if alarm is not None:
                await sink.send(key=gateway, value=alarm)
            await counted.done()

    app.agent(app.topic(job.prefix + job.source, schema=raw_schema()), name="sense")(sense)
    return app


if __name__ == "__main__":
    run(build_app(job_given()))
