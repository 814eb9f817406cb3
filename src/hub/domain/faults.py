"""Faults of sensors 传感器故障: a value that stays the same, readings that are missing.

Judged by what a window showed when it ends, so that the way of a reading through sensing stays short.
"""

from __future__ import annotations

import numpy as np

from hub.domain.gateways import MISSING, SILENT, STUCK, FaultLimits, Slots, active_in
from hub.domain.readings import Changed

MEMORY = 24
"""Over so many windows is the share of missing readings: each moves it by one part of these."""


def judge_window(slots: Slots, limits: FaultLimits, start_ms: int, end_ms: int) -> Changed:
    """The faults that change by a window of one gateway, which are left as they were, by kind and slot.

    Stuck: every reading since a window's start was one value, for longer than the limit, to this end. A
    window without a value changes nothing; one with several, or a silence, ends that time.
    Missing: the moving share of values that a sensor lacks, of as many as the gateway's most read sensor
    has in the window, is above the limit; it clears at half of it. It moves only while the sensor is not
    silent: silence is told of by itself.
    """
    active = active_in(slots)
    on, off = np.zeros_like(active), np.zeros_like(active)
    read = slots.count > 0
    same = read & (slots.low == slots.high)
    seen_all_along = slots.raised_ms[SILENT] < slots.held_ms
    goes_on = same & (slots.held == slots.low) & seen_all_along
    np.copyto(slots.held_ms, start_ms, where=read & ~goes_on)
    np.copyto(slots.held, np.where(same, slots.low, np.nan), where=read)
    on[STUCK] = same & (slots.low > limits.stuck_above) & (end_ms - slots.held_ms > limits.stuck_ms)
    off[STUCK] = read & ~goes_on

    most = int(slots.count.max(initial=0))
    speaks = ~active[SILENT] & (most > 0)
    share = 1 - slots.count / max(most, 1)
    np.add(slots.gaps, (share - slots.gaps) / MEMORY, out=slots.gaps, where=speaks, casting="same_kind")
    on[MISSING] = speaks & (slots.gaps > limits.missing_share)
    off[MISSING] = speaks & (slots.gaps <= limits.missing_share / 2)
    return Changed(on & ~active, off & active)
