"""The work of `route`: tickets, and the hub's step that forwards and counts them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from benchmarks.orders import CATEGORIES, DEPARTMENT_OF, order_of
from hub import topics
from hub.contracts.feeds import Appellant, Channel, HotlineTicket
from hub.contracts.fields import Contract, PlaceRef
from hub.contracts.operations import LedgerEntry
from hub.contracts.orders import UnitOrder
from hub.contracts.reasons import Reason
from hub.contracts.trusted import trusted
from hub.flow import Arrival, Emit, Outcome, State, Step, Table, put
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.outputs import Output

SOURCE = "hotline-12345"
TOWNS = 343
START = datetime(2026, 3, 2, tzinfo=UTC)

COUNTS = Table("counts", LedgerEntry)
"""Tickets of each town: the hub has a contract for how many records were handled."""


def ticket(number: int) -> HotlineTicket:
    """The ticket of this number, of about 250 bytes."""
    return HotlineTicket(
        source=SOURCE,
        id=f"t{number:09d}",
        reported_at=START + timedelta(milliseconds=number * 100),
        channel=Channel.PHONE,
        category=_category(number),
        title="路灯不亮",
        text="路灯不亮，晚上出行不便，希望尽快维修。" * 2,
        place=PlaceRef(code=f"1101{number * 104729 % TOWNS:05d}", address="幸福大街 12 号院门口"),
        appellant=Appellant(name="王先生", phone=f"138{number:08d}"),
    )


def number_of(ticket_id: str) -> int:
    """The number of the ticket with this id."""
    return int(ticket_id[1:])


def department_of(number: int) -> str:
    """The department that takes the ticket of this number."""
    return DEPARTMENT_OF[_category(number)]


def inputs(count: int) -> Iterator[Output]:
    """So many tickets as their publisher sends them, keyed by town; the same count gives the same tickets."""
    topic = topics.TOPICS[topics.HOTLINE]
    for number in range(count):
        one = ticket(number)
        town = one.place.code or ""
        emit = Emit(topics.HOTLINE, town, one.id, one.reported_at, one)
        headers = tuple(write_headers(topic, emit, source=SOURCE, causation=None))
        stamp = round(one.reported_at.timestamp() * 1000)
        yield Output(topics.HOTLINE, town.encode(), encode(one), headers, stamp)


def order_emit(number: int) -> Emit:
    """What must come of the ticket of this number."""
    return _emit(order_of(ticket(number)))


def route_step() -> Step:
    """The work as a step of the hub: counts in keyed state, one order for each ticket."""
    return Step(
        name="route",
        sources=(topics.HOTLINE,),
        sinks=(topics.ORDERS, topics.DEAD_LETTERS, topics.LEDGER),
        handle=_handle,
        handle_many=_handle_many,
        doc="Tickets go to their department, and are counted by town",
        tables=(COUNTS,),
    )


def _handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    return _handle_many(state, [(body, arrival)], [now])[0]


def _handle_many(
    state: State, items: Sequence[tuple[Contract, Arrival]], nows: Sequence[datetime]
) -> Sequence[Outcome]:
    """An order for each ticket; each town's row once, with all of its tickets."""
    more: Counter[str] = Counter()
    outcomes = []
    for body, _ in items:
        assert isinstance(body, HotlineTicket), "the topic of tickets holds tickets"
        order = order_of(body)
        more[order.town] += 1
        outcomes.append(Outcome(Reason.FORWARDED, (_emit(order),)))
    rows = tuple(put(COUNTS, town, _row(state, town, count)) for town, count in more.items())
    outcomes[-1] = outcomes[-1]._replace(changes=rows)
    return outcomes


_make_row = trusted(LedgerEntry)


def _row(state: State, town: str, more: int) -> LedgerEntry:
    before = state.get(COUNTS, town)
    return _make_row(
        step=town,
        topic=topics.HOTLINE,
        partition=0,
        first_offset=0,
        last_offset=0,
        records=more + (0 if before is None else before.records),
        counts=(),
    )


def _category(number: int) -> str:
    return f"c{number * 7919 % CATEGORIES}"


def _emit(order: UnitOrder) -> Emit:
    return Emit(topics.ORDERS, order.unit, order.case_id, order.at, order)
