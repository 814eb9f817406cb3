"""One unit floods, one never reads, the topic of a third is gone: the others' orders and answers come."""

from __future__ import annotations

import subprocess
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, TypeVar

import pytest
from tests.broker.hub_process import OwnTopics
from tests.scenarios.brook import heath, mill, quay
from tests.scenarios.heard import Heard
from tests.scenarios.reports import ticket

from hub import topics
from hub.cli.answers import publish_action
from hub.cli.view import decoded
from hub.contracts.cases import CaseEvent, Refusal
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.fields import Contract, PlaceRef
from hub.contracts.operations import DeadLetter
from hub.contracts.orders import UnitOrder
from hub.contracts.reasons import Reason
from hub.runtime.admin import TopicAdmin
from hub.runtime.publisher import Publisher
from hub.runtime.reader import read_whole

PATIENCE_S = 40.0
REPORTS = 20
NOTES = 10
EACH = 700
FLOODER, GONE, DEAF = "water-works", "heath", "west"
BAD = {
    "unknown": Reason.UNKNOWN_CASE,
    "stage": Reason.STAGE_FORBIDS,
    "unit": Reason.NOT_THE_LEAD,
    "again": Reason.DUPLICATE,
}
"""What the flooder does wrong, by the word that its actions' ids begin with."""

Body = TypeVar("Body", bound=Contract)


class Round(NamedTuple):
    """What came of an ordinary unit's work: kinds of its orders, its answers, how long it took."""

    orders: Counter[str]
    answers: tuple[str, ...]
    seconds: float


class Town:
    """The stories' city with a worker, and what is said in it."""

    def __init__(self, own: OwnTopics, publisher: Publisher) -> None:
        self.own = own
        self._publisher = publisher

    def reports(self, name: str, category: str, place: PlaceRef, count: int) -> None:
        """So many tickets about one matter: a case, and an order to its lead for each."""
        for number in range(count):
            sent = ticket(f"{name}-{number}", category, place, title=name)(datetime.now(UTC), Heard())
            self._publisher.publish_raw(sent.topic, sent.key, sent.value, list(sent.headers))

    def act(self, id: str, kind: str, case_id: str, unit: str) -> None:
        """An action of a unit, which is its publisher, too."""
        publish_action(
            self._publisher,
            UnitAction(
                source=unit, id=id, kind=ActionKind(kind), at=datetime.now(UTC), unit=unit, case_id=case_id
            ),
        )

    def garbage(self, number: int) -> None:
        """Bytes that are no action."""
        headers: list[tuple[str, bytes | None]] = [("ce_source", FLOODER.encode())] if number % 2 else []
        self._publisher.publish_raw(topics.ACTIONS, b"MILL", b"\xff" * (number % 50), headers)

    def flush(self) -> None:
        self._publisher.flush()

    def said(self, topic: str, contract: type[Body]) -> list[Body]:
        """All records of a topic that hold a contract."""
        records = read_whole(self.own.brokers, [topic], prefix=self.own.prefix)
        return [body for body in map(decoded, records) if isinstance(body, contract)]

    def orders(self, unit: str, name: str) -> list[UnitOrder]:
        """A unit's orders about a matter, from its own topic."""
        found = self.said(topics.unit_orders(unit).name, UnitOrder)
        return [order for order in found if order.summary == name]


@pytest.fixture
def town(broker: str, tmp_path: Path) -> Iterator[Town]:
    """A worker of the city."""
    own = OwnTopics(broker, f"bad-{uuid.uuid4().hex[:8]}.", tmp_path)
    own.make()
    with own.start("run", "--demo-key") as worker, Publisher(broker, prefix=own.prefix) as publisher:
        yield Town(own, publisher)
        assert worker.terminate() == 0


@pytest.mark.timeout(180)
def test_bad_units_harm_no_other(town: Town) -> None:
    _round(town, "warm", mill())
    calm = _round(town, "calm", mill(400))
    town.reports("own", "water", mill(), 1)
    town.reports("deaf", "noise", quay(), REPORTS)
    own_case = _until(lambda: town.orders(FLOODER, "own"))[0].case_id
    others_case = town.orders("mill", "calm")[0].case_id
    TopicAdmin(town.own.brokers).delete([town.own.prefix + topics.unit_orders(GONE).name])
    town.reports("gone", "noise", heath(), REPORTS)
    _flood(town, own_case, others_case)
    flooded = _round(town, "flooded", mill(-400))
    print(f"beside the flood it took {flooded.seconds / calm.seconds:.1f} times as long")
    assert flooded.orders == calm.orders
    assert flooded.answers == calm.answers
    _the_flooder_reads_its_own_answers(town)
    assert len(town.orders(DEAF, "deaf")) == REPORTS
    letters = _until(lambda: _letters(town, Reason.DELIVERY_FAILED), REPORTS)
    assert len(letters) == REPORTS
    _the_ledger_balances(town)


def _round(town: Town, name: str, place: PlaceRef) -> Round:
    """Mill has a case with many reports, and works on it."""
    began = time.monotonic()
    town.reports(name, "noise", place, REPORTS)
    town.flush()
    _until(lambda: town.orders("mill", name), REPORTS)
    case_id = town.orders("mill", name)[0].case_id
    deeds = ["sign_for", "start", *["progress"] * NOTES, "resolve"]
    for number, kind in enumerate(deeds):
        town.act(f"{name}-{number}", kind, case_id, "mill")
    town.flush()
    answers = _until(lambda: _answers(town, case_id), len(deeds))
    moved = _until(lambda: [o for o in town.orders("mill", name) if o.kind == "moved"], 3)
    assert [order.stage.value for order in moved] == ["signed_for", "in_work", "resolved"]
    kinds = Counter(order.kind.value for order in town.orders("mill", name))
    return Round(kinds, tuple(answers), time.monotonic() - began)


def _answers(town: Town, case_id: str) -> list[str]:
    events = (event for event in town.said(topics.EVENTS, CaseEvent) if event.case_id == case_id)
    return [event.moves[0].kind.value for event in events if event.source == "mill"]


def _flood(town: Town, own_case: str, others_case: str) -> None:
    for number in range(EACH):
        town.act(f"unknown-{number}", "start", f"MILL-nowhere-{number}", FLOODER)
        town.act(f"stage-{number}", "resolve", own_case, FLOODER)
        town.act(f"unit-{number}", "close", others_case, FLOODER)
        town.act("again-0", "resolve", own_case, FLOODER)
        town.garbage(number)


def _the_flooder_reads_its_own_answers(town: Town) -> None:
    refusals = _until(lambda: town.said(topics.REFUSALS, Refusal), len(BAD) * EACH)
    assert len(refusals) == len(BAD) * EACH
    assert {refusal.unit for refusal in refusals} == {FLOODER}
    for refusal in refusals:
        wrong = refusal.source_id.partition("-")[0]
        first = (Reason.STAGE_FORBIDS,) if wrong == "again" else ()
        assert refusal.reason in (BAD[wrong], Reason.OLDER_THAN_MEMORY, *first), refusal
    garbage = [
        one for one in town.said(topics.DEAD_LETTERS, DeadLetter) if one.topic.endswith(topics.ACTIONS)
    ]
    assert len(garbage) == EACH
    assert {event.actor for event in town.said(topics.EVENTS, CaseEvent)} == {None, "mill"}


def _letters(town: Town, reason: Reason) -> list[DeadLetter]:
    return [letter for letter in town.said(topics.DEAD_LETTERS, DeadLetter) if letter.reason == reason]


def _the_ledger_balances(town: Town) -> None:
    command = [sys.executable, "-c", "from hub.cli import main; main()", "ledger"]
    done = subprocess.run(
        command, env=town.own.environment, cwd=town.own.folder, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()


Found = TypeVar("Found")


def _until(look: Callable[[], Sequence[Found]], count: int = 1) -> Sequence[Found]:
    """What is there once it is so many, or more."""
    deadline = time.monotonic() + PATIENCE_S
    while len(found := look()) < count:
        assert time.monotonic() < deadline, f"{len(found)} of {count} in time"
        time.sleep(0.2)
    return found
