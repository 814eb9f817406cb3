"""Sensing 物联感知: packs of readings become alarms and window summaries, by whole arrays."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from hub import topics
from hub.citypack.city import City, Gateway
from hub.contracts.feeds import ReadingPack
from hub.contracts.fields import LONGEST_ID, Contract
from hub.contracts.reasons import Reason
from hub.contracts.sensing import AlarmAck, GatewayState, WindowSummary
from hub.contracts.signals import ClockTick
from hub.domain.alarms import Raised, alarm_emit, alarm_slot, change_emits
from hub.domain.gateways import (
    ACTIVE_ACKED,
    ACTIVE_UNACKED,
    CLEARED_ACKED,
    CLEARED_UNACKED,
    GATEWAYS,
    KINDS,
    SLOT,
    Floats,
    Limits,
    Slots,
    active_in,
    instant,
    limits_of,
    millis,
    new_slots,
    reset_window,
    slots_of,
)
from hub.domain.intake import check_time, refuse
from hub.flow import Arrival, Delete, Emit, Origin, Outcome, State, Table, put

RECENT_IDS = 64
"""Packs by which a repeated one is known again; older ones are late by their window."""

_HIGH, _LOW, _SILENT = range(len(KINDS))


@dataclass(frozen=True, slots=True)
class SensingRules:
    """What sensing needs of the city: its gateways and the limits of their sensors."""

    city: City
    limits: Mapping[str, Limits]


def rules_of(city: City) -> SensingRules:
    """The rules for a city's gateways."""
    return SensingRules(city, {gateway.id: limits_of(city, gateway) for gateway in city.gateways.values()})


def time_shown(rules: SensingRules, body: Contract, arrival: Arrival) -> datetime | None:
    """The time that a record shows; what claims to come from the future moves no clock."""
    match body:
        case ReadingPack(base_time=time) | ClockTick(at=time):
            ahead = arrival.arrived + timedelta(seconds=rules.city.settings.ahead_s)
            return time if time <= ahead else None
        case _:
            return None


def origin_of(body: Contract, arrival: Arrival) -> Origin:
    """Where the ledger counts a record: packs on their feed; acknowledgements and ticks are the hub's own."""
    counted = isinstance(body, ReadingPack)
    return Origin(arrival.topic, arrival.source[:LONGEST_ID], arrival.arrived, counted)


def handle(rules: SensingRules, state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """One record of a gateway's log."""
    match body:
        case ReadingPack():
            return take_pack(rules, state, body, arrival, now)
        case AlarmAck():
            return acknowledge(rules, state, body)
        case ClockTick():
            wrong = check_time(rules.city, "at", body.at, arrival)
            return wrong or Outcome(Reason.CLOCK_MOVED)
        case _:
            return refuse(Reason.WRONG_CONTRACT, f"sensing takes no {type(body).__name__}")


def take_pack(
    rules: SensingRules, state: State, pack: ReadingPack, arrival: Arrival, now: datetime
) -> Outcome:
    """The readings of one pack: statistics of the window, limits with hysteresis, sensors heard again."""
    gateway = rules.city.gateways.get(pack.gateway)
    wrong = _wrong_pack(rules, gateway, pack, arrival)
    if wrong is not None or gateway is None:
        return wrong or refuse(Reason.UNKNOWN_GATEWAY, "gateway: not in the city pack")
    row = state.get(GATEWAYS, pack.gateway)
    window = timedelta(seconds=rules.city.settings.windows_s)
    if row is not None and pack.id in row.recent_ids:
        return Outcome(Reason.DUPLICATE)
    if row is not None and pack.base_time < row.window_start:
        return Outcome(Reason.OLDER_THAN_MEMORY)
    emits: list[Emit] = []
    start = _window_start(pack.base_time, window)
    if row is not None and len(row.slots) != len(gateway.sensors) * SLOT.itemsize:
        row = None  # the city pack gave the gateway other sensors
    slots = new_slots(len(gateway.sensors), millis(pack.base_time)) if row is None else slots_of(row)
    packs = 0 if row is None else row.window_packs
    if row is not None and row.window_start < start:
        emits += _close_window(rules, gateway, row, slots, pack.base_time)
        packs = 0
    limits = rules.limits[pack.gateway]
    changes = _read(limits, slots, pack, millis(now))
    emits += change_emits(rules.city, gateway, limits, slots, changes, arrival.arrived)
    after = GatewayState(
        last_pack=pack.base_time if row is None else max(row.last_pack, pack.base_time),
        recent_ids=(*(row.recent_ids if row else ()), pack.id)[-RECENT_IDS:],
        window_start=start,
        window_packs=packs + 1,
        next_due=_next_due(limits, slots, start + window),
        slots=slots.tobytes(),
    )
    return Outcome(Reason.PACK_TAKEN, tuple(emits), (put(GATEWAYS, pack.gateway, after),))


def _wrong_pack(
    rules: SensingRules, gateway: Gateway | None, pack: ReadingPack, arrival: Arrival
) -> Outcome | None:
    """Why a pack can't be used, or None."""
    if (pack.source, pack.id) != (arrival.source, arrival.id) or pack.gateway != arrival.key:
        return refuse(
            Reason.HEADER_MISMATCH, "source, id, gateway: differ from ce_source, ce_id or the record's key"
        )
    if gateway is None:
        return refuse(Reason.UNKNOWN_GATEWAY, "gateway: not in the city pack")
    slots = np.frombuffer(pack.slots, "<u2")
    if slots.size and int(slots.max()) >= len(gateway.sensors):
        return refuse(Reason.UNKNOWN_SLOT, f"slots: the gateway has slots 0 to {len(gateway.sensors) - 1}")
    latest = int(np.frombuffer(pack.offsets_ms, "<i4").max(initial=0))
    return check_time(rules.city, "base_time", pack.base_time + timedelta(milliseconds=latest), arrival)


def _read(limits: Limits, slots: Slots, pack: ReadingPack, now_ms: int) -> list[Raised]:
    """Take the readings into the slots; the alarms that change, by slot and kind.

    A reading too old to show that its sensor speaks again leaves the sensor silent.
    """
    index, values, times = _readings(pack)
    if not index.size:
        return []
    size = len(slots)
    np.add.at(slots["count"], index, 1)
    with np.errstate(over="ignore", invalid="ignore"):  # a sum that no number holds is infinite
        np.add.at(slots["sum"], index, values)
    highest, lowest = np.full(size, np.nan), np.full(size, np.nan)
    np.fmax.at(highest, index, values)
    np.fmin.at(lowest, index, values)
    slots["high"] = np.fmax(slots["high"], highest)
    slots["low"] = np.fmin(slots["low"], lowest)
    newer = times >= slots["seen_ms"][index]
    slots["seen_ms"][index[newer]] = times[newer]
    slots["value"][index[newer]] = values[newer]
    read = ~np.isnan(highest)
    active = active_in(slots)
    on = np.zeros_like(active)
    off = np.zeros_like(active)
    on[:, _HIGH] = ~active[:, _HIGH] & (highest > limits.high)
    on[:, _LOW] = ~active[:, _LOW] & (lowest < limits.low)
    off[:, _HIGH] = active[:, _HIGH] & read & (slots["value"] <= limits.high_clear)
    off[:, _LOW] = active[:, _LOW] & read & (slots["value"] >= limits.low_clear)
    off[:, _SILENT] = active[:, _SILENT] & read & (slots["seen_ms"] + limits.silent_ms >= now_ms)
    return [*_switch(slots, on, None), *_clear(slots, off)]


def _readings(pack: ReadingPack) -> tuple[NDArray[np.intp], Floats, NDArray[np.int64]]:
    """Slots, values and times of the finite readings, in order of time."""
    index = np.frombuffer(pack.slots, "<u2").astype(np.intp)
    values = np.frombuffer(pack.values, "<f8")
    offsets = np.frombuffer(pack.offsets_ms, "<i4") if pack.offsets_ms else np.zeros(index.size, "<i4")
    finite = np.isfinite(values)
    order = np.argsort(offsets[finite], kind="stable")
    times = millis(pack.base_time) + offsets[finite][order].astype(np.int64)
    return index[finite][order], values[finite][order], times


def _switch(slots: Slots, on: NDArray[np.bool_], at_ms: int | None) -> list[Raised]:
    """Raise alarms: each gets the next number and is nobody's yet."""
    raised = []
    for slot, kind in _where(on):
        slots["alarm"][slot, kind] = ACTIVE_UNACKED
        slots["number"][slot, kind] += 1
        slots["raised_ms"][slot, kind] = slots["seen_ms"][slot] if at_ms is None else at_ms
        raised.append(Raised(slot, kind, int(slots["raised_ms"][slot, kind]), active=True))
    return raised


def _where(marked: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The (slot, kind) pairs that are marked; as a rule there are none."""
    return [(slot, kind) for slot, kind in np.argwhere(marked).tolist()] if marked.any() else []


def _clear(slots: Slots, off: NDArray[np.bool_]) -> list[Raised]:
    """Clear alarms, none before it was raised; who knew of one still knows."""
    cleared = []
    for slot, kind in _where(off):
        known = slots["alarm"][slot, kind] == ACTIVE_ACKED
        slots["alarm"][slot, kind] = CLEARED_ACKED if known else CLEARED_UNACKED
        at_ms = max(slots["seen_ms"][slot], slots["raised_ms"][slot, kind])
        cleared.append(Raised(slot, kind, int(at_ms), active=False))
    return cleared


def fire(rules: SensingRules, state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    """A window has ended, or sensors have been silent for too long."""
    row = state.get(GATEWAYS, key)
    gateway = rules.city.gateways.get(key)
    assert row is not None, "a due gateway is in its table"
    if gateway is None or len(gateway.sensors) * SLOT.itemsize != len(row.slots):
        return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))
    limits, slots = rules.limits[key], slots_of(row)
    emits: list[Emit] = []
    window = timedelta(seconds=rules.city.settings.windows_s)
    packs, start = row.window_packs, row.window_start
    if packs and start + window <= due:
        emits += _close_window(rules, gateway, row, slots, due)
        packs, start = 0, _window_start(due, window)
    active = active_in(slots)
    on = np.zeros_like(active)
    on[:, _SILENT] = ~active[:, _SILENT] & (slots["seen_ms"] + limits.silent_ms < millis(due))
    emits += change_emits(rules.city, gateway, limits, slots, _switch(slots, on, millis(due)), due)
    after = row.model_copy(
        update={
            "window_start": start,
            "window_packs": packs,
            "next_due": _next_due(limits, slots, start + window if packs else None),
            "slots": slots.tobytes(),
        }
    )
    return Outcome(Reason.LIMIT_PASSED, tuple(emits), (put(GATEWAYS, key, after),))


def acknowledge(rules: SensingRules, state: State, ack: AlarmAck) -> Outcome:
    """Somebody knows of an alarm: of the one that is meant, not of a later one."""
    row = state.get(GATEWAYS, ack.gateway)
    gateway = rules.city.gateways.get(ack.gateway)
    slots = None if row is None else slots_of(row)
    where = None if gateway is None or slots is None else alarm_slot(gateway, slots, ack.alarm_id)
    if row is None or gateway is None or slots is None or where is None:
        detail = "alarm_id: no alarm has this id now (gateway/sensor/kind/number)"
        return Outcome(Reason.UNKNOWN_ALARM, detail=detail)
    known = ACTIVE_ACKED if active_in(slots)[where] else CLEARED_ACKED
    if slots["alarm"][where] == known:
        return Outcome(Reason.ALARM_ACKED, detail="somebody knows already")
    slots["alarm"][where] = known
    emit = alarm_emit(gateway, rules.limits[ack.gateway], slots, where, ack.at)
    after = row.model_copy(update={"slots": slots.tobytes()})
    return Outcome(Reason.ALARM_ACKED, (emit,), (put(GATEWAYS, ack.gateway, after),))


def _close_window(
    rules: SensingRules, gateway: Gateway, row: GatewayState, slots: Slots, at: datetime
) -> Iterable[Emit]:
    """The summary of the window that ends, and the newest values of alarms still active; silence has none."""
    if row.window_packs:
        count = slots["count"].astype("<u4")
        mean = slots["sum"] / np.where(count, count, np.nan)
        summary = WindowSummary(
            gateway=gateway.id,
            start=row.window_start,
            seconds=rules.city.settings.windows_s,
            packs=row.window_packs,
            count=count.tobytes(),
            mean=mean.astype("<f8").tobytes(),
            low=slots["low"].astype("<f8").tobytes(),
            high=slots["high"].astype("<f8").tobytes(),
        )
        name = f"{gateway.id}/{row.window_start.isoformat()}"
        yield Emit(topics.SUMMARIES, gateway.id, name, row.window_start, summary)
        told = active_in(slots)[:, :_SILENT] & (slots["count"] > 0)[:, np.newaxis]
        for where in _where(told):
            yield alarm_emit(gateway, rules.limits[gateway.id], slots, where, at)
    reset_window(slots)


def _window_start(time: datetime, window: timedelta) -> datetime:
    size = int(window / timedelta(milliseconds=1))
    return instant(millis(time) // size * size)


def _next_due(limits: Limits, slots: Slots, window_ends: datetime | None) -> datetime | None:
    """When the window ends or the first sensor that still speaks will count as silent.

    As every limit, that of silence is passed one millisecond after it: a value right on time is no silence.
    """
    times = (slots["seen_ms"] + limits.silent_ms)[~active_in(slots)[:, _SILENT]]
    first = instant(int(times.min()) + 1) if times.size else None
    return min((time for time in (first, window_ends) if time is not None), default=None)
