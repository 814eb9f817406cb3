"""`route` by hand: counts in memory only."""

from __future__ import annotations

from collections import Counter

from benchmarks.engines.by_hand import forward
from benchmarks.engines.raw_loop import Sent, work
from benchmarks.measure import job_given

_counts = Counter[str]()


def _handle(_: bytes, ticket: bytes) -> Sent:
    town, key, order, headers = forward(ticket)
    _counts[town] += 1
    return key, order, headers


if __name__ == "__main__":
    given = job_given()
    work(given, _handle)
    assert _counts.total() == given.records, "every ticket counts for its town"
