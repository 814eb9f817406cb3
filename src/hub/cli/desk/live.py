"""The desk at work: orders and answers from Kafka, keys from the terminal, moves to the hub."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime

from rich.console import Console, Group
from rich.live import Live

from hub.citypack.city import City
from hub.cli.answers import ANSWERS, answer_in, no_answer, publish_action
from hub.cli.desk.asking import Asking, terms_said
from hub.cli.desk.desk import Desk
from hub.cli.desk.inbox import Inbox
from hub.cli.desk.keyboard import Keyboard
from hub.cli.desk.keys import QUIT
from hub.cli.desk.orders import order_in
from hub.cli.desk.questions import NOTE
from hub.cli.desk.screen import screen
from hub.cli.saying import action_of, id_of, said_by
from hub.cli.terminal import harmless
from hub.cli.view import decoded
from hub.contracts.feeds import UnitAction
from hub.errors import HubError
from hub.runtime.publisher import Publisher
from hub.runtime.reader import Follower
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import unit_orders

ANSWER_S = 10.0
"""So long an answer is waited for before the clerk is told that none came."""
KEY_S = 0.05
REDRAW_S = 1.0


def work(
    city: City, brokers: str, prefix: str, name: str, source: str, now: Callable[[Inbox], datetime]
) -> None:
    """Sit at the desk of a unit until q is pressed. Raises HubError where Kafka does not answer."""
    console = Console()
    desk = Desk(Inbox(name), tuple(city.units))
    own = [unit_orders(name).name]
    with (
        Follower(brokers, own, prefix=prefix, from_beginning=True) as orders,
        Follower(brokers, ANSWERS, prefix=prefix) as answers,
        Publisher(brokers, prefix=prefix) as publisher,
        Keyboard() as keyboard,
        Live(console=console, screen=True, auto_refresh=False) as live,
        suppress(EOFError),
    ):
        sending = _Sending(desk, name, source, publisher)
        drawn = 0.0
        while True:
            news = _take(desk, orders.read(0))
            for key in keyboard.pressed(0 if news else KEY_S):
                if key == QUIT and desk.asking is None:
                    return
                news = True
                move = desk.press(key)
                if move is not None:
                    sending.send(move)
            news = sending.hear(answers.read(0)) or news
            if news or time.monotonic() - drawn >= REDRAW_S:
                drawn = time.monotonic()
                lines = screen(desk, city, now(desk.inbox), console.width, console.height)
                live.update(Group(*lines), refresh=True)


def action_said(move: Asking, unit: str, source: str) -> UnitAction:
    """The action of a complete move; the same move on the same order has the same id."""
    note = move.said.get(NOTE)
    said = said_by(
        move.order.case_id,
        move.kind,
        unit,
        str(note) if note else None,
        None,
        terms_said(move.said),
    )
    return action_of({**said, "source": source, "id": id_of({**said, "seq": move.order.seq})})


class _Sending:
    """The one action on its way, and its answer."""

    def __init__(self, desk: Desk, unit: str, source: str, publisher: Publisher) -> None:
        self._desk = desk
        self._unit = unit
        self._source = source
        self._publisher = publisher
        self._action: UnitAction | None = None
        self._since = 0.0

    def send(self, move: Asking) -> None:
        try:
            self._action = action_said(move, self._unit, self._source)
            publish_action(self._publisher, self._action)
            self._publisher.flush(ANSWER_S)
            self._since = time.monotonic()
        except HubError as error:
            self._action = None
            self._desk.answered(f"not sent: {error.message}", "", refused=True)

    def hear(self, records: Iterable[Record]) -> bool:
        """Take the answer from what has come; whether there is news."""
        action = self._action
        if action is None:
            return False
        for record in records:
            try:
                answer = answer_in(decoded(record), action)
            except Refused:
                continue
            if answer is not None:
                self._action = None
                detail = answer.text.partition(". ")[2]
                self._desk.answered(harmless(answer.text), detail, refused=answer.refused)
                return True
        if time.monotonic() - self._since > ANSWER_S:
            self._action = None
            self._desk.answered(no_answer(action, ANSWER_S).message, "", refused=True)
            return True
        return False


def _take(desk: Desk, records: Iterable[Record]) -> bool:
    """Take orders in; whether there was news."""
    taken = [desk.inbox.take(*order) for record in records if (order := order_in(record))]
    return any(taken)
