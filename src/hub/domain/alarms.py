"""Alarms 告警: what is said when a sensor's alarm is raised, changes, clears."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from hub import topics
from hub.citypack.city import City, Gateway
from hub.citypack.model import SensorKind
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Feed, Point, Source
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.contracts.signals import CaseAction, PlacedBy, Signal
from hub.domain.gateways import (
    ACTIVE_ACKED,
    ACTIVE_UNACKED,
    CLEARED_ACKED,
    CLEARED_UNACKED,
    KINDS,
    Bools,
    Limits,
    Slots,
    instant,
)
from hub.flow import Emit

SENSOR_SOURCE = "gateway:"
"""How the source of a signal made by sensing begins; such signals are the hub's own, not a publisher's."""

_WITHOUT_VALUE = frozenset({AlarmKind.SILENT, AlarmKind.MISSING})

_STATES = (
    AlarmState.UNKNOWN,
    AlarmState.ACTIVE_UNACKED,
    AlarmState.ACTIVE_ACKED,
    AlarmState.CLEARED_UNACKED,
    AlarmState.CLEARED_ACKED,
)


Where = tuple[int, int]
"""Which alarm of a gateway: kind (position in KINDS) and slot."""


@dataclass(frozen=True, slots=True)
class Switched:
    """An alarm that was raised or cleared, and its event time in milliseconds."""

    where: Where
    at_ms: int
    active: bool


def marked_in(marked: Bools) -> list[Where]:
    """What is marked by kind and slot, in order of slots."""
    return [(kind, slot) for slot, kind in np.argwhere(marked.T).tolist()] if marked.any() else []


def raise_alarms(slots: Slots, on: Bools, at_ms: int | None) -> list[Switched]:
    """Raise alarms, at a time or when their newest value was read: each has the next number, nobody knows."""
    raised = []
    for where in marked_in(on):
        slots.alarm[where] = ACTIVE_UNACKED
        slots.number[where] += 1
        slots.raised_ms[where] = slots.seen_ms[where[1]] if at_ms is None else at_ms
        raised.append(Switched(where, int(slots.raised_ms[where]), active=True))
    return raised


def clear_alarms(slots: Slots, off: Bools, at_ms: int | None) -> list[Switched]:
    """Clear alarms, at a time or when their newest value was read, none before it was raised.

    Who knew of one still knows.
    """
    cleared = []
    for where in marked_in(off):
        known = slots.alarm[where] == ACTIVE_ACKED
        slots.alarm[where] = CLEARED_ACKED if known else CLEARED_UNACKED
        cleared_ms = max(slots.seen_ms[where[1]] if at_ms is None else at_ms, slots.raised_ms[where])
        cleared.append(Switched(where, int(cleared_ms), active=False))
    return cleared


def alarm_id(gateway: Gateway, slots: Slots, where: Where) -> str:
    """gateway/sensor/kind/number."""
    kind, slot = where
    return f"{gateway.id}/{gateway.sensors[slot].id}/{KINDS[kind]}/{int(slots.number[where])}"


def alarm_slot(gateway: Gateway, slots: Slots, wanted: str) -> Where | None:
    """Where the alarm with an id is, or None if no alarm has that id now."""
    parts = wanted.split("/")
    for slot, sensor in enumerate(gateway.sensors):
        if len(parts) == 4 and sensor.id == parts[1]:
            for kind in range(len(KINDS)):
                if slots.number[kind, slot] and alarm_id(gateway, slots, (kind, slot)) == wanted:
                    return kind, slot
    return None


def change_emits(
    city: City,
    gateway: Gateway,
    limits: Limits,
    slots: Slots,
    changes: Iterable[Switched],
    arrived: datetime,
) -> Iterable[Emit]:
    """For each alarm raised or cleared: its state, and its signal (or that one's end) for the town's log."""
    for change in changes:
        where, at = change.where, instant(change.at_ms)
        yield alarm_emit(gateway, limits, slots, where, at)
        yield (
            _signal(city, gateway, slots, where, at, arrived)
            if change.active
            else _end(gateway, slots, where, at, arrived)
        )


def alarm_emit(gateway: Gateway, limits: Limits, slots: Slots, where: Where, at: datetime) -> Emit:
    """The alarm's newest state."""
    kind, slot = KINDS[where[0]], where[1]
    sensor, place = gateway.sensors[slot], gateway.places[slot]
    limit = {AlarmKind.HIGH: limits.high, AlarmKind.LOW: limits.low}.get(kind)
    value = float(slots.value[slot])
    alarm = Alarm(
        alarm_id=alarm_id(gateway, slots, where),
        gateway=gateway.id,
        sensor=sensor.id,
        kind=kind,
        state=_STATES[int(slots.alarm[where])],
        raised=instant(int(slots.raised_ms[where])),
        changed=at,
        value=value if np.isfinite(value) and kind not in _WITHOUT_VALUE else None,
        limit=None if limit is None else float(limit[slot]),
        town=place.town,
        cell=place.cell,
    )
    return Emit(
        topics.ALARMS, f"{gateway.id}/{sensor.id}/{kind}", f"{alarm.alarm_id}/{at.isoformat()}", at, alarm
    )


def _signal(
    city: City, gateway: Gateway, slots: Slots, where: Where, at: datetime, arrived: datetime
) -> Emit:
    kind, slot = KINDS[where[0]], where[1]
    sensor, place = gateway.sensors[slot], gateway.places[slot]
    about = city.kinds[sensor.kind]
    category = _category(about, kind)
    signal = Signal(
        source=f"{SENSOR_SOURCE}{gateway.id}",
        id=alarm_id(gateway, slots, where),
        feed=Feed.SENSOR,
        time=at,
        arrived=arrived,
        town=place.town,
        key_town=place.key_town,
        cell=place.cell,
        point=Point(lon=sensor.lon, lat=sensor.lat),
        placed_by=PlacedBy.POINT,
        category=category,
        urgency=city.urgency_of(category),
        summary=f"{sensor.id} {kind}",
        trace=(f"sensor {sensor.id} is {kind}",),
    )
    return Emit(topics.SIGNALS, signal.key_town, signal.id, at, signal)


def _category(about: SensorKind, kind: AlarmKind) -> str:
    """What is measured is a matter of the city; a sensor that fails is one of its owner."""
    match kind:
        case AlarmKind.SILENT:
            return about.silent_category
        case AlarmKind.STUCK | AlarmKind.MISSING:
            return about.fault_category or about.silent_category
        case _:
            return about.category


def _end(gateway: Gateway, slots: Slots, where: Where, at: datetime, arrived: datetime) -> Emit:
    ended = alarm_id(gateway, slots, where)
    source = f"{SENSOR_SOURCE}{gateway.id}"
    action = CaseAction(
        source=source,
        id=f"{ended}/cleared",
        kind=ActionKind.CLOSE_SIGNAL,
        at=at,
        arrived=max(at, arrived),
        feed=Feed.SENSOR,
        key_town=gateway.places[where[1]].key_town,
        signal=Source(source=source, id=ended),
    )
    return Emit(topics.SIGNALS, action.key_town, action.id, at, action)
