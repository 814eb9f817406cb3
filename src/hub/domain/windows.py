"""Windows of time over a gateway's readings: what is said when one ends, and when a row wants its turn."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import numpy as np

from hub import topics
from hub.citypack.city import Gateway
from hub.contracts.sensing import WindowSummary
from hub.domain.alarms import alarm_emit, change_emits, clear_alarms, marked_in, raise_alarms
from hub.domain.faults import judge_window
from hub.domain.gateways import SILENT, Limits, Longs, SensingRules, Slots, active_in, instant, reset_window
from hub.flow import Emit

NEVER_MS = int(np.iinfo(np.int64).max)
"""Due time of what is never due."""


def window_start_ms(rules: SensingRules, time_ms: int) -> int:
    """When the window that a time lies in begins."""
    return time_ms // rules.window_ms * rules.window_ms


def close_window(
    rules: SensingRules, gateway: Gateway, slots: Slots, start_ms: int, packs: int, at: datetime
) -> list[Emit]:
    """The summary of the window that ends, the newest values of alarms still active, faults of sensors.

    Only what has a value of the moment is told again. Begins a new window in the slots of the gateway. A
    window without packs says nothing.
    """
    emits = []
    if packs:
        emits.append(_summary(rules, gateway, slots, instant(start_ms), packs))
        told = active_in(slots) & (slots.count > 0)
        told[SILENT:] = False
        emits += [
            alarm_emit(gateway, rules.limits[gateway.id], slots, where, at) for where in marked_in(told)
        ]
        emits += _faults(rules, gateway, slots, start_ms, at)
    reset_window(slots)
    return emits


def _faults(
    rules: SensingRules, gateway: Gateway, slots: Slots, start_ms: int, at: datetime
) -> Iterable[Emit]:
    """What the window that ends shows of sensors that fail; it counts from the window's end."""
    end_ms = start_ms + rules.window_ms
    changed = judge_window(slots, rules.faults[gateway.id], start_ms, end_ms)
    switched = [*raise_alarms(slots, changed.on, end_ms), *clear_alarms(slots, changed.off, end_ms)]
    return change_emits(rules.city, gateway, rules.limits[gateway.id], slots, switched, at)


def _summary(rules: SensingRules, gateway: Gateway, slots: Slots, start: datetime, packs: int) -> Emit:
    count = slots.count.astype("<u4")
    mean = slots.sum / np.where(count, count, np.nan)
    summary = WindowSummary(
        gateway=gateway.id,
        start=start,
        seconds=rules.city.settings.windows_s,
        packs=packs,
        count=count.tobytes(),
        mean=mean.astype("<f8").tobytes(),
        low=slots.low.astype("<f8").tobytes(),
        high=slots.high.astype("<f8").tobytes(),
    )
    return Emit(topics.SUMMARIES, gateway.id, f"{gateway.id}/{start.isoformat()}", start, summary)


def first_silent_ms(slots: Slots, limits: Limits) -> Longs:
    """When the first sensor that still speaks will count as silent, by row; NEVER_MS where none speaks.

    As every limit, that of silence is passed one millisecond after it: a value right on time is no silence.
    """
    times = slots.seen_ms + limits.silent_ms
    if slots.alarm[SILENT].any():
        times[active_in(slots)[SILENT]] = NEVER_MS - 1
    first: Longs = times.min(axis=-1, initial=NEVER_MS - 1) + 1
    return first
