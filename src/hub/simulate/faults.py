"""Faults of sensors: a value that is stuck, values that are missing, a slow drift away from what is true."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hub.citypack.city import City
from hub.simulate.chance import between, poisson, stream
from hub.simulate.planted_habits import FaultHabit, FaultHabits
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.truth import Fault, FaultKind


class Faults:
    """Plans the faults that begin on a day, each sensor's by its own chance."""

    def __init__(self, city: City, habits: FaultHabits, seed: int) -> None:
        self._city = city
        self._drifts_to = habits.drifts_to
        self._seed = seed
        self._kinds: dict[FaultKind, FaultHabit] = {
            FaultKind.STUCK: habits.stuck,
            FaultKind.MISSING: habits.missing,
            FaultKind.DRIFT: habits.drift,
        }

    def of_day(self, start: datetime) -> Iterator[Fault]:
        """The faults that begin in the 24 hours from ``start``."""
        for kind, habit in self._kinds.items():
            for gateway in self._city.gateways.values() if habit.per_sensor_day else ():
                rng = stream(self._seed, "fault", kind, gateway.id, start.isoformat())
                for _ in range(poisson(rng, habit.per_sensor_day * len(gateway.sensors))):
                    slot = int(rng.random() * len(gateway.sensors))
                    began = moment(millis(start) + int(rng.random() * 24 * HOUR_MS))
                    ended = began + timedelta(hours=between(rng, *habit.lasts_hours))
                    to = between(rng, *self._drifts_to) if kind is FaultKind.DRIFT else 0.0
                    sensor = gateway.sensors[slot]
                    yield Fault(gateway.id, slot, sensor.id, kind, to, began, ended)


def spoil(
    values: NDArray[np.float64],
    times: NDArray[np.int64],
    faults: Iterable[Fault],
    held: dict[Fault, float],
    room: Iterable[float],
) -> None:
    """Change what a gateway reads (a row for each time, ms since 1970) by the faults of its sensors.

    ``held`` remembers the value at which each stuck sensor stands; ``room`` is how far each slot is from
    its nearest limit.
    """
    distances = tuple(room)
    for fault in faults:
        during = (times >= millis(fault.began)) & (times < millis(fault.ended))
        if not during.any():
            continue
        column = values[:, fault.slot]
        if fault.kind is FaultKind.MISSING:
            column[during] = np.nan
        elif fault.kind is FaultKind.STUCK:
            column[during] = held.setdefault(fault, float(column[during][0]))
        else:
            lasts = millis(fault.ended) - millis(fault.began)
            gone = (times[during] - millis(fault.began)) / lasts
            column[during] = np.round(column[during] + gone * fault.drifts_to * distances[fault.slot], 4)
