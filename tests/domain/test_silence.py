"""When a sensor counts as silent, and when as heard again: at the limit, late, beside other alarms."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from hub import topics
from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.feeds import ReadingPack
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.domain.privacy import Pseudonyms
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.topology import build_steps

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)
MS = timedelta(milliseconds=1)
STATION = "air-dongsi"
PM25, RAIN = 0, 9


@pytest.fixture(scope="module")
def beijing() -> City:
    return load_city("beijing")


class Station:
    """One gateway: an air station, whose sensors are silent after three hours, unless another is named."""

    def __init__(self, city: City, gateway: str = STATION) -> None:
        self.gateway = gateway
        steps = [step for step in build_steps(city, Pseudonyms(b"k" * 32)) if step.name == "sensing"]
        self.runner = MemoryRunner(steps, partitions=1)
        self._sent = 0

    def reads(self, at: datetime, *readings: tuple[int, float], arrived: datetime | None = None) -> None:
        self._sent += 1
        pack = ReadingPack(
            source=self.gateway,
            id=f"P{self._sent}",
            gateway=self.gateway,
            base_time=at,
            slots=np.array([slot for slot, _ in readings], "<u2").tobytes(),
            values=np.array([value for _, value in readings], "<f8").tobytes(),
        )
        self.runner.publish(
            topics.READINGS,
            self.gateway,
            pack,
            source=self.gateway,
            id=pack.id,
            time=at,
            arrived=arrived or at,
        )
        self.runner.run()

    def tick(self, at: datetime) -> None:
        self.runner.tick(at)
        self.runner.run()

    def alarms(self, slot: int) -> list[tuple[AlarmKind, AlarmState, datetime]]:
        """What was said of a sensor: kind, state and event time, in order."""
        sensor = f"{self.gateway}.{slot:02d}"
        return [(a.kind, a.state, a.changed) for a in self._all() if a.sensor == sensor]

    def _all(self) -> Iterator[Alarm]:
        for record in self.runner.records(topics.ALARMS):
            attributes = read_headers(record.headers)
            alarm = decode(attributes.type, attributes.version, record.value or b"")
            assert isinstance(alarm, Alarm)
            yield alarm


def raised(at: datetime) -> tuple[AlarmKind, AlarmState, datetime]:
    return AlarmKind.SILENT, AlarmState.ACTIVE_UNACKED, at


def cleared(at: datetime) -> tuple[AlarmKind, AlarmState, datetime]:
    return AlarmKind.SILENT, AlarmState.CLEARED_UNACKED, at


def test_a_value_right_at_the_limit_is_no_silence(beijing: City) -> None:
    station = Station(beijing)
    station.reads(START, (PM25, 40))
    station.reads(START + 3 * HOUR, (PM25, 41))
    assert station.alarms(PM25) == []


def test_silence_begins_a_millisecond_after_the_limit_and_ends_with_the_next_value(beijing: City) -> None:
    station = Station(beijing)
    station.reads(START, (PM25, 40))
    station.reads(START + 3 * HOUR + MS, (PM25, 41))
    began = START + 3 * HOUR + MS
    assert station.alarms(PM25) == [raised(began), cleared(began)]


def test_one_column_is_silent_while_others_speak_and_is_told_of_once(beijing: City) -> None:
    station = Station(beijing)
    station.reads(START, (PM25, 40), (RAIN, 0))
    for hour in range(1, 9):
        station.reads(START + hour * HOUR, (RAIN, 0))
    assert station.alarms(PM25) == [raised(START + 3 * HOUR + MS)]
    assert station.alarms(RAIN) == []


def test_silence_is_noticed_by_time_alone(beijing: City) -> None:
    station = Station(beijing)
    station.reads(START, (PM25, 40))
    station.tick(START + 10 * HOUR)
    station.tick(START + 20 * HOUR)
    assert station.alarms(PM25) == [raised(START + 3 * HOUR + MS)]


def test_a_late_value_that_shows_that_the_sensor_spoke_ends_the_silence(beijing: City) -> None:
    station = Station(beijing)
    station.reads(START, (PM25, 40))
    now = START + 3 * HOUR + timedelta(minutes=20)
    station.reads(now, (RAIN, 0))
    station.reads(START + 3 * HOUR, (PM25, 41), arrived=now)
    began = START + 3 * HOUR + MS
    assert station.alarms(PM25) == [raised(began), cleared(began)]


def test_a_late_value_from_before_the_silence_does_not_end_it(beijing: City) -> None:
    gateway, slot = next(
        (gateway.id, sensor.slot)
        for gateway in beijing.gateways.values()
        for sensor in gateway.sensors
        if sensor.kind == "gas"  # silent after ten minutes
    )
    other = 0 if slot else 1
    station = Station(beijing, gateway)
    station.reads(START, (slot, 1.0), (other, 1.0))
    now = START + timedelta(minutes=50)
    station.reads(now, (other, 1.0))
    station.reads(START + timedelta(minutes=5), (slot, 1.0), arrived=now)
    assert station.alarms(slot) == [raised(START + timedelta(minutes=10) + MS)]


def test_a_high_alarm_is_updated_while_it_lasts_and_only_where_there_is_a_value(beijing: City) -> None:
    station = Station(beijing)
    for hour, value in enumerate((200.0, 210.0, 220.0)):
        station.reads(START + hour * HOUR, (PM25, value))
    for hour in range(3, 5):
        station.reads(START + hour * HOUR, (RAIN, 0))
    high = [at for kind, _, at in station.alarms(PM25) if kind is AlarmKind.HIGH]
    assert high == [START, START + HOUR, START + 2 * HOUR, START + 3 * HOUR]
