"""Orders held against events and deliveries: each made once, for an event; nothing else is delivered."""

from collections.abc import Iterator

from hub.contracts.orders import UnitOrder
from hub.verify.violations import Violation, ViolationKind


class OrderAudit:
    """Give it what units received first, then all orders: what is on its way is then not called lost.

    ``last_seq`` of a case is the number of its newest event; events are read after both.
    """

    def __init__(self) -> None:
        self._delivered: dict[str, UnitOrder] = {}
        self._made: dict[str, UnitOrder] = {}

    def __len__(self) -> int:
        return len(self._made)

    @property
    def waiting(self) -> int:
        """Orders that are not with their unit yet."""
        return len(self._made.keys() - self._delivered.keys())

    def take_delivered(self, id: str, order: UnitOrder) -> Iterator[Violation]:
        """An order on its unit's topic; the same one may be there again."""
        before = self._delivered.setdefault(id, order)
        if before != order:
            yield Violation(ViolationKind.ORDER_DIFFERS, f"order {id}", "two records of one id differ")

    def take_made(self, id: str, order: UnitOrder) -> Iterator[Violation]:
        """An order on the common topic."""
        if id in self._made:
            yield Violation(ViolationKind.ORDER_DOUBLED, f"order {id}", "was made before")
        self._made[id] = order
        told = self._delivered.get(id)
        if told is not None and told != order:
            yield Violation(ViolationKind.ORDER_DIFFERS, f"order {id}", f"unit {told.unit} reads another")

    def finish(self, last_seq: dict[str, int]) -> Iterator[Violation]:
        """What is left to say once events are known, too."""
        for id in sorted(self._delivered.keys() - self._made.keys()):
            yield Violation(ViolationKind.ORDER_FROM_NOWHERE, f"order {id}", "delivered, but never made")
        for id, order in self._made.items():
            if last_seq.get(order.case_id, -1) < order.seq:
                found = f"event {order.seq} of case {order.case_id} is not told"
                yield Violation(ViolationKind.ORDER_FROM_NOWHERE, f"order {id}", found)
