"""What `route` makes of a ticket: which department takes it, and what that department reads."""

from __future__ import annotations

from hub.contracts.cases import Stage
from hub.contracts.feeds import HotlineTicket
from hub.contracts.fields import Urgency
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.contracts.trusted import trusted

CATEGORIES = 400
DEPARTMENTS = 40
DEPARTMENT_OF = {f"c{number}": f"dept{number % DEPARTMENTS}" for number in range(CATEGORIES)}


_make_order = trusted(UnitOrder)


def order_of(ticket: HotlineTicket) -> UnitOrder:
    """What the department reads of a ticket."""
    return _make_order(
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
