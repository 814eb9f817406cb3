"""Faulty sensors and pollution episodes in the published file of Beijing's air, counted by numpy alone.

None of the hub's code is used: only its limits, as the pack's file states them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

HOUR = timedelta(hours=1)
SILENT_HOURS = 3
MEMORY_HOURS = 24

Values = npt.NDArray[np.float64]
"""The values of a sensor hour by hour, NaN where there is none."""

Spell = tuple[datetime, datetime | None]
"""From when to when a fault was known; None if it still is."""


def stuck_spells(values: Values, start: datetime, kind: Mapping[str, Any]) -> list[Spell]:
    """Where one value stayed for longer than the kind's limit, known at the end of the hour that shows it."""
    limit = kind.get("stuck_minutes", np.inf) / 60
    floor = kind.get("stuck_above", -np.inf)
    found: list[Spell] = []
    runs = list(_runs(values))
    for number, run in enumerate(runs):
        long_enough = run[run - run[0] + 1 > limit]
        if values[run[0]] > floor and long_enough.size:
            after = runs[number + 1][0] if number + 1 < len(runs) else None
            ended = None if after is None else start + (int(after) + 1) * HOUR
            found.append((start + (int(long_enough[0]) + 1) * HOUR, ended))
    return found


def missing_spells(
    values: Values, reports: npt.NDArray[np.intp], start: datetime, kind: Mapping[str, Any]
) -> list[Spell]:
    """Where the moving share of hours without a value was too high, until it was half of that.

    Hours in which the station has no value at all, and silences, are left out.
    """
    share, since = 0.0, None
    spoke = 0
    found: list[Spell] = []
    for hour, gap in enumerate(np.isnan(values)):
        if not reports[hour] or (gap and hour - spoke >= SILENT_HOURS):
            continue
        spoke = spoke if gap else hour
        share += (float(gap) - share) / MEMORY_HOURS
        if since is None and share > kind["missing_share"]:
            since = start + (hour + 1) * HOUR
        elif since is not None and share <= kind["missing_share"] / 2:
            found.append((since, start + (hour + 1) * HOUR))
            since = None
    return found if since is None else [*found, (since, None)]


def episodes(stations: Values, start: datetime, limit: float, hours: int) -> list[tuple[datetime, datetime]]:
    """Spells of so many hours or more in which half of the stations read more than a limit."""
    above = 2 * np.count_nonzero(stations > limit, axis=0) >= len(stations)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], above, [False])).astype(np.int8)))
    return [
        (start + int(first) * HOUR, start + int(last) * HOUR)
        for first, last in edges.reshape(-1, 2)
        if last - first >= hours
    ]


def _runs(values: Values) -> Iterator[npt.NDArray[np.intp]]:
    """The hours of each run of equal values; a silence ends a run."""
    read = np.flatnonzero(~np.isnan(values))
    breaks = (np.diff(values[read]) != 0) | (np.diff(read) > SILENT_HOURS)
    yield from (run for run in np.split(read, np.flatnonzero(breaks) + 1) if run.size)
