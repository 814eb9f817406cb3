"""`route` in Bytewax."""

from __future__ import annotations

from typing import Any

from benchmarks.engines.by_hand import Forwarded, forward
from benchmarks.measure import job_given
from benchmarks.peers.bytewax_flow import run


def _keyed(ticket: Any) -> tuple[str, Forwarded]:
    forwarded = forward(ticket.value)
    return forwarded[0], forwarded


def _count(count: int | None, forwarded: Forwarded) -> tuple[int, Any]:
    return (count or 0) + 1, forwarded[1:]


if __name__ == "__main__":
    run(job_given(), _keyed, _count)
