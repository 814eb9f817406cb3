"""The work of `packs`: gateways of 200 sensors, packs with a reading of each, one in a hundred bad."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hub import topics
from hub.citypack.city import City, Gateway
from hub.citypack.load import load_city
from hub.citypack.model import Sensor, SensorKind
from hub.contracts.feeds import ReadingPack
from hub.domain.privacy import Pseudonyms
from hub.flow import Emit, Step
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.outputs import Output
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.topology import build_steps

SOURCE = "gateways"
GATEWAYS = 500
READINGS = 200
BAD_EVERY = 100
START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(seconds=10)


def sensing_step() -> Step:
    """The hub's own step, for Beijing with gateways of our own."""
    steps = build_steps(_city(), Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    return next(step for step in steps if step.name == "sensing")


def bad_packs(count: int) -> int:
    """How many of so many packs have a reading that is too high: each raises one alarm."""
    return sum(_is_bad(number) for number in range(count))


class Expected(NamedTuple):
    """The alarm of a bad pack: the sensor whose reading is too high, its readings so far, and their mean."""

    slot: int
    readings: int
    mean: float


def expected_alarms(count: int) -> Mapping[str, Expected]:
    """The alarms of so many packs, by the pack's id."""
    sums = np.zeros((GATEWAYS, READINGS))
    found = {}
    for number, values in enumerate(_all_values(count)):
        gateway = number % GATEWAYS
        sums[gateway] += values
        if _is_bad(number):
            slot, so_far = number % READINGS, number // GATEWAYS + 1
            found[_id(number)] = Expected(slot, so_far, float(sums[gateway, slot]) / so_far)
    return found


def inputs(count: int) -> Iterator[Output]:
    """Packs round by round, each gateway once; the same count gives the same packs."""
    topic = topics.TOPICS[topics.READINGS]
    slots = np.arange(READINGS, dtype="<u2").tobytes()
    for number, values in enumerate(_all_values(count)):
        gateway, time = f"g{number % GATEWAYS:03d}", START + number // GATEWAYS * EVERY
        pack = ReadingPack(
            source=SOURCE,
            id=_id(number),
            gateway=gateway,
            base_time=time,
            slots=slots,
            values=values.astype("<f8").tobytes(),
        )
        emit = Emit(topics.READINGS, gateway, pack.id, time, pack)
        headers = tuple(write_headers(topic, emit, source=SOURCE, causation=None))
        yield Output(topics.READINGS, gateway.encode(), encode(pack), headers, round(time.timestamp() * 1000))


@cache
def high() -> float:
    """The highest good value."""
    limit = _kind(load_city("beijing")).high
    assert limit is not None, "the kind of sensor was chosen for its limit"
    return limit


def _all_values(count: int) -> Iterator[npt.NDArray[np.float64]]:
    limit = high()
    noise = np.random.default_rng(1).uniform(0.4, 0.6, (64, READINGS))
    for number in range(count):
        values = noise[number % 64] * limit
        if _is_bad(number):
            values[number % READINGS] = limit * 2
        yield values


def _id(number: int) -> str:
    return f"p{number:08d}"


def _is_bad(number: int) -> bool:
    """One gateway in a hundred, another in each round: its next pack is good again and clears the alarm."""
    return (number + number // GATEWAYS) % BAD_EVERY == 0


def _kind(city: City) -> SensorKind:
    return next(kind for kind in city.kinds.values() if kind.high is not None and kind.low is None)


def _city() -> City:
    city = load_city("beijing")
    kind = _kind(city)
    model = next(iter(city.gateways.values()))
    return replace(city, gateways={(one := _gateway(n, kind, model)).id: one for n in range(GATEWAYS)})


def _gateway(number: int, kind: SensorKind, model: Gateway) -> Gateway:
    where = model.sensors[0]
    name = f"g{number:03d}"
    sensors = tuple(
        Sensor(id=f"{name}-{slot}", gateway=name, slot=slot, kind=kind.kind, lon=where.lon, lat=where.lat)
        for slot in range(READINGS)
    )
    return Gateway(name, sensors, (model.located,) * READINGS)
