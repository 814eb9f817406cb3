"""The work of `route`: tickets, which department takes each, and what that department reads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from hub import topics
from hub.contracts.cases import OrderKind, OrderRole, Stage, UnitOrder
from hub.contracts.feeds import Appellant, Channel, HotlineTicket
from hub.contracts.fields import Contract, PlaceRef, Urgency
from hub.contracts.operations import LedgerEntry
from hub.contracts.reasons import Reason
from hub.flow import Arrival, Emit, Outcome, State, Step, Table, put
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.task import Output

SOURCE = "hotline-12345"
CATEGORIES = 400
DEPARTMENT_OF = {f"c{number}": f"dept{number % 40}" for number in range(CATEGORIES)}
TOWNS = 343
START = datetime(2026, 3, 2, tzinfo=UTC)

COUNTS = Table("counts", LedgerEntry)
"""Tickets of each town: the hub has a contract for how many records were handled."""


def tickets(count: int) -> Iterator[HotlineTicket]:
    """So many tickets of about 250 bytes; the same count gives the same tickets."""
    for number in range(count):
        yield HotlineTicket(
            source=SOURCE,
            id=f"t{number:09d}",
            reported_at=START + timedelta(milliseconds=number * 100),
            channel=Channel.PHONE,
            category=f"c{number * 7919 % CATEGORIES}",
            title="路灯不亮",
            text="路灯不亮，晚上出行不便，希望尽快维修。" * 2,
            place=PlaceRef(code=f"1101{number * 104729 % TOWNS:05d}", address="幸福大街 12 号院门口"),
            appellant=Appellant(name="王先生", phone=f"138{number:08d}"),
        )


def inputs(count: int) -> Iterator[Output]:
    """The tickets as their publisher sends them, keyed by town."""
    topic = topics.TOPICS[topics.HOTLINE]
    for ticket in tickets(count):
        town = ticket.place.code or ""
        emit = Emit(topics.HOTLINE, town, ticket.id, ticket.reported_at, ticket)
        headers = tuple(write_headers(topic, emit, source=SOURCE, causation=None))
        stamp = round(ticket.reported_at.timestamp() * 1000)
        yield Output(topics.HOTLINE, town.encode(), encode(ticket), headers, stamp)


def order_of(ticket: HotlineTicket) -> UnitOrder:
    """What the department reads of a ticket."""
    return UnitOrder(
        unit=DEPARTMENT_OF[ticket.category],
        case_id=ticket.id,
        seq=0,
        at=ticket.reported_at,
        kind=OrderKind.NEW,
        role=OrderRole.LEAD,
        stage=Stage.DISPATCHED,
        category=ticket.category,
        town=ticket.place.code or "",
        cell=None,
        urgency=Urgency.GENERAL,
        signals=1,
    )


def route_step() -> Step:
    """The work as a step of the hub: counts in keyed state, one order for each ticket."""
    return Step(
        name="route",
        sources=(topics.HOTLINE,),
        sinks=(topics.ORDERS, topics.DEAD_LETTERS, topics.LEDGER),
        handle=_handle,
        doc="Tickets go to their department, and are counted by town",
        tables=(COUNTS,),
    )


def _handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    assert isinstance(body, HotlineTicket), "the topic of tickets holds tickets"
    order = order_of(body)
    row = state.get(COUNTS, order.town)
    after = LedgerEntry(
        step=order.town,
        topic=topics.HOTLINE,
        partition=0,
        first_offset=0,
        last_offset=0,
        records=1 + (0 if row is None else row.records),
        counts=(),
    )
    emit = Emit(topics.ORDERS, order.unit, order.case_id, order.at, order)
    return Outcome(Reason.FORWARDED, (emit,), (put(COUNTS, order.town, after),))
