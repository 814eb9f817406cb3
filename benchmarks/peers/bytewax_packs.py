"""`packs` in Bytewax: one array per gateway as its state."""

from __future__ import annotations

from typing import Any

from benchmarks.engines.by_hand import Means, absorb, no_means
from benchmarks.measure import job_given
from benchmarks.peers.bytewax_flow import run


def _keyed(pack: Any) -> tuple[str, tuple[bytes, bytes]]:
    return pack.key.decode(), (pack.key, pack.value)


if __name__ == "__main__":
    given = job_given()

    def _sense(means: Means | None, pack: tuple[bytes, bytes]) -> tuple[Means, Any]:
        state = no_means() if means is None else means
        alarm = absorb(pack[1], state, given.high)
        return state, None if alarm is None else (pack[0], alarm, [])

    run(given, _keyed, _sense)
