"""Faults of sensors by the windows of one gateway: where they begin and end, and the worked example."""

from __future__ import annotations

import numpy as np
import pytest

from hub.citypack.model import SensorKind
from hub.domain.alarms import clear_alarms, raise_alarms
from hub.domain.faults import judge_window
from hub.domain.gateways import (
    MISSING,
    SILENT,
    STUCK,
    Slots,
    begin,
    fault_limits_of,
    read_slots,
    reset_window,
    row_bytes,
)

HOUR = 3_600_000
KIND = SensorKind(
    kind="k",
    unit="u",
    stuck_minutes=180,
    stuck_above=1.0,
    missing_share=0.25,
    category="c",
    silent_category="s",
)


class Sensor:
    """One sensor, beside one that is read ``most``; each window of an hour says what changes of faults."""

    def __init__(self, kind: SensorKind = KIND) -> None:
        self.limits = fault_limits_of([kind, kind])
        self.slots: Slots = read_slots([bytes(row_bytes(2))], 2).row(0)
        begin(self.slots, 0)
        self.hour = 1

    def window(self, *values: float, most: int = 1) -> list[tuple[int, bool]]:
        """The alarms that change: kind, and whether it is raised."""
        reset_window(self.slots)
        self.slots.count[...] = len(values), max(most, len(values))
        if values:
            self.slots.low[0], self.slots.high[0] = min(values), max(values)
        start, self.hour = self.hour * HOUR, self.hour + 1
        changed = judge_window(self.slots, self.limits, start, start + HOUR)
        raised = raise_alarms(self.slots, changed.on, start + HOUR)
        cleared = clear_alarms(self.slots, changed.off, start + HOUR)
        return [(one.where[0], one.active) for one in (*raised, *cleared) if one.where[1] == 0]


def test_a_value_may_stay_until_its_limit_and_not_longer() -> None:
    sensor = Sensor()
    said = [sensor.window(5.0, 5.0) for _ in range(5)]
    assert said == [[], [], [], [(STUCK, True)], []]
    assert sensor.slots.raised_ms[STUCK, 0] == 5 * HOUR
    assert sensor.window(5.0, 5.1) == [(STUCK, False)]
    assert sensor.window(5.0) == []


def test_another_value_begins_a_run_of_its_own_and_windows_without_one_change_nothing() -> None:
    sensor = Sensor()
    assert [sensor.window(5.0) for _ in range(3)] == [[]] * 3
    assert [sensor.window(6.0), sensor.window(), sensor.window()] == [[]] * 3
    assert sensor.window(6.0) == [(STUCK, True)]


def test_a_silence_ends_a_run() -> None:
    sensor = Sensor()
    for _ in range(3):
        sensor.window(5.0)
    sensor.slots.raised_ms[SILENT, 0] = 4 * HOUR + 1
    assert [sensor.window(5.0) for _ in range(4)] == [[]] * 4
    assert sensor.window(5.0) == [(STUCK, True)]


@pytest.mark.parametrize("kind", [KIND, KIND.model_copy(update={"stuck_minutes": None})])
def test_a_floor_may_stay_for_ever_and_so_may_a_kind_without_a_limit(kind: SensorKind) -> None:
    sensor = Sensor(kind)
    value = 1.0 if kind is KIND else 5.0
    assert [sensor.window(value) for _ in range(30)] == [[]] * 30


def test_two_empty_hours_after_each_value_are_missing_in_the_twelfth() -> None:
    sensor = Sensor()
    said = [sensor.window(float(n)) if n % 3 == 0 else sensor.window() for n in range(12)]
    assert said == [[]] * 11 + [[(MISSING, True)]]
    assert sensor.slots.gaps[0] == pytest.approx(0.2723, abs=1e-4)


def test_missing_ends_at_half_of_the_share() -> None:
    sensor = Sensor()
    while not sensor.window(1.0, most=10):
        pass
    hours = 0
    while not (said := sensor.window(1.0, 2.0)):
        hours += 1
    assert said == [(MISSING, False)]
    assert hours == 17
    assert sensor.slots.gaps[0] <= 0.125


def test_packs_without_a_value_of_a_silent_sensor_do_not_count() -> None:
    sensor = Sensor()
    silent = np.zeros_like(sensor.slots.alarm, bool)
    silent[SILENT] = True
    raise_alarms(sensor.slots, silent, 0)
    assert [sensor.window() for _ in range(30)] == [[]] * 30
    assert sensor.slots.gaps[0] == 0
