"""Orders of the stories' city, for tests of the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.scenarios.language import minute

from hub.cli.desk.desk import Desk
from hub.cli.desk.inbox import Inbox, inbox_of
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Feed, Urgency
from hub.contracts.orders import FeedCount, OrderKind, OrderRole, UnitOrder

UNIT = "mill"
UNITS = ("fire-brigade", "hall", "heath", "mill", "water-works", "west")


def order(number: int, seq: int = 0, *, due: datetime | None = None, **fields: Any) -> UnitOrder:
    """An order of the mill about its case of a number, a new one if nothing else is said."""
    given: dict[str, Any] = {
        "unit": UNIT,
        "case_id": f"MILL-260302-{number}",
        "seq": seq,
        "at": minute(number + seq),
        "kind": OrderKind.NEW,
        "role": OrderRole.LEAD,
        "stage": Stage.DISPATCHED,
        "category": "noise",
        "town": "MILL",
        "cell": None,
        "urgency": Urgency.GENERAL,
        "signals": 1,
        "feeds": (FeedCount(feed=Feed.HOTLINE, signals=1),),
        "summary": f"Loud music {number}",
        "sign_for_by": due,
        "lead_unit": UNIT,
        "assist_units": ("west",),
        "allowed": (ActionKind.SIGN_FOR, ActionKind.ESCALATE),
        **fields,
    }
    return UnitOrder(**given)


def inbox(*orders: UnitOrder) -> Inbox:
    """The mill's inbox after orders."""
    return inbox_of(UNIT, ((f"{one.case_id}/{one.seq}", one) for one in orders))


def desk(*orders: UnitOrder) -> Desk:
    """The mill's desk after orders."""
    return Desk(inbox(*orders), UNITS)
