"""What watching costs: processor time per event, bytes per group and town. Printed, never judged by time."""

from __future__ import annotations

import time

from tests.domain.warnings.watched import Watched, after
from tests.figures import Tell

DAYS, PER_DAY = 10, 120
CATEGORIES = ("water.burst", "noise", "lamp", "drip", "smell.drain")


def test_state_is_small_and_events_are_cheap(tell: Tell) -> None:
    town = Watched()
    began = time.process_time()
    for number in range(DAYS * PER_DAY):
        at = after(days=number / PER_DAY)
        category = CATEGORIES[number % len(CATEGORIES)]
        town.say(at, category, cell=f"{number * 7 % 90:04}-{number * 11 % 90:04}")
    micros = (time.process_time() - began) / (DAYS * PER_DAY) * 1e6
    rows = town.rows()
    largest = max(len(value) for value in rows.values())
    tell(
        f"warnings: {micros:.0f} us an event with making it; {len(rows)} rows, "
        f"{sum(map(len, rows.values())) / len(rows):.0f} bytes each, the largest {largest:,}"
    )
    assert len(rows) <= 3 * len(CATEGORIES) + 4
    assert largest < 64 * 200
