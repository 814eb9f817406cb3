"""A unit's inbox 待办: a fold of its orders, the newest per case, the nearest deadline first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from hub.contracts.cases import ENDED
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.domain.clocks import STANDS_STILL

HISTORY = 20
"""Orders of one case that are kept to show."""

_ASKED = frozenset({OrderRole.REVIEWER, OrderRole.CONSULTED, OrderRole.CENTRE, OrderRole.SUMMONED})
_OVER = frozenset({OrderKind.CLOSED, OrderKind.WITHDRAWN})
_AFTERWARDS = frozenset({OrderKind.TO_LOOK_BACK, OrderKind.TO_RULE})
_LEFT = frozenset({OrderKind.RULED, OrderKind.REOPENED})


class Urge(StrEnum):
    """How near a case's deadline is."""

    OVERDUE = "overdue"
    NEAR = "near"
    CALM = "calm"


@dataclass(frozen=True, slots=True)
class Item:
    """One case in an inbox: its newest order, those before it, whether its present limit has warned."""

    order: UnitOrder
    history: tuple[UnitOrder, ...] = ()
    warned: bool = False

    @property
    def deadline(self) -> datetime | None:
        """The next limit that this unit has to meet or watch; None where none runs."""
        order = self.order
        limits = [order.stage_due, order.sign_for_by]
        if order.stage not in STANDS_STILL and order.role not in _ASKED:
            limits.append(order.resolve_by)
        return min((limit for limit in limits if limit is not None), default=None)

    @property
    def waits(self) -> bool:
        """Whether the unit has it still: not withdrawn, over, or answered by whoever was asked."""
        order = self.order
        if order.role is OrderRole.FORMER or order.kind in _OVER:
            return False
        if order.role in _ASKED and order.kind in _LEFT:
            return False
        return order.stage not in ENDED or order.kind in _AFTERWARDS

    @property
    def newest(self) -> str:
        """Masked title of the newest signal that joined; empty where only the first is known."""
        return next((order.newest for order in (self.order, *self.history) if order.newest), "")

    def urge(self, now: datetime) -> Urge:
        """How near its deadline is."""
        if self.deadline is not None and self.deadline < now:
            return Urge.OVERDUE
        return Urge.NEAR if self.warned else Urge.CALM

    def then(self, order: UnitOrder) -> Item:
        """The item after a newer order; a warning holds until the deadline is another one."""
        after = Item(order, (self.order, *self.history)[:HISTORY])
        warned = order.kind is OrderKind.WARNED or (self.warned and after.deadline == self.deadline)
        return Item(after.order, after.history, warned)


@dataclass(slots=True)
class Inbox:
    """All cases that a unit has orders of. Orders come at least once: the same id is taken once."""

    unit: str
    items: dict[str, Item] = field(default_factory=dict)
    _taken: set[str] = field(default_factory=set)

    def take(self, record_id: str, order: UnitOrder) -> bool:
        """Take an order in; whether it was news."""
        if record_id in self._taken:
            return False
        self._taken.add(record_id)
        known = self.items.get(order.case_id)
        if known is None:
            self.items[order.case_id] = Item(order, warned=order.kind is OrderKind.WARNED)
        elif order.seq >= known.order.seq:
            self.items[order.case_id] = known.then(order)
        return True

    def waiting(self) -> tuple[Item, ...]:
        """What waits for the unit, the nearest deadline first, then by case."""
        return tuple(sorted((item for item in self.items.values() if item.waits), key=_by_deadline))

    def latest(self) -> datetime | None:
        """The newest log time of any order: the time of a simulated city."""
        return max((item.order.at for item in self.items.values()), default=None)


def inbox_of(unit: str, orders: Iterable[tuple[str, UnitOrder]]) -> Inbox:
    """The inbox after these (id, order) pairs; orders of other units are left out."""
    inbox = Inbox(unit)
    for record_id, order in orders:
        if order.unit == unit:
            inbox.take(record_id, order)
    return inbox


def _by_deadline(item: Item) -> tuple[bool, float, str]:
    deadline = item.deadline
    return deadline is None, 0.0 if deadline is None else deadline.timestamp(), item.order.case_id
