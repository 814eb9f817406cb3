"""Whole lives of cases as tapes: the tickets that open them, and the five actions that end each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from benchmarks.appeals import LIFE, Appeal, action, appeals
from benchmarks.results import Check
from hub import topics
from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.cases import OrderKind, UnitOrder
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.record import Record
from hub.runtime.task import Output
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.topology import build_steps

START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(milliseconds=30)
"""A storm day: the city's whole day of tickets in half an hour."""
APART = 4_000
"""Between two actions on a case lie about so many on others: no batch holds a whole life."""


@lru_cache(maxsize=1)
def beijing() -> City:
    """The city that lives are lived in."""
    return load_city("beijing")


def city_steps() -> tuple[Step, ...]:
    """The steps of a city's worker; sensing runs in another."""
    steps = build_steps(beijing(), Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    return tuple(step for step in steps if step.worker == "city")


@lru_cache(maxsize=1)
def appeals_of(count: int) -> tuple[Appeal, ...]:
    """So many tickets, each of a case of its own."""
    return tuple(appeals(beijing(), count, START, EVERY))


def openings(told: Sequence[Appeal]) -> Iterator[Output]:
    """The tickets."""
    return (appeal.record for appeal in told)


def workings(told: Sequence[Appeal]) -> Iterator[Output]:
    """All that is done about the cases, each case's in order, the cases' side by side."""
    at = told[-1].ticket.reported_at
    apart = min(APART, len(told))
    for number in range(len(told) + apart * (len(LIFE) - 1)):
        for step, kind in enumerate(LIFE):
            case = number - step * apart
            if 0 <= case < len(told):
                at += EVERY / len(LIFE)
                yield action(told[case], kind, at)


def check(told: Sequence[Appeal], orders: Iterable[Record]) -> Check:
    """Each unit of each case must have heard once that it began and once that it ended, and nothing twice."""
    heard: Counter[tuple[str, str, OrderKind]] = Counter()
    ids: Counter[tuple[bytes | None, str]] = Counter()
    for record in orders:
        attributes = read_headers(record.headers)
        order = decode_trusted(attributes.type, attributes.version, record.value or b"")
        assert isinstance(order, UnitOrder), f"{topics.ORDERS} holds orders"
        heard[order.case_id, order.unit, order.kind] += 1
        ids[record.key, attributes.id] += 1
    wanted = {
        (appeal.case_id, unit, kind)
        for appeal in told
        for unit in appeal.units
        for kind in (OrderKind.NEW, OrderKind.CLOSED)
    }
    again = sum(count - 1 for told, count in heard.items() if told in wanted)
    return Check(lost=len(wanted - heard.keys()), doubled=max(again, ids.total() - len(ids)))
