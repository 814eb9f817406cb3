"""A drift is found beside others of its kind; weather that all share, offsets and noise are none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.sensing import WindowSummary
from hub.domain.patterns.drift import Windows, find_drifts

START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(hours=6)
DAYS = 7
DRIFTED = "air-dongsi.00"


@pytest.fixture(scope="module")
def beijing() -> City:
    return load_city("beijing")


def week(
    city: City, seed: int, drifts: Mapping[str, float], *, gaps: float = 0.0, days: int = DAYS
) -> Windows:
    """Windows of every gateway: weather of each kind, each sensor's own offset, noise; drifts in its unit."""
    rng = np.random.default_rng(seed)
    windows = Windows(city, DAYS)
    kinds = sorted(city.kinds)
    offset = {gateway.id: rng.normal(0, 3, len(gateway.sensors)) for gateway in city.gateways.values()}
    steps = days * 4
    weather = np.cumsum(rng.normal(0, 5, (steps, len(kinds))), axis=0)
    for step in range(steps):
        for gateway in city.gateways.values():
            numbers = [kinds.index(sensor.kind) for sensor in gateway.sensors]
            gone = np.array([drifts.get(sensor.id, 0.0) for sensor in gateway.sensors]) * step / steps
            mean = weather[step, numbers] + offset[gateway.id] + gone + rng.normal(0, 1, len(gateway.sensors))
            mean[rng.random(mean.size) < gaps] = np.nan
            windows.take(summary(gateway.id, START + step * EVERY, mean))
    return windows


def summary(
    gateway: str, start: datetime, mean: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> WindowSummary:
    told = mean.astype("<f8").tobytes()
    return WindowSummary(
        gateway=gateway, start=start, seconds=3600, packs=1, count=b"", mean=told, low=told, high=told
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_drift_is_found_and_nothing_else(beijing: City, seed: int) -> None:
    (found,) = find_drifts(beijing, week(beijing, seed, {DRIFTED: 15.0}, gaps=0.1))
    assert (found.sensor, found.kind) == (DRIFTED, "pm25")
    assert found.low < found.moved < found.high
    assert found.moved == pytest.approx(15 * (DAYS - 1) / DAYS, abs=4)
    assert found.times > 6


def test_without_a_drift_nothing_is_found_whatever_the_weather(beijing: City) -> None:
    assert find_drifts(beijing, week(beijing, 11, {})) == []


def test_only_the_newest_days_are_kept(beijing: City) -> None:
    windows = week(beijing, 1, {}, days=9)
    assert windows.starts[0] == START + 2 * timedelta(days=1)
    assert len(windows.starts) == DAYS * 4
    windows.take(summary(next(iter(beijing.gateways)), START, np.zeros(1)))
    windows.take(summary("of another city", START + timedelta(days=20), np.zeros(1)))
    assert len(windows.starts) == DAYS * 4


def test_no_windows_no_drifts(beijing: City) -> None:
    assert find_drifts(beijing, Windows(beijing, DAYS)) == []
