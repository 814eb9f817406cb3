"""Sensing 物联感知: packs of readings become alarms and window summaries, by whole arrays."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from hub.contracts.feeds import ReadingPack
from hub.contracts.fields import LONGEST_ID, Contract
from hub.contracts.reasons import Reason
from hub.contracts.sensing import AlarmAck
from hub.contracts.signals import ClockTick
from hub.domain.alarms import alarm_emit, alarm_slot, change_emits, raise_alarms
from hub.domain.gateways import (
    ACTIVE_ACKED,
    CLEARED_ACKED,
    GATEWAYS,
    SILENT,
    SensingRules,
    active_in,
    instant,
    millis,
    read_slots,
    row_bytes,
    write_slots,
)
from hub.domain.intake import check_time, refuse
from hub.domain.packs import take_packs
from hub.domain.windows import NEVER_MS, close_window, first_silent_ms, window_start_ms
from hub.flow import Arrival, Delete, Emit, Origin, Outcome, State, Table, put

AT_ONCE = 10_000
"""Packs taken at once, at most: each gateway's row is read and written once for all of its packs."""

_PLAIN = (ReadingPack, ClockTick)
"""What is handled many at once."""


def time_shown(rules: SensingRules, body: Contract, arrival: Arrival) -> datetime | None:
    """The time that a record shows; what claims to come from the future moves no clock."""
    match body:
        case ReadingPack(base_time=time) | ClockTick(at=time):
            return time if time <= arrival.arrived + rules.ahead else None
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
            return take_packs(rules, state, ((body, arrival),), (now,))[0]
        case AlarmAck():
            return acknowledge(rules, state, body)
        case ClockTick():
            return _tick(rules, body, arrival)
        case _:
            return refuse(Reason.WRONG_CONTRACT, f"sensing takes no {type(body).__name__}")


def handle_many(
    rules: SensingRules, state: State, items: Sequence[tuple[Contract, Arrival]], nows: Sequence[datetime]
) -> Sequence[Outcome]:
    """As ``handle`` of one after the other, up to the first that is neither pack nor tick."""
    plain = list(takewhile(lambda item: isinstance(item[0], _PLAIN), items))
    packs = [(body, arrival) for body, arrival in plain if isinstance(body, ReadingPack)]
    if len(packs) == len(plain):
        return take_packs(rules, state, packs, nows[: len(plain)])
    times = [now for (body, _), now in zip(plain, nows, strict=False) if isinstance(body, ReadingPack)]
    taken = take_packs(rules, state, packs, times)
    if len(taken) < len(packs):
        return ()
    of_packs = iter(taken)
    return [
        _tick(rules, body, arrival) if isinstance(body, ClockTick) else next(of_packs)
        for body, arrival in plain
    ]


def _tick(rules: SensingRules, tick: ClockTick, arrival: Arrival) -> Outcome:
    return check_time(rules.city, "at", tick.at, arrival) or Outcome(Reason.CLOCK_MOVED)


def fire(rules: SensingRules, state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    """A window has ended, or sensors have been silent for too long."""
    row = state.get(GATEWAYS, key)
    gateway = rules.city.gateways.get(key)
    assert row is not None, "a due gateway is in its table"
    if gateway is None or row_bytes(len(gateway.sensors)) != len(row.slots):
        return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))
    limits, fleet = rules.limits[key], read_slots([row.slots], len(gateway.sensors))
    slots, due_ms = fleet.row(0), millis(due)
    emits: list[Emit] = []
    packs, start_ms = row.window_packs, millis(row.window_start)
    if packs and start_ms + rules.window_ms <= due_ms:
        emits += close_window(rules, gateway, slots, start_ms, packs, due)
        packs, start_ms = 0, window_start_ms(rules, due_ms)
    on = ~active_in(slots)
    on[SILENT] &= slots.seen_ms + limits.silent_ms < due_ms
    on[:SILENT] = on[SILENT + 1 :] = False
    emits += change_emits(rules.city, gateway, limits, slots, raise_alarms(slots, on, due_ms), due)
    next_ms = min(int(first_silent_ms(slots, limits)), start_ms + rules.window_ms if packs else NEVER_MS)
    after = row.model_copy(
        update={
            "window_start": instant(start_ms),
            "window_packs": packs,
            "next_due": None if next_ms == NEVER_MS else instant(next_ms),
            "slots": write_slots(fleet)[0],
        }
    )
    return Outcome(Reason.LIMIT_PASSED, tuple(emits), (put(GATEWAYS, key, after),))


def acknowledge(rules: SensingRules, state: State, ack: AlarmAck) -> Outcome:
    """Somebody knows of an alarm: of the one that is meant, not of a later one."""
    row = state.get(GATEWAYS, ack.gateway)
    gateway = rules.city.gateways.get(ack.gateway)
    if row is None or gateway is None or row_bytes(len(gateway.sensors)) != len(row.slots):
        return _unknown_alarm()
    fleet = read_slots([row.slots], len(gateway.sensors))
    slots = fleet.row(0)
    where = alarm_slot(gateway, slots, ack.alarm_id)
    if where is None:
        return _unknown_alarm()
    known = ACTIVE_ACKED if active_in(slots)[where] else CLEARED_ACKED
    if slots.alarm[where] == known:
        return Outcome(Reason.ALARM_ACKED, detail="somebody knows already")
    slots.alarm[where] = known
    emit = alarm_emit(gateway, rules.limits[ack.gateway], slots, where, ack.at)
    after = row.model_copy(update={"slots": write_slots(fleet)[0]})
    return Outcome(Reason.ALARM_ACKED, (emit,), (put(GATEWAYS, ack.gateway, after),))


def _unknown_alarm() -> Outcome:
    return Outcome(
        Reason.UNKNOWN_ALARM, detail="alarm_id: no alarm has this id now (gateway/sensor/kind/number)"
    )
