"""A stock Faust app with a table, at least once; only its logging is turned down to WARNING."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

import faust

from benchmarks.measure import Job, Meter, report


def raw_schema() -> faust.Schema[bytes, bytes]:
    """Bytes as they are; a new one for each use, for a table changes the one that it is given."""
    return faust.Schema(key_type=bytes, value_type=bytes, key_serializer="raw", value_serializer="raw")


class Counted:
    """Measures from the first record; reports and ends the app once all is read and written."""

    def __init__(self, app: faust.App, job: Job) -> None:
        self._app = app
        self._job = job
        self._handled = 0
        self._meter: Meter | None = None

    def begin(self) -> None:
        """Before each record is worked on."""
        self._meter = self._meter or Meter()

    async def done(self) -> None:
        """After each record."""
        self._handled += 1
        if self._handled == self._job.records and self._meter is not None:
            await self._app.producer.flush()
            report(self._job, self._meter.stop(self._handled))
            os.kill(os.getpid(), signal.SIGTERM)


def app_of(job: Job) -> faust.App:
    """An app without web server, reading from the beginning."""
    return faust.App(
        job.prefix + job.group,
        broker=f"kafka://{job.brokers}",
        store="memory://",
        datadir=job.folder,
        web_enabled=False,
        topic_partitions=job.partitions,
        consumer_auto_offset_reset="earliest",
    )


def run(app: faust.App) -> None:
    """Run a worker until the app ends itself."""
    sys.argv[1:] = []  # Faust reads them too
    worker: Any = faust.Worker(app, loglevel="WARNING", redirect_stdouts=False)
    worker.spinner = None
    worker.execute_from_commandline()
