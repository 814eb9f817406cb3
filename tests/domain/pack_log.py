"""Logs of a few gateways for Hypothesis: packs of every shape, ticks, acknowledgements, rubbish."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from random import Random

import numpy as np
from hypothesis import strategies as st
from tests.scenarios.brook import KEY, brook

from hub import topics
from hub.citypack.city import City, Gateway
from hub.citypack.model import Sensor
from hub.contracts.feeds import ReadingPack
from hub.contracts.sensing import AlarmAck, AlarmKind
from hub.domain.privacy import Pseudonyms
from hub.flow import Emit, Step
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record
from hub.runtime.ticker import ticks
from hub.topology import build_steps

START = datetime(2026, 3, 1, 8, tzinfo=UTC)
SIZES = {"a": 4, "b": 4, "c": 4, "d": 2, "e": 1}
"""Gateways by name with their sensors: most of one size, so that they lie side by side."""

SHAPES = ("every",) * 5 + ("some", "shuffled", "repeated", "empty", "too many")
VALUES = (0.0, -0.0, 0.1, 0.19, 0.3, 0.3, 0.3, 66.0, 71.0, 1e308, np.nan, np.inf, -np.inf)
KINDS = (*("pack",) * 13, "again", "tick", "tick", "ack", "rubbish")
NAMES = (*SIZES, "a", "a")
GAPS_S = (0, 0, 0, 0, 1, 10, 10, 60, 600, 2_000, 20_000)
LATE_S = (0, 0, 0, 0, 5, 100, 1_000, 5_000, -100, -10_000)


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that reaches the log, some seconds after the one before; a late pack tells of before."""

    kind: str
    gateway: str
    gap_s: int
    late_s: int
    shape: str
    offsets: bool
    seed: int


EVENTS = st.lists(
    st.builds(
        Event,
        kind=st.sampled_from(KINDS),
        gateway=st.sampled_from(NAMES),
        gap_s=st.sampled_from(GAPS_S),
        late_s=st.sampled_from(LATE_S),
        shape=st.sampled_from(SHAPES),
        offsets=st.booleans(),
        seed=st.integers(0, 1_000),
    ),
    min_size=5,
    max_size=60,
)


def some_events(count: int, seed: int) -> list[Event]:
    """Events by chance, always the same ones."""
    chance = Random(seed)
    return [
        Event(
            kind=chance.choice(KINDS),
            gateway=chance.choice(NAMES),
            gap_s=chance.choice(GAPS_S[:-2]),
            late_s=chance.choice(LATE_S),
            shape=chance.choice(SHAPES),
            offsets=chance.random() < 0.5,
            seed=chance.randrange(1_000),
        )
        for _ in range(count)
    ]


@cache
def sensing_step() -> Step:
    """The sensing step of the stories' city, with gateways of our own."""
    steps = build_steps(_city(), Pseudonyms(KEY.encode()))
    return next(step for step in steps if step.name == "sensing")


def _city() -> City:
    city = brook()
    model = next(iter(city.gateways.values()))
    return replace(city, gateways={name: _gateway(city, name, size, model) for name, size in SIZES.items()})


def _gateway(city: City, name: str, size: int, model: Gateway) -> Gateway:
    kinds, where = sorted(city.kinds), model.sensors[0]
    sensors = tuple(
        Sensor(
            id=f"{name}{slot}",
            gateway=name,
            slot=slot,
            kind=kinds[(slot + len(name)) % len(kinds)],
            lon=where.lon,
            lat=where.lat,
        )
        for slot in range(size)
    )
    return Gateway(name, sensors, (model.located,) * size)


def log_of(events: Iterable[Event]) -> list[Record]:
    """The only partition of the gateways' log."""
    log: list[Record] = []
    now = START
    for number, event in enumerate(events):
        now += timedelta(seconds=event.gap_s)
        log.append(_record(event, number, now, log)._replace(offset=number))
    return log


def _record(event: Event, number: int, now: datetime, log: list[Record]) -> Record:
    match event.kind:
        case "again" if log:
            return log[-1 - event.seed % min(len(log), 5)]
        case "tick":
            tick = next(iter(ticks(topics.READINGS, 1, now)))
            return Record(topics.READINGS, 0, 0, _millis(now), b"", tick.value, tuple(tick.headers))
        case "rubbish":
            return Record(topics.READINGS, 0, 0, _millis(now), b"a", b"\xff" * event.seed, ())
        case "ack":
            sensor = f"{event.gateway}{event.seed % SIZES[event.gateway]}"
            alarm = f"{event.gateway}/{sensor}/{list(AlarmKind)[1 + event.seed % 5]}/1"
            ack = AlarmAck(
                source="units", id=f"A{number}", gateway=event.gateway, alarm_id=alarm, at=now, unit="mill"
            )
            return _sent(Emit(topics.READINGS, event.gateway, ack.id, now, ack), "units", now)
        case _:
            pack = _pack(event, number, now - timedelta(seconds=event.late_s))
            return _sent(Emit(topics.READINGS, event.gateway, pack.id, now, pack), pack.source, now)


def _pack(event: Event, number: int, time: datetime) -> ReadingPack:
    chance = np.random.default_rng(event.seed)
    size = SIZES[event.gateway]
    slots = {
        "every": np.arange(size),
        "some": np.flatnonzero(chance.integers(0, 2, size)),
        "shuffled": chance.permutation(size),
        "repeated": chance.integers(0, size, 2 * size),
        "empty": np.arange(0),
        "too many": np.arange(size + 1),
    }[event.shape]
    offsets = chance.choice((0, 0, 500, 500, 10_000, 400_000, -60_000), slots.size)
    return ReadingPack(
        source="gateways",
        id=f"P{number}",
        gateway=event.gateway,
        base_time=time,
        slots=slots.astype("<u2").tobytes(),
        values=chance.choice(VALUES, slots.size).astype("<f8").tobytes(),
        offsets_ms=offsets.astype("<i4").tobytes() if event.offsets else b"",
    )


def _sent(emit: Emit, source: str, now: datetime) -> Record:
    headers = tuple(write_headers(topics.TOPICS[emit.topic], emit, source=source, causation=None))
    return Record(emit.topic, 0, 0, _millis(now), emit.key.encode(), encode(emit.value), headers)


def _millis(time: datetime) -> int:
    return round(time.timestamp() * 1000)
