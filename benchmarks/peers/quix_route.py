"""`route` in Quix Streams."""

from __future__ import annotations

from quixstreams import State

from benchmarks.engines.by_hand import forward
from benchmarks.measure import job_given
from benchmarks.peers.quix_app import Sent, run


def _handle(_: bytes, ticket: bytes, state: State) -> Sent:
    key, order, headers = forward(ticket)[1:]  # state goes by the record's key, the town
    state.set("count", state.get("count", 0) + 1)
    return key, order, headers


if __name__ == "__main__":
    run(job_given(), _handle)
