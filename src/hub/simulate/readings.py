"""Packs of sensor readings of every gateway: daily patterns, noise, excursions of incidents, silences."""

import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from hub import topics
from hub.citypack.city import City, Gateway
from hub.citypack.model import SensorKind
from hub.contracts.feeds import ReadingPack
from hub.errors import HubError
from hub.simulate.chance import between, digest_of, noise, stream
from hub.simulate.faults import spoil
from hub.simulate.habits import Habits, SensorHabit
from hub.simulate.publication import DAY_MS, HOUR_MS, Publication, millis, moment
from hub.simulate.reports import repeated
from hub.simulate.truth import Begun, Delivery, Excursion, Fault, Planned, Silence

SOURCE = "gateways"

REPEATED = 0.001
LATE = 0.001
"""Share of packs that a gateway sends minutes late, after its connection came back."""

NO_VALUE = 0.0005
"""Share of readings that a sensor answers without a value (NaN)."""

WARMEST_HOUR = 15
"""Local hour at which the daily swing is highest."""

_Values = NDArray[np.float64]

_Gated = TypeVar("_Gated", Excursion, Silence, Fault)


@dataclass(frozen=True, slots=True)
class _Quiet:
    """What the sensors of one gateway read on a quiet day, by slot, and when after the pack's time."""

    seed: int
    phase_ms: int
    base: _Values
    daily: _Values
    noise: _Values
    slots: NDArray[np.uint16]
    offsets_ms: NDArray[np.int32]
    all_slots: bytes
    all_offsets: bytes
    last_offset_ms: int
    room: tuple[float, ...]
    """How far each slot's middle is from its nearest limit, with the sign of the way there."""


@dataclass(frozen=True, slots=True)
class _Block:
    """An hour of one gateway: a row of values for each pack; ``sent`` says which are, None where all are."""

    gateway: str
    quiet: _Quiet
    times: list[int]
    values: _Values
    sent: NDArray[np.bool_] | None


def default_pack_minutes(city: City) -> float:
    """Half of the shortest time after which a sensor of the city counts as silent."""
    return min((kind.silent_s for kind in city.kinds.values()), default=3600) / 120


class Readings:
    """Makes the packs of a city's gateways."""

    def __init__(self, city: City, habits: Habits, seed: int, pack_minutes: float) -> None:
        self._gateways = tuple(city.gateways.values())
        self._zone = ZoneInfo(city.settings.timezone)
        self._seed = seed
        self._every_ms = round(pack_minutes * 60_000)
        shortest = min((kind.silent_s for kind in city.kinds.values()), default=86_400)
        if not 1000 <= self._every_ms < shortest * 1000:
            raise HubError(
                f"A pack every {pack_minutes:g} minutes leaves sensors silent (after {shortest} s).",
                fix=f"send one at least every {shortest / 120:g} minutes",
            )
        self._held: dict[Fault, float] = {}
        self._quiet = {gateway.id: self._quiet_of(city, habits, gateway) for gateway in self._gateways}

    def hour(
        self,
        start: datetime,
        excursions: Iterable[Excursion],
        silences: Iterable[Silence],
        faults: Iterable[Fault] = (),
    ) -> Iterator[Begun]:
        """The packs that begin in the hour from ``start``, in order of time."""
        out, quiet, faulty = _by_gateway(excursions), _by_gateway(silences), _by_gateway(faults)
        drawn = []
        for number, gateway in enumerate(self._gateways):
            block = self._block(
                gateway,
                start,
                out.get(gateway.id, ()),
                quiet.get(gateway.id, ()),
                faulty.get(gateway.id, ()),
            )
            drawn += [(at_ms, number, row, block) for row, at_ms in enumerate(block.times)]
        rng = stream(self._seed, "packs", start.isoformat())
        for at_ms, _, row, block in sorted(drawn, key=lambda one: one[:2]):
            if block.sent is None or block.sent[row].any():
                yield at_ms, self._pack(rng, block, row)

    def _block(
        self,
        gateway: Gateway,
        start: datetime,
        excursions: Iterable[Excursion],
        silences: Iterable[Silence],
        faults: Iterable[Fault],
    ) -> _Block:
        """What one gateway's sensors read in an hour."""
        quiet = self._quiet[gateway.id]
        first = -(-(millis(start) - quiet.phase_ms) // self._every_ms)
        last = -(-(millis(start) + HOUR_MS - quiet.phase_ms) // self._every_ms)
        steps = np.arange(first, last, dtype=np.int64)
        times = steps * self._every_ms + quiet.phase_ms
        values = self._values(quiet, steps, times, start)
        for excursion in excursions:
            during = (times >= millis(excursion.began)) & (times < millis(excursion.ended))
            wobble = values[during, excursion.slot] - quiet.base[excursion.slot]
            values[during, excursion.slot] = np.round(excursion.value + 0.2 * wobble, 4)
        spoil(values, times, faults, self._held, quiet.room)
        sent = None
        for silence in silences:
            during = (times >= millis(silence.began)) & (times < millis(silence.ended))
            if during.any():
                sent = np.ones(values.shape, dtype=bool) if sent is None else sent
                sent[during, slice(None) if silence.slot is None else silence.slot] = False
        return _Block(gateway.id, quiet, times.tolist(), values, sent)

    def _values(
        self, quiet: _Quiet, steps: NDArray[np.int64], times: NDArray[np.int64], start: datetime
    ) -> _Values:
        """A row for each pack: middle, daily swing and noise of each sensor."""
        local = start.astimezone(self._zone)
        into_day = (local.hour * HOUR_MS + (times - millis(start))) / DAY_MS
        swing = np.cos((into_day - WARMEST_HOUR / 24) * 2 * np.pi)
        wave = noise(quiet.seed, steps, len(quiet.base))
        values: _Values = quiet.base + swing[:, None] * quiet.daily + wave * quiet.noise
        return np.round(values, 4)

    def _pack(self, rng: random.Random, block: _Block, row: int) -> tuple[Planned, ...]:
        """One pack, seldom late, seldom sent twice."""
        at_ms, values, quiet = block.times[row], block.values[row], block.quiet
        if rng.random() < NO_VALUE * len(values):
            values[int(rng.random() * len(values))] = np.nan
        slots, offsets = quiet.all_slots, quiet.all_offsets
        if block.sent is not None:
            sent = block.sent[row]
            values, slots, offsets = (
                values[sent],
                quiet.slots[sent].tobytes(),
                quiet.offsets_ms[sent].tobytes(),
            )
        pack = ReadingPack(
            source=SOURCE,
            id=f"{block.gateway}/{at_ms}",
            gateway=block.gateway,
            base_time=moment(at_ms),
            slots=slots,
            values=values.tobytes(),
            offsets_ms=offsets,
        )
        late = rng.random() < LATE
        delay = between(rng, 120_000, 480_000) if late else between(rng, 200, 2_000)
        arrived = moment(at_ms + quiet.last_offset_ms + int(delay))
        sent_pack = Publication(topics.READINGS, pack.gateway, pack, SOURCE, pack.id, pack.base_time, arrived)
        planned = Planned(sent_pack, delivery=Delivery.LATE if late else Delivery.NORMAL)
        return (planned, repeated(rng, planned)) if rng.random() < REPEATED else (planned,)

    def _quiet_of(self, city: City, habits: Habits, gateway: Gateway) -> _Quiet:
        kinds = [city.kinds[sensor.kind] for sensor in gateway.sensors]
        quiet = [habits.sensors.get(kind.kind) or _habit_of(kind) for kind in kinds]
        rng = stream(self._seed, "gateway", gateway.id)
        # Each sensor stands a little off its kind's middle, within its noise: none is out of limits.
        base = [habit.base + habit.noise * between(rng, -0.3, 0.3) for habit in quiet]
        slots = np.arange(len(quiet), dtype="<u2")
        offsets = sorted(int(rng.random() * 10_000) for _ in quiet)
        return _Quiet(
            seed=digest_of(self._seed, gateway.id),
            phase_ms=int(rng.random() * self._every_ms),
            base=np.array(base),
            daily=np.array([habit.daily for habit in quiet]),
            noise=np.array([habit.noise for habit in quiet]),
            slots=slots,
            offsets_ms=np.array(offsets, dtype="<i4"),
            all_slots=slots.tobytes(),
            all_offsets=np.array(offsets, dtype="<i4").tobytes(),
            last_offset_ms=offsets[-1],
            room=tuple(map(_room, base, kinds)),
        )


def _by_gateway(things: Iterable[_Gated]) -> dict[str, list[_Gated]]:
    found: dict[str, list[_Gated]] = {}
    for thing in things:
        found.setdefault(thing.gateway, []).append(thing)
    return found


def _room(base: float, kind: SensorKind) -> float:
    """How far a value is from its kind's nearest limit; of a kind without limits, half of itself."""
    ways = [limit - base for limit in (kind.low, kind.high) if limit is not None]
    return min(ways, key=abs, default=(abs(base) or 1.0) / 2)


def _habit_of(kind: SensorKind) -> SensorHabit:
    """A quiet day for a kind that nobody described: well inside its limits."""
    low = kind.low_clear if kind.low_clear is not None else kind.low
    high = kind.high_clear if kind.high_clear is not None else kind.high
    if low is None and high is None:
        return SensorHabit(base=1.0, daily=0.2, noise=0.1)
    if low is None:
        low = (high or 0.0) - (abs(high or 0.0) or 1.0)
    if high is None:
        high = low + (abs(low) or 1.0)
    span = high - low
    return SensorHabit(base=low + span / 2, daily=span * 0.2, noise=span * 0.15)
