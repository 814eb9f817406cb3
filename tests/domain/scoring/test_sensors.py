"""Sensor online rates: silences as intervals, cut at the ends of the period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from tests.domain.scoring.lives import beijing

from hub.contracts.scores import ScoreBy
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.domain.scoring.sensors import online_rates

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
END = FIRST + timedelta(days=1)
GATEWAY = next(iter(beijing().gateways.values()))
SENSORS = sum(len(g.sensors) for g in beijing().gateways.values() if g.town == GATEWAY.town)


def silence(
    number: int, raised: float, cleared: float | None = None, kind: AlarmKind = AlarmKind.SILENT
) -> Alarm:
    """A silence from one hour to another, or on and on."""
    state = AlarmState.ACTIVE_UNACKED if cleared is None else AlarmState.CLEARED_UNACKED
    return Alarm(
        alarm_id=f"{GATEWAY.id}/s/{kind}/{number}",
        gateway=GATEWAY.id,
        sensor="s",
        kind=kind,
        state=state,
        raised=FIRST + timedelta(hours=raised),
        changed=FIRST + timedelta(hours=raised if cleared is None else cleared),
        value=None,
        limit=None,
        town=GATEWAY.town,
        cell=None,
    )


@pytest.mark.parametrize(
    ("alarms", "silent_h"),
    [
        ([], 0),
        ([silence(1, 2), silence(1, 2, 5)], 3),
        ([silence(1, -5, 2)], 2),
        ([silence(1, 20)], 4),
        ([silence(1, 20, 30)], 4),
        ([silence(1, -5, -1), silence(2, 30)], 0),
        ([silence(1, 1, 2), silence(2, 3, 5)], 3),
        ([silence(1, 1, 9, AlarmKind.HIGH)], 0),
    ],
)
def test_the_hours_of_silences_within_the_period_count(alarms: list[Alarm], silent_h: float) -> None:
    found = online_rates(beijing(), alarms, ScoreBy.TOWN, FIRST, END)
    assert found[GATEWAY.town] == pytest.approx(1 - silent_h / (24 * SENSORS))


def test_districts_and_the_city_have_the_sensors_of_their_towns() -> None:
    towns, districts, city = (
        online_rates(beijing(), [silence(1, 0)], by, FIRST, END)
        for by in (ScoreBy.TOWN, ScoreBy.DISTRICT, None)
    )
    assert towns[GATEWAY.town] < districts[beijing().district_of(GATEWAY.town)] < city["beijing"] < 1


def test_units_and_categories_have_no_sensors_and_no_time_no_rate() -> None:
    assert online_rates(beijing(), [], ScoreBy.UNIT, FIRST, END) == {}
    assert online_rates(beijing(), [], ScoreBy.TOWN, FIRST, FIRST) == {}
