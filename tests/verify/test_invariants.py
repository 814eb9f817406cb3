"""Letters, orders, clocks and privacy: nothing to say of a true run, and every planted lie is named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from typing import TypeVar

import pytest
from tests.broker.faults.tape import make_tape
from tests.scenarios.brook import PARTITIONS, steps
from tests.verify.told import NOON, event, state_of

from hub import topics
from hub.contracts.cases import CaseEvent, EventKind, Refusal, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, Tally
from hub.contracts.orders import UnitOrder
from hub.contracts.reasons import Reason, tally_of
from hub.domain.privacy import Pseudonyms
from hub.runtime.codec import decode, encode
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.record import Record
from hub.verify.ledger import LedgerRow, Line
from hub.verify.letters import LetterAudit
from hub.verify.orders import OrderAudit
from hub.verify.privacy import NAMELESS, OPEN, PseudonymAudit, personal_data
from hub.verify.timing import PartitionTimes
from hub.verify.violations import Violation, ViolationKind

K = ViolationKind
B = TypeVar("B", bound=Contract)


@cache
def _run() -> MemoryRunner:
    """A city after a tape with some poison, every clock of which has rung."""
    runner = MemoryRunner(steps(), PARTITIONS)
    for number, one in enumerate(make_tape(11, 1_500, partitions=PARTITIONS).sent):
        runner.publish_raw(
            one.topic, one.key, one.value, one.headers, arrived=one.arrived, partition=one.partition
        )
        if number % 100 == 0:
            runner.publish_raw(topics.HOTLINE, b"k", b"\xff\xff", one.headers, arrived=one.arrived)
    runner.run()
    runner.tick(NOON + timedelta(days=60))
    runner.run()
    return runner


def _bodies(topic: str, contract: type[B]) -> list[tuple[Record, B]]:
    found = []
    for record in _run().records(topic):
        attributes = read_headers(record.headers)
        body = decode(attributes.type, attributes.version, record.value or b"")
        assert isinstance(body, contract)
        found.append((record, body))
    return found


def _kinds(violations: Iterable[Violation]) -> list[ViolationKind]:
    return [violation.kind for violation in violations]


# ---- clocks ------------------------------------------------------------------------------------------------


def test_clocks_of_a_true_run_ring_in_order_and_once() -> None:
    times = PartitionTimes()
    found = [
        v for record, body in _bodies(topics.EVENTS, CaseEvent) for v in times.take(record.partition, body)
    ]
    assert found == []
    assert len(times) > 100, "clocks rang"


def test_a_clock_that_rings_twice_or_out_of_time_is_named() -> None:
    ring = event(
        1, EventKind.BREACHED, stage=Stage.DISPATCHED, minute=30, source="clock", source_id="sign_for"
    )
    other = event(0, EventKind.OPENED, stage=Stage.DISPATCHED, case_id="110101001-b", minute=20)
    times = PartitionTimes()
    assert _kinds(times.take(0, ring)) == []
    assert _kinds(times.take(0, ring.model_copy(update={"seq": 2}))) == [K.RANG_TWICE]
    assert _kinds(times.take(0, other)) == [K.RANG_EARLY], "it was only minute 20"
    late = ring.model_copy(update={"case_id": "110101001-c", "at": NOON + timedelta(minutes=25)})
    assert _kinds(times.take(0, late)) == [K.RANG_LATE], "it was minute 30 already"
    assert _kinds(times.take(1, late)) == [K.RANG_TWICE]


# ---- dead letters ------------------------------------------------------------------------------------------


def _letters(letters: Iterable[DeadLetter]) -> tuple[LetterAudit, list[Violation]]:
    audit = LetterAudit()
    found = [violation for letter in letters for violation in audit.take_letter(letter)]
    for topic in sorted(audit.topics):
        for record in _run().records(topic):
            found += audit.take_record(record)
    return audit, found


def _dead(count: int) -> tuple[LedgerRow, ...]:
    return (LedgerRow(Line(topics.HOTLINE, "a", NOON), count, {Tally.DEAD: count}),)


def test_letters_of_a_true_run_are_whole() -> None:
    letters = [letter for _, letter in _bodies(topics.DEAD_LETTERS, DeadLetter)]
    audit, found = _letters(letters)
    assert found == []
    dead = sum(tally_of(Reason(letter.reason)) is Tally.DEAD for letter in letters)
    assert dead >= 10
    assert list(audit.compare(_dead(dead))) == []
    assert _kinds(audit.compare(_dead(dead + 1))) == [K.LETTER_MISSING]
    assert list(audit.compare(())) == []


@pytest.mark.parametrize(
    "lie",
    [{"value": b"other"}, {"key": None}, {"headers": ()}, {"value": None}],
    ids=lambda lie: next(iter(lie)),
)
def test_a_letter_that_buries_something_else_is_named(lie: dict[str, object]) -> None:
    whole = [letter for _, letter in _bodies(topics.DEAD_LETTERS, DeadLetter)]
    _, found = _letters([whole[0].model_copy(update=lie), *whole[1:]])
    assert _kinds(found) == [K.LETTER_DIFFERS]


def test_a_letter_that_is_there_twice_is_named() -> None:
    whole = [letter for _, letter in _bodies(topics.DEAD_LETTERS, DeadLetter)]
    _, found = _letters([*whole, whole[3]])
    assert _kinds(found) == [K.LETTER_DOUBLED]


# ---- orders ------------------------------------------------------------------------------------------------


def _orders() -> dict[str, UnitOrder]:
    told = _bodies(topics.ORDERS, Contract)
    assert all(isinstance(body, UnitOrder | Refusal) for _, body in told), "orders, and answers to actions"
    return {read_headers(record.headers).id: body for record, body in told if isinstance(body, UnitOrder)}


def _audited(made: Iterable[tuple[str, UnitOrder]], delivered: dict[str, UnitOrder]) -> list[ViolationKind]:
    audit = OrderAudit()
    found = [v for id, order in delivered.items() for v in audit.take_delivered(id, order)]
    found += [v for id, order in made for v in audit.take_made(id, order)]
    last: dict[str, int] = {}
    for _, told in _bodies(topics.EVENTS, CaseEvent):
        last[told.case_id] = max(told.seq, last.get(told.case_id, 0))
    return _kinds([*found, *audit.finish(last)])


def test_orders_of_a_true_run_are_each_for_an_event() -> None:
    orders = _orders()
    assert _audited(orders.items(), orders) == []
    assert _audited(orders.items(), dict(list(orders.items())[:5])) == [], "the others are on their way"


def test_orders_that_are_doubled_changed_or_from_nowhere_are_named() -> None:
    orders = _orders()
    first, order = next(iter(orders.items()))
    other = order.model_copy(update={"signals": 99})
    assert _audited([*orders.items(), (first, order)], {}) == [K.ORDER_DOUBLED]
    assert _audited(orders.items(), {first: other}) == [K.ORDER_DIFFERS]
    assert _audited(orders.items(), {"x": order}) == [K.ORDER_FROM_NOWHERE]
    ghost = order.model_copy(update={"seq": 999})
    assert _audited([*orders.items(), ("y", ghost)], {}) == [K.ORDER_FROM_NOWHERE]


# ---- privacy -----------------------------------------------------------------------------------------------


def test_a_true_run_tells_nothing_of_persons() -> None:
    assert {topics.EVENTS, topics.STATE, topics.ORDERS, topics.SIGNALS} <= set(OPEN)
    assert not {topics.HOTLINE, topics.DEAD_LETTERS} & set(OPEN)
    for topic in OPEN:
        for record, body in _bodies(topic, Contract):
            assert list(personal_data(f"{topic} {record.offset}", body)) == []


@pytest.mark.parametrize("secret", ["call 13812345678 now", "id 110101199003077777", "ada@example.org wrote"])
def test_personal_data_in_free_text_is_named_and_not_quoted(secret: str) -> None:
    order = next(iter(_orders().values()))
    (in_summary,) = personal_data("here", order.model_copy(update={"summary": secret}))
    told = event(0, EventKind.OPENED, stage=Stage.DISPATCHED)
    moves = (told.moves[0].model_copy(update={"detail": secret}),)
    (in_move,) = personal_data("here", told.model_copy(update={"moves": moves}))
    for found in (in_summary, in_move):
        assert found.kind is K.PERSONAL_DATA
        assert not any(word in str(found) for word in secret.split() if len(word) > 9)


def test_numbers_that_are_none_of_a_person_are_let_be() -> None:
    order = next(iter(_orders().values()))
    harmless = order.model_copy(update={"summary": "lamp 138123456789 of 2026-03-02, row 1381234567"})
    assert list(personal_data("here", harmless)) == []


PSEUDONYM = Pseudonyms(b"a key for tests only").of("appellant", "13812345678")


def _audited_for_pseudonyms(*bodies: Contract) -> list[str]:
    audit = PseudonymAudit()
    for body in bodies:
        audit.take("here", body, encode(body))
    return [str(found) for found in audit.finish()]


def test_a_true_run_holds_pseudonyms_on_the_towns_log_alone() -> None:
    assert set(NAMELESS) == set(OPEN) - {topics.SIGNALS}
    bodies = [body for topic in NAMELESS for _, body in _bodies(topic, Contract)]
    assert _audited_for_pseudonyms(*bodies) == []
    signals = [body for _, body in _bodies(topics.SIGNALS, Contract)]
    assert _audited_for_pseudonyms(*signals), "there were pseudonyms to find"


def _leaks() -> list[Contract]:
    """A pseudonym wherever a rule could write one by mistake."""
    order = next(iter(_orders().values()))
    told = event(0, EventKind.OPENED, stage=Stage.DISPATCHED)
    detail = told.moves[0].model_copy(update={"detail": f"3 tickets of {PSEUDONYM} in 30 days"})
    state = state_of(told)
    return [
        told.model_copy(update={"moves": (detail,)}),
        told.model_copy(update={"other_case": PSEUDONYM}),
        told.model_copy(update={"actor": PSEUDONYM}),
        order.model_copy(update={"reason": f"of {PSEUDONYM}"}),
        order.model_copy(update={"assist_units": (PSEUDONYM,)}),
        state.model_copy(update={"supervisor": f"{PSEUDONYM}."}),
    ]


@pytest.mark.parametrize("number", range(6))
def test_a_pseudonym_that_leaks_is_named_and_not_quoted(number: int) -> None:
    (found,) = _audited_for_pseudonyms(_leaks()[number])
    assert found.startswith("personal_data: here: ")
    assert PSEUDONYM not in found


def test_digests_of_sites_and_publishers_own_ids_are_let_be() -> None:
    told = event(0, EventKind.OPENED, stage=Stage.DISPATCHED, source_id=PSEUDONYM)
    detail = told.moves[0].model_copy(update={"detail": f"signal {PSEUDONYM} was of case A"})
    site = state_of(told).model_copy(update={"site": "0123456789abcdef" * 2})
    assert _audited_for_pseudonyms(told.model_copy(update={"moves": (detail,)}), site) == []
