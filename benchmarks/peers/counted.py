"""A meter for engines that tell of records only: from the first of them on."""

from __future__ import annotations

from benchmarks.measure import Job, Meter, report


class Counted:
    """Counts the records of a job."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._seen = 0
        self._meter: Meter | None = None

    def record(self) -> bool:
        """Before each record is worked on; True for the last one."""
        self._meter = self._meter or Meter()
        self._seen += 1
        return self._seen == self._job.records

    def report(self) -> None:
        """Tell the parent, once all is committed. Raises RuntimeError where records are missing."""
        if self._meter is None or self._seen < self._job.records:
            raise RuntimeError(f"only {self._seen} of {self._job.records} records were read")
        report(self._job, self._meter.stop(self._job.records))
