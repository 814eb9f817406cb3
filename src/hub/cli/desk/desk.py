"""A clerk at the desk: which case is selected, which move is on its way, what was answered last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hub.cli.desk.asking import Asking, pressed
from hub.cli.desk.inbox import Inbox, Item
from hub.cli.desk.keys import ESCAPE, STEPS, move_for
from hub.cli.desk.questions import missing, questions_of
from hub.contracts.orders import UnitOrder

NOTHING_SELECTED = "nothing waits for you; orders appear here as they come"


@dataclass(slots=True)
class Desk:
    """The desk of one unit. ``press`` is all that its keyboard does."""

    inbox: Inbox
    units: Sequence[str] = ()
    selected: str | None = None
    asking: Asking | None = None
    sent: Asking | None = None
    """The move that waits for its answer."""
    status: str = ""
    refused: bool = False
    _place: int = 0

    @property
    def item(self) -> Item | None:
        """The selected case: the one chosen, or what moved to its place when it went away."""
        waiting = self.inbox.waiting()
        if not waiting:
            return None
        for place, item in enumerate(waiting):
            if item.order.case_id == self.selected:
                self._place = place
                return item
        self._place = min(self._place, len(waiting) - 1)
        self.selected = waiting[self._place].order.case_id
        return waiting[self._place]

    def press(self, key: str) -> Asking | None:
        """Take a key; a move that can be sent now, if the key was its last."""
        if self.asking is not None:
            self.asking = pressed(self.asking, key, self.units)
            if self.asking is None:
                self._say("given up, nothing was sent")
            return self._complete()
        item = self.item
        if item is None:
            self._say(NOTHING_SELECTED)
        elif key in STEPS:
            self._select(STEPS[key])
        elif key != ESCAPE:
            return self._begin(item.order, key)
        return None

    def answered(self, text: str, detail: str, *, refused: bool) -> None:
        """Show the answer to what was sent; where it lacks terms, ask for them and keep the others."""
        self._say(text, refused=refused)
        sent, self.sent = self.sent, None
        lacks = missing(detail) if refused else ()
        if sent is not None and self.asking is None and lacks:
            self.asking = Asking(sent.order, sent.kind, lacks, sent.said)

    def _begin(self, order: UnitOrder, key: str) -> Asking | None:
        kind = move_for(key, order)
        if kind is None:
            self._say(f"{key}: no move of yours in stage {order.stage.replace('_', ' ')}; see the keys below")
            return None
        if self.sent is not None:
            self._say("wait for the answer first")
            return None
        self.asking = Asking(order, kind, questions_of(kind))
        return self._complete()

    def _complete(self) -> Asking | None:
        if self.asking is None or not self.asking.complete:
            return None
        self.sent, self.asking = self.asking, None
        self._say(
            f"{self.sent.kind.replace('_', ' ')} {self.sent.order.case_id}: sent, waiting for the answer"
        )
        return self.sent

    def _select(self, step: int) -> None:
        waiting = self.inbox.waiting()
        place = max(0, min(self._place + step, len(waiting) - 1))
        self._place, self.selected = place, waiting[place].order.case_id

    def _say(self, text: str, *, refused: bool = False) -> None:
        self.status, self.refused = text, refused
