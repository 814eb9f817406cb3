"""How long each hop from a ticket to its unit took, by the times at which the broker had the records."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks.open_loop import Phase, Plan
from benchmarks.results import Check
from hub import topics
from hub.runtime.headers import read_headers
from hub.runtime.record import Record

HOPS = ("arrive", "intake", "cases", "delivery", "whole")
"""Published late or slowly, made a signal, made an order, on its unit's topic; and all of it together."""


@dataclass(frozen=True, slots=True)
class Order:
    """What one order took, in milliseconds by hop in the order of HOPS, and the phase of its ticket."""

    phase: Phase
    scheduled_ms: float
    delivered_ms: float
    hops: tuple[float, ...]


class Seen:
    """The records of a run by what they are: first times, and how often each order was delivered."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.tickets: dict[str, int] = {}
        self.signals: dict[str, int] = {}
        self.orders: dict[str, int] = {}
        self.delivered: Counter[tuple[str, str]] = Counter()
        """By unit and id."""
        self._times: dict[tuple[str, str], int] = {}
        for record in records:
            self._see(record)

    def _see(self, record: Record) -> None:
        id, at = read_headers(record.headers).id, record.timestamp_ms
        match record.topic:
            case topics.HOTLINE:
                self.tickets.setdefault(id, at)
            case topics.SIGNALS:
                self.signals.setdefault(id, at)
            case topics.ORDERS:
                self.orders.setdefault(id, at)
            case topic:
                unit = topic.removeprefix(f"{topics.ORDERS}.")
                self.delivered[unit, id] += 1
                self._times.setdefault((unit, id), at)

    def orders_of(self, plan: Plan, began_s: float) -> list[Order]:
        """Each order that was delivered, as long as it took from when its ticket was due."""
        found = []
        for due in plan.tickets:
            id, scheduled = due.appeal.ticket.id, (began_s + due.at_s) * 1000
            for unit in due.appeal.units:
                order = order_id(due.appeal.case_id, unit)
                end = self._times.get((unit, order))
                if end is None:
                    continue
                times = (scheduled, self.tickets[id], self.signals[id], self.orders[order], end)
                steps = [after - before for before, after in pairwise(times)]
                found.append(Order(due.phase, scheduled, end, (*steps, end - scheduled)))
        return found

    def check(self, plan: Plan) -> Check:
        """Each ticket must have one order for each of its units, and there must be no other."""
        wanted = {(unit, order_id(one.case_id, unit)) for one in plan.told() for unit in one.units}
        return Check(
            lost=len(wanted - self.delivered.keys()),
            doubled=self.delivered.total() - len(wanted & self.delivered.keys()),
        )


def order_id(case_id: str, unit: str) -> str:
    """The id of a unit's first order about a case."""
    return f"{case_id}/0/{unit}"


def percentiles(orders: Iterable[Order]) -> Mapping[str, tuple[float, float, float]]:
    """p50, p99 and p99.9 of each hop in milliseconds; empty where there are no orders."""
    times: NDArray[np.float64] = np.array([order.hops for order in orders])
    if not len(times):
        return {}
    found = np.percentile(times, (50, 99, 99.9), axis=0)
    return {
        hop: (float(p50), float(p99), float(p999))
        for hop, (p50, p99, p999) in zip(HOPS, found.transpose(), strict=True)
    }
