"""A season for tests: busy places and liked ones, hours, seasons, storms, matters that last; works by night.

Everything but the works is drawn independently: who says that anything else goes together is wrong.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from hub.domain.patterns.occurrences import Occurred, Occurrences

START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS, CELLS, TOWNS = 90, 300, 15
WORKS = ("noise", "fence", "digging")
NIGHT = (21, 22, 23, 24, 25, 26)
DAY = (9, 10, 11, 12, 14, 15, 16, 17)
EVENING = (18, 19, 20, 21)


def season(seed: int, *, works: int = 12) -> Occurred:
    """What was reported, by cell and six hours; ``works`` places are dug up by night for weeks."""
    rng = np.random.default_rng(seed)
    told = Occurrences(ZoneInfo("UTC"), hours=6, first_hour=3)

    def tell(category: str, cell: int, day: int, hours: tuple[int, ...]) -> None:
        at = START + timedelta(days=day, hours=int(rng.choice(hours)), minutes=int(rng.integers(60)))
        told.take(category, f"c{cell:03d}", town := f"t{cell % TOWNS:02d}", town, at)

    busy = rng.lognormal(0, 1, CELLS)
    busy /= busy.sum()
    warm = np.linspace(0.3, 1.7, DAYS)
    stormy = np.where(rng.random(DAYS) < 0.04, 6.0, 1.0)
    for number in range(40):
        hours = (NIGHT, DAY, EVENING, DAY)[number % 4]
        days = (warm, warm[::-1], stormy, np.ones(DAYS))[number // 10]
        count = rng.poisson(rng.choice([60, 200, 500]))
        liked = busy * rng.lognormal(0, 1, CELLS)
        cells, when = (
            rng.choice(CELLS, count, p=liked / liked.sum()),
            rng.choice(DAYS, count, p=days / days.sum()),
        )
        for cell, day in zip(cells, when, strict=True):
            tell(f"plain{number:02d}", int(cell), int(day), hours)
    for number in range(12):  # matters that last, each told again and again at its place
        for _ in range(6):
            cell, began, lasts = int(rng.choice(CELLS, p=busy)), rng.integers(DAYS), rng.integers(7, 25)
            for day in range(int(began), min(int(began + lasts), DAYS)):
                if rng.random() < 0.7:
                    tell(f"lasting{number:02d}", cell, day, (NIGHT, DAY)[number % 2])
    for name in WORKS:
        for cell in rng.choice(CELLS, 60, p=busy):
            tell(name, int(cell), int(rng.integers(DAYS)), NIGHT)
    for _ in range(works):
        cell, began, lasts = int(rng.integers(CELLS)), rng.integers(DAYS - 10), rng.integers(10, 30)
        for day in range(int(began), min(int(began + lasts), DAYS)):
            for name, chance in zip(WORKS, (0.8, 0.5, 0.4), strict=True):
                if rng.random() < chance:
                    tell(name, cell, day, NIGHT)
    return told.all()
