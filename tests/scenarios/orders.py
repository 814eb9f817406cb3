"""An order as the cases step writes it, for tests of what comes behind that step."""

from __future__ import annotations

from tests.scenarios.language import minute

from hub import topics
from hub.contracts.cases import Stage
from hub.contracts.fields import Urgency
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import Headers, write_headers


def hall_order(number: int, order_id: str) -> tuple[bytes, Headers]:
    """Value and headers of the town hall's order about one case; its number is its minute, too."""
    return order_of("hall", number, order_id)


def order_of(unit: str, number: int, order_id: str) -> tuple[bytes, Headers]:
    """Value and headers of a unit's order about that case."""
    order = UnitOrder(
        unit=unit,
        case_id="MILL-260302-0123456789",
        seq=number,
        at=minute(number),
        kind=OrderKind.NEW,
        role=OrderRole.LEAD,
        stage=Stage.DISPATCHED,
        category="bill",
        town="MILL",
        cell=None,
        urgency=Urgency.GENERAL,
        signals=1,
    )
    emit = Emit(topics.ORDERS, order.unit, order_id, order.at, order, order.case_id)
    headers = write_headers(topics.TOPICS[topics.ORDERS], emit, source="hub:cases", causation=None)
    return encode(order), headers
