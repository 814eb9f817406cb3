"""Packs: quiet sensors keep within their limits, incidents show, silent sensors send nothing."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from tests.simulate.conftest import START

from hub.citypack.city import City
from hub.contracts.feeds import ReadingPack
from hub.errors import HubError
from hub.simulate.city_life import simulate
from hub.simulate.readings import default_pack_minutes
from hub.simulate.truth import GroundTruth

Readings = dict[tuple[str, int], list[tuple[datetime, float]]]


def readings_of(packs: list[ReadingPack]) -> Readings:
    found: Readings = defaultdict(list)
    for pack in packs:
        slots = np.frombuffer(pack.slots, "<u2").tolist()
        values = np.frombuffer(pack.values, "<f8").tolist()
        for slot, value in zip(slots, values, strict=True):
            found[pack.gateway, slot].append((pack.base_time, value))
    return found


@pytest.fixture(scope="module")
def day(beijing: City) -> tuple[GroundTruth, Readings]:
    truth = GroundTruth()
    sent = simulate(beijing, 7, START, 0.6, 0.02, truth=truth)
    packs = {one.id: one.value for one in sent if isinstance(one.value, ReadingPack)}
    return truth, readings_of(list(packs.values()))


def test_only_incidents_take_sensors_out_of_their_limits(
    day: tuple[GroundTruth, Readings], beijing: City
) -> None:
    truth, readings = day
    out = {
        (gateway, slot)
        for (gateway, slot), values in readings.items()
        for _, value in values
        if not _within(beijing, gateway, slot, value)
    }
    shown = {(e.gateway, e.slot) for i in truth.incidents.values() for e in i.excursions}
    assert out == shown
    assert len(shown) >= 3


def test_an_incident_shows_on_its_sensor_while_it_lasts(
    day: tuple[GroundTruth, Readings], beijing: City
) -> None:
    truth, readings = day
    for incident in truth.incidents.values():
        for excursion in incident.excursions:
            for time, value in readings[excursion.gateway, excursion.slot]:
                lasts = excursion.began <= time < excursion.ended
                within = _within(beijing, excursion.gateway, excursion.slot, value)
                assert np.isnan(value) or lasts != within


def test_a_silent_sensor_sends_nothing(day: tuple[GroundTruth, Readings]) -> None:
    truth, readings = day
    assert truth.silences
    for silence in truth.silences:
        for (gateway, slot), values in readings.items():
            if gateway == silence.gateway and silence.slot in (slot, None):
                assert not any(silence.began <= time < silence.ended for time, _ in values)


def test_every_other_sensor_is_heard_before_it_counts_as_silent(
    day: tuple[GroundTruth, Readings], beijing: City
) -> None:
    truth, readings = day
    silent = {silence.gateway for silence in truth.silences}
    limit = timedelta(seconds=min(kind.silent_s for kind in beijing.kinds.values()))
    for (gateway, _), values in readings.items():
        times = sorted(time for time, _ in values)
        if gateway not in silent:
            assert max(b - a for a, b in pairwise(times)) < limit


def test_every_gateway_sends_at_its_interval(day: tuple[GroundTruth, Readings], beijing: City) -> None:
    truth, readings = day
    silent = {silence.gateway for silence in truth.silences}
    packs = 0.6 * 24 * 60 / default_pack_minutes(beijing)
    for (gateway, _), values in readings.items():
        assert gateway in silent or abs(len(values) - packs) <= 4


def test_some_readings_have_no_value(day: tuple[GroundTruth, Readings]) -> None:
    values = [value for found in day[1].values() for _, value in found]
    missing = sum(1 for value in values if value != value)
    assert 0.0001 < missing / len(values) < 0.001


def test_packs_that_would_leave_sensors_silent_are_refused(beijing: City) -> None:
    assert default_pack_minutes(beijing) == 5
    with pytest.raises(HubError, match="leaves sensors silent"):
        simulate(beijing, 1, START, pack_minutes=10)


def _within(city: City, gateway: str, slot: int, value: float) -> bool:
    kind = city.kinds[city.gateways[gateway].sensors[slot].kind]
    low = -np.inf if kind.low is None else kind.low
    high = np.inf if kind.high is None else kind.high
    return bool(np.isnan(value) or low <= value <= high)
