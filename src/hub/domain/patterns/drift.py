"""Sensors that drift 传感器漂移: slowly away from what others of their kind around them read.

Formulas: docs/patterns.md, "Sensors that drift".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from hub.citypack.city import City
from hub.contracts.sensing import WindowSummary

FEWEST = 5
"""Sensors of a kind in a district that are enough to compare with; else with all of the city."""

FEWEST_DAYS = 4
TIMES = 6.0
"""So many times the usual move of its kind is a drift."""

_NORMAL = 1.4826
"""Standard deviation of normal numbers by their median absolute deviation."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drift:
    """A sensor that moved away from others: by how much, in its unit, with the interval of 99 %."""

    sensor: str
    kind: str
    town: str
    moved: float
    low: float
    high: float
    times: float
    """Times the usual move of its kind in this time."""


class Windows:
    """Keeps the means of the newest days of every gateway; 8 bytes for each sensor and window."""

    def __init__(self, city: City, days: int) -> None:
        self._sizes = {gateway.id: len(gateway.sensors) for gateway in city.gateways.values()}
        self._kept = timedelta(days=days)
        self._means: dict[datetime, dict[str, Floats]] = {}
        self._newest: datetime | None = None

    def take(self, summary: WindowSummary) -> None:
        """Note a window; one of a gateway that the city pack has otherwise, or too old, changes nothing."""
        mean = np.frombuffer(summary.mean, "<f8")
        if self._sizes.get(summary.gateway) != mean.size:
            return
        if self._newest is None or summary.start > self._newest:
            self._newest = summary.start
            for start in [start for start in self._means if start <= summary.start - self._kept]:
                del self._means[start]
        if summary.start > self._newest - self._kept:
            self._means.setdefault(summary.start, {})[summary.gateway] = mean

    @property
    def starts(self) -> tuple[datetime, ...]:
        """When the windows began, in order."""
        return tuple(sorted(self._means))

    def of(self, sensors: Sequence[tuple[str, int]]) -> Floats:
        """The means of sensors (gateway, slot) as columns, a row for each window; NaN where there is none."""
        table = np.full((len(self._means), len(sensors)), np.nan)
        for row, start in enumerate(self.starts):
            means = self._means[start]
            for column, (gateway, slot) in enumerate(sensors):
                if gateway in means:
                    table[row, column] = means[gateway][slot]
        return table


def find_drifts(city: City, windows: Windows) -> list[Drift]:
    """The sensors that drift, the farthest first; kinds with few sensors are not judged."""
    by_kind: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for gateway in sorted(city.gateways.values(), key=lambda one: one.id):
        for slot, sensor in enumerate(gateway.sensors):
            by_kind[sensor.kind].append((gateway.id, slot))
    zone = ZoneInfo(city.settings.timezone)
    days = [start.astimezone(zone).date() for start in windows.starts]
    found = [
        drift
        for kind, sensors in sorted(by_kind.items())
        if len(sensors) >= FEWEST and days
        for drift in _of_kind(city, kind, sensors, windows.of(sensors), days)
    ]
    return sorted(found, key=lambda one: (-abs(one.times), one.sensor))


def _of_kind(
    city: City, kind: str, sensors: Sequence[tuple[str, int]], means: Floats, days: Sequence[date]
) -> list[Drift]:
    towns = [city.gateways[gateway].places[slot].town for gateway, slot in sensors]
    daily = _by_day(_beside_others(means, [city.district_of(town) for town in towns]), days)
    slopes = {
        column: _slope(daily[:, column])
        for column in range(len(sensors))
        if np.count_nonzero(np.isfinite(daily[:, column])) >= FEWEST_DAYS
    }
    if len(slopes) < FEWEST:
        return []
    span = len(daily) - 1
    moves = np.array([slope for slope, _, _ in slopes.values()]) * span
    usual = float(_NORMAL * np.median(np.abs(moves - np.median(moves))))
    found = []
    for column, (slope, low, high) in slopes.items():
        moved = slope * span
        if usual > 0 and abs(moved) > TIMES * usual and low * high > 0:
            gateway, slot = sensors[column]
            sensor = city.gateways[gateway].sensors[slot].id
            found.append(Drift(sensor, kind, towns[column], moved, low * span, high * span, moved / usual))
    return found


def _beside_others(means: Floats, districts: Sequence[str]) -> Floats:
    """What each sensor read less the median of its kind in its district, or in the city where it has few."""
    where: Mapping[str, list[int]] = {
        code: [column for column, district in enumerate(districts) if district == code]
        for code in set(districts)
    }
    everywhere = list(range(len(districts)))
    beside = np.empty_like(means)
    for columns in where.values():
        among = columns if len(columns) >= FEWEST else everywhere
        beside[:, columns] = means[:, columns] - _median(means[:, among])[:, np.newaxis]
    return beside


def _by_day(beside: Floats, days: Sequence[date]) -> Floats:
    """The median of each sensor's windows, day by day; days without any stay in, as NaN."""
    first = min(days)
    numbers = np.array([(day - first).days for day in days])
    return np.array([_median(beside[numbers == day].T) for day in range(int(numbers.max()) + 1)])


def _median(rows: Floats) -> Floats:
    """The median of each row's numbers; NaN where it has none."""
    medians = np.full(len(rows), np.nan)
    some = np.isfinite(rows).any(axis=1)
    if some.any():
        medians[some] = np.nanmedian(rows[some], axis=1)
    return medians


def _slope(daily: Floats) -> tuple[float, float, float]:
    """Theil's and Sen's slope a day, with its interval of 99 %."""
    read = np.flatnonzero(np.isfinite(daily))
    slope, _, low, high = stats.theilslopes(daily[read], read, 0.99)
    return float(slope), float(low), float(high)
