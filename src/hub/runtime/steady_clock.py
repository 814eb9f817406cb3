"""Time that does not jump: a machine whose clock is set while a worker runs fires no limit early or late."""

import time
from collections.abc import Callable
from datetime import UTC, datetime

import structlog

log = structlog.get_logger("hub.worker")

SLEWED_S = 0.5
"""A clock that differs by so much since it was last read was set; by less, it was corrected bit by bit."""


def since_boot() -> float:
    """Seconds since the machine started; nobody sets this clock, and it counts while the machine sleeps."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


class SteadyClock:
    """The machine's time at the beginning, and then as it passes; small corrections are followed.

    A clock that was set is not: a restart takes it over, after comparing it with the broker's.
    """

    def __init__(
        self, told: Callable[[], float] = time.time, passed: Callable[[], float] = since_boot
    ) -> None:
        self._told = told
        self._passed = passed
        self._now = told()
        self._read_at = passed()
        self._ahead = 0.0

    def now(self) -> datetime:
        """The time, in UTC. Read it at least once a minute or so, or corrections look like jumps."""
        passed, told = self._passed(), self._told()
        steady = self._now + passed - self._read_at
        ahead = told - steady
        if abs(ahead - self._ahead) > SLEWED_S:
            fix = "set it back, or restart the worker once it is right"
            log.warning("clock_was_set", by_s=round(ahead - self._ahead, 1), fix=fix)
            self._ahead = ahead
        self._now, self._read_at = told - self._ahead, passed
        return datetime.fromtimestamp(self._now, UTC)
