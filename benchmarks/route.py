"""`route`: tickets to their department, counted by town; the hub beside other engines."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks import tickets
from benchmarks.contest import HUB, Sizes, Tell, Work, hold
from benchmarks.ground import Field
from benchmarks.peers.entrants import Entrant
from benchmarks.results import Check, Result
from hub import topics
from hub.errors import HubError
from hub.runtime.changelog import parse_row_key
from hub.runtime.codec import decode_row, encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record

NAME = "route"
SIZES = Sizes(records=500_000, stock=25_000)
QUICK = Sizes(records=20_000, stock=3_000)

SAMPLE_EVERY = 97
"""Every so many tickets the value and the headers of an order are compared; its key always is."""


def measure(brokers: str, sizes: Sizes, runs: int, tell: Tell, peers: Sequence[Entrant] = ()) -> list[Result]:
    """Run each engine in turn, ``runs`` times. Raises HubError where an output is not what it must be."""
    return hold(work(), brokers, sizes, runs, tell, peers)


def work() -> Work:
    """What is read and written, and how it is judged."""
    return Work(
        NAME, tickets.route_step(), tickets.inputs, source=topics.HOTLINE, sink=topics.ORDERS, check=_check
    )


def _check(engine: str, place: Field, count: int) -> Check:
    if engine == HUB:
        _check_counts(place, count)
    return _check_orders(place, count)


def _check_orders(place: Field, count: int) -> Check:
    """Each ticket must have one order, of its department, with the bytes that every engine must write."""
    times = bytearray(count)
    for record in place.records(topics.ORDERS):
        id = (dict(record.headers)["ce_id"] or b"").decode()
        number = tickets.number_of(id)
        times[number] = min(times[number] + 1, 255)
        if record.key != tickets.department_of(number).encode() or (
            number % SAMPLE_EVERY == 0 and not _is_right(record, number)
        ):
            raise HubError(f"the order of ticket {id} is not what it must be", fix="mend the engine")
    found = count - times.count(0)
    return Check(lost=count - found, doubled=sum(times) - found)


def _is_right(record: Record, number: int) -> bool:
    emit = tickets.order_emit(number)
    headers = write_headers(topics.TOPICS[topics.ORDERS], emit, source="", causation=None)
    return record.value == encode(emit.value) and {*headers} <= {*record.headers}


def _check_counts(place: Field, count: int) -> None:
    """The counts that a restart would find must be those of all tickets."""
    newest: dict[str, int] = {}
    for record in place.records(topics.changelog("route").name):
        table, town = parse_row_key(record.key or b"")
        if table == tickets.COUNTS.name:
            newest[town] = decode_row(tickets.COUNTS.row, record.value or b"").records
    if sum(newest.values()) != count:
        raise HubError(f"the towns count {sum(newest.values())} of {count} tickets", fix="mend the engine")
