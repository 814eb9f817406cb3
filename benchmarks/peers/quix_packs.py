"""`packs` in Quix Streams: the array of a gateway as bytes in its state."""

from __future__ import annotations

from quixstreams import State

from benchmarks.engines.by_hand import absorb, means_of
from benchmarks.measure import job_given
from benchmarks.peers.quix_app import Sent, run

if __name__ == "__main__":
    given = job_given()

    def _handle(gateway: bytes, pack: bytes, state: State) -> Sent | None:
        means = means_of(state.get_bytes("means"))
        alarm = absorb(pack, means, given.high)
        state.set_bytes("means", means.tobytes())
        return None if alarm is None else (gateway, alarm, [])

    run(given, _handle)
