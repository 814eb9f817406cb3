"""Whole lives of cases as tapes: the tickets that open them, and the five actions that end each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from confluent_kafka import Producer

from benchmarks.appeals import LIFE, Appeal, action, appeals
from benchmarks.ground import PARTITIONS, Field
from benchmarks.measure import PATIENCE_S
from benchmarks.open_cases import open_cases
from benchmarks.results import Check
from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.cases import Stage
from hub.contracts.orders import OrderKind, UnitOrder
from hub.domain.privacy import Pseudonyms
from hub.domain.tables import CASES
from hub.errors import HubError
from hub.flow import Step
from hub.runtime.changelog import parse_row_key
from hub.runtime.codec import decode_row, decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.topics import changelog
from hub.topology import build_steps

START = datetime(2026, 3, 2, tzinfo=UTC)
EVERY = timedelta(milliseconds=30)
"""A whole day of tickets in half an hour, so that no limit passes while they are worked on."""
PATTERNS = 5_000
"""More than there are different cases among those open before."""
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


@lru_cache(maxsize=2)
def appeals_of(count: int, open_before: int = 0) -> tuple[Appeal, ...]:
    """So many tickets, each of a case of its own, also where so many cases are open before."""
    occupied = _occupied() if open_before else None
    return tuple(appeals(beijing(), count, START, EVERY, occupied))


@lru_cache(maxsize=1)
def _occupied() -> dict[str, set[str]]:
    """Where the cases lie that are open before: all are made after a few patterns."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in open_cases(range(PATTERNS), PARTITIONS):
        if parse_row_key(row.key)[0] == CASES.name:
            case = decode_row(CASES.row, row.value)
            found[beijing().affinity_of(case.category)] |= {one.cell for one in case.members if one.cell}
    return dict(found)


def open_before(place: Field, count: int) -> None:
    """Write the rows of so many open cases, as an earlier worker of the city would have left them."""
    producer = Producer({"bootstrap.servers": place.brokers, "linger.ms": 20})
    topic = place.prefix + changelog("cases").name
    for row in open_cases(range(count), PARTITIONS):
        while True:
            try:
                producer.produce(topic, row.value, row.key, row.partition)
                break
            except BufferError:
                producer.poll(0.1)
    if producer.flush(PATIENCE_S):
        raise HubError("The broker did not take the rows", fix="check that it runs and has room")


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
        if isinstance(order, UnitOrder):
            # the centre, where it leads a case itself, hears at its end that it shall look back
            kind = OrderKind.CLOSED if order.stage is Stage.CLOSED else order.kind
            heard[order.case_id, order.unit, kind] += 1
        ids[record.key, attributes.id] += 1
    wanted = {
        (appeal.case_id, unit, kind)
        for appeal in told
        for unit in appeal.units
        for kind in (OrderKind.NEW, OrderKind.CLOSED)
    }
    again = sum(count - 1 for told, count in heard.items() if told in wanted)
    return Check(lost=len(wanted - heard.keys()), doubled=max(again, ids.total() - len(ids)))
