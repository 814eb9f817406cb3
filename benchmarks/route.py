"""`route`: tickets to their department, counted by town; the hub beside a loop written by hand and Faust."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from benchmarks import tickets
from benchmarks.ground import PARTITIONS, Field, field
from benchmarks.measure import Job, Sample, run_engine
from benchmarks.results import Check, Result, compared, summarise
from hub import topics
from hub.errors import HubError
from hub.runtime.changelog import parse_row_key
from hub.runtime.codec import decode_row, encode

SAMPLE_EVERY = 97
"""Every so many tickets the whole value of an order is compared."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many tickets each engine reads; stock Faust reads fewer, for it is slower by far."""

    records: int = 60_000
    stock: int = 6_000


QUICK = Sizes(records=20_000, stock=3_000)


def measure(brokers: str, sizes: Sizes, runs: int, tell: Callable[[str], None]) -> list[Result]:
    """Run each engine in turn, ``runs`` times. Raises HubError where an output is not what it must be."""
    taken: dict[str, list[tuple[Sample, Check]]] = {"hub": [], "raw": [], "faust": []}
    for number in range(1, runs + 1):
        for engine, done in taken.items():
            tell(f"route: {engine}, run {number} of {runs}")
            count = sizes.stock if engine == "faust" else sizes.records
            done.append(_run(brokers, engine, count))
    raw = summarise("route.raw", taken["raw"])
    stock = summarise("route.stock", taken["faust"])
    return [compared(summarise("route", taken["hub"]), raw, stock), compared(raw, raw, stock), stock]


def _run(brokers: str, engine: str, count: int) -> tuple[Sample, Check]:
    with field(brokers, tickets.route_step()) as place:
        place.fill(tickets.inputs(count))
        sample = run_engine(f"{engine}_route", Job(brokers, place.prefix, count, PARTITIONS))
        if engine == "hub":
            _check_counts(place, count)
        return sample, _check_orders(place, count)


def _check_orders(place: Field, count: int) -> Check:
    """Each ticket must have one order, of its department, with the bytes that every engine must write."""
    found: Counter[bytes] = Counter()
    values = {}
    for record in place.records(topics.ORDERS):
        id = record.headers[0][1] or b""
        found[id] += 1
        values[id] = (record.key, record.value)
    for number, ticket in enumerate(tickets.tickets(count)):
        key, value = values.get(ticket.id.encode(), (None, None))
        if key is None:
            continue
        wrong = key != tickets.DEPARTMENT_OF[ticket.category].encode()
        if wrong or (number % SAMPLE_EVERY == 0 and value != encode(tickets.order_of(ticket))):
            raise HubError(f"the order of ticket {ticket.id} is not what it must be", fix="mend the engine")
    return Check(lost=count - len(found), doubled=found.total() - len(found))


def _check_counts(place: Field, count: int) -> None:
    """The counts that a restart would find must be those of all tickets."""
    newest: dict[str, int] = {}
    for record in place.records(topics.changelog("route").name):
        table, town = parse_row_key(record.key or b"")
        if table == tickets.COUNTS.name:
            newest[town] = decode_row(tickets.COUNTS.row, record.value or b"").records
    if sum(newest.values()) != count:
        raise HubError(f"the towns count {sum(newest.values())} of {count} tickets", fix="mend the engine")
