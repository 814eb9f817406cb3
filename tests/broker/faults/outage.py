"""How long a city is silent after a worker is killed, and how fast it catches up, by what is committed."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from tests.broker.faults.driver import Driver
from tests.broker.faults.watch import Commit, Place

from hub import topics

SETTLE_S = (4.0, 6.0)
"""Of undisturbed work before each kill."""
LOOK_S = 20.0
"""How long after a kill its end is looked for."""
_FEEDS = frozenset({topics.HOTLINE, topics.GRID, topics.ACTIONS})


@dataclass(frozen=True, slots=True)
class Outage:
    """After one kill: seconds to the first output of the first and the last partition that came back.

    ``catch_up`` is how many times faster than they arrive records are done until none waits any more.
    """

    first: float
    last: float
    catch_up: float


def measure_kills(driver: Driver, slot: str, times: int, *, back_at_once: bool) -> list[Outage]:
    """Kill a worker that works, so often; it comes back at once, or its fellows take over."""
    found = []
    for _ in range(times):
        for name in driver.running():
            driver.until_working(name)
        driver.wait(driver.chance.uniform(*SETTLE_S))
        moment = time.monotonic()
        driver.kill(slot)
        if back_at_once:
            driver.start(slot)
        driver.wait(LOOK_S)
        found.append(outage_of(driver.watch.commits(), moment))
        if not back_at_once:
            driver.start(slot)
    return found


def outage_of(commits: Sequence[Commit], moment: float) -> Outage:
    """The outage after a kill at a moment (monotonic), of the partitions that were at work just before."""
    busy = {one.place for one in commits if moment - SETTLE_S[0] < one.seen_at <= moment}
    back: dict[Place, float] = {}
    for one in commits:
        if one.seen_at > moment and one.place in busy and one.place[0] != topics.READINGS:
            back.setdefault(one.place, one.seen_at - moment)
    assert back, "nothing came back"
    return Outage(min(back.values()), max(back.values()), _catch_up(commits, moment))


def _catch_up(commits: Sequence[Commit], moment: float) -> float:
    """Work after the first output until it has made up for the pause, against the steady rate before."""
    done = [(one.seen_at, one.records) for one in commits if one.place[0] in _FEEDS]
    before = sum(records for at, records in done if moment - SETTLE_S[0] < at <= moment) / SETTLE_S[0]
    after = [(at, records) for at, records in done if at > moment]
    gap_ends = max(range(len(after)), key=lambda n: after[n][0] - (after[n - 1][0] if n else moment))
    began, total = (after[gap_ends - 1][0] if gap_ends else moment), 0
    done_before_gap = sum(records for _, records in after[:gap_ends])
    for at, records in after[gap_ends:]:
        total += records
        if total + done_before_gap >= before * (at - moment):
            return total / max(at - after[gap_ends][0], 0.2) / before
    return total / (after[-1][0] - began) / before


def described(outages: Sequence[Outage]) -> str:
    """One line: how many, median and longest outage, catch-up."""
    last = [one.last for one in outages]
    return (
        f"{len(outages)} kills: outage median {median(last):.1f} s, longest {max(last):.1f} s, "
        f"first partition {median(one.first for one in outages):.1f} s, "
        f"catch-up {median(one.catch_up for one in outages):.1f} x"
    )
