"""`packs` by hand: one numpy array per gateway, in memory only."""

from __future__ import annotations

from collections import defaultdict

from benchmarks.engines.by_hand import Means, absorb, no_means
from benchmarks.engines.raw_loop import Sent, work
from benchmarks.measure import job_given

if __name__ == "__main__":
    given = job_given()
    means: defaultdict[bytes, Means] = defaultdict(no_means)

    def _handle(gateway: bytes, pack: bytes) -> Sent | None:
        alarm = absorb(pack, means[gateway], given.high)
        return None if alarm is None else (gateway, alarm, [])

    work(given, _handle)
