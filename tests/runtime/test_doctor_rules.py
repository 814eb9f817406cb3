"""A deployment at work is judged from facts: steps, transactions, letters, what is left over."""

from __future__ import annotations

import pytest
from tests.runtime.test_check_rules import judged

from hub.contracts.reasons import Reason
from hub.runtime.cluster_facts import GroupFacts, HeldUp, OpenTransaction, Partition, StepFacts
from hub.runtime.doctor import compare_looks
from hub.runtime.doctor_rules import (
    judge_letters,
    judge_open_transactions,
    judge_step,
    judge_strangers,
)
from hub.runtime.findings import Result
from hub.runtime.lag import Position

AT: Partition = ("city.signals", 3)
TWO = GroupFacts("hub-city", "Stable", 2)
NOBODY = GroupFacts("hub-city", "Empty", 0)
NOTHING = HeldUp(10.0, {})


def step(group: GroupFacts, before: int, after: int, *stuck: Partition) -> StepFacts:
    return StepFacts("cases", group, before, after, 10.0, frozenset(stuck))


@pytest.mark.parametrize(
    ("facts", "result", "words"),
    [
        (step(TWO, 0, 0), Result.OK, ("2 members", "0 records wait")),
        (step(TWO, 90_000, 40_000), Result.OK, ("40,000 records wait",)),
        (step(TWO, 500, 900), Result.OK, ("900 records wait",)),
        (step(TWO, 1_000, 31_000), Result.WARNING, ("3,000 records/s",)),
        (step(TWO, 5, 7, AT), Result.WRONG, ("stuck", "7 records", "10 s", "city.signals 3")),
        (step(NOBODY, 5, 7, AT), Result.WRONG, ("nobody", "hub-city", "7 records")),
        (step(NOBODY, 0, 0), Result.WRONG, ("nobody",)),
    ],
)
def test_a_step(facts: StepFacts, result: Result, words: tuple[str, ...]) -> None:
    judged(judge_step(facts), result, *words)


def test_a_topic_that_was_made_anew_under_a_step() -> None:
    facts = StepFacts("cases", TWO, 0, 0, 10.0, frozenset(), frozenset({AT}))
    judged(judge_step(facts), Result.WRONG, "more than there is", "city.signals 3")


def test_stuck_is_what_waits_and_does_not_move_between_two_looks() -> None:
    before = {("a", 0): Position(5, 9), ("a", 1): Position(5, 9), ("a", 2): Position(9, 9)}
    after = {
        ("a", 0): Position(5, 12),  # nothing committed
        ("a", 1): Position(6, 12),  # moves
        ("a", 2): Position(9, 12),  # came only now
        ("a", 3): Position(0, 12),  # was not there before
    }
    assert compare_looks(before, after) == {("a", 0): Position(5, 12)}


def test_an_open_transaction_is_named_with_its_age_and_what_it_holds_up() -> None:
    hangs = OpenTransaction("call-centre", 42.0, 900.0, frozenset({AT}))
    finding = judge_open_transactions([hangs], HeldUp(10.0, {AT: 1_200}))
    judged(finding, Result.WRONG, "call-centre", "42 s", "city.signals 3", "1,200 records")
    assert "900 s" in finding.fix


@pytest.mark.parametrize(
    ("transactions", "held_up"),
    [
        ([], NOTHING),
        ([OpenTransaction("hub-city-0", 2.0, 10.0, frozenset({AT}))], HeldUp(10.0, {AT: 3})),
        ([OpenTransaction("elsewhere", 99.0, 900.0, frozenset())], NOTHING),
        ([], HeldUp(1.0, {AT: 3})),
    ],
    ids=["none", "young", "of others", "looked at too shortly"],
)
def test_transactions_that_are_none_of_our_worries(
    transactions: list[OpenTransaction], held_up: HeldUp
) -> None:
    judged(judge_open_transactions(transactions, held_up), Result.OK)


def test_a_transaction_that_no_coordinator_knows() -> None:
    finding = judge_open_transactions([], HeldUp(12.0, {AT: 3}))
    judged(finding, Result.WRONG, "city.signals 3", "no coordinator")
    assert "find-hanging" in finding.fix


def test_letters() -> None:
    judged(judge_letters({}, "in the last hour"), Result.OK, "none in the last hour")
    some = {Reason.UNKNOWN_PLACE: 3, Reason.NO_VALUE: 1_000}
    judged(
        judge_letters(some, "in the last hour"), Result.WARNING, "1,003", "no_value 1,000, unknown_place 3"
    )
    judged(judge_letters({Reason.FAULT_IN_HANDLER: 2}, "at all"), Result.WRONG, "2 by faults of the hub")


@pytest.mark.parametrize(
    ("prefix", "there", "strange"),
    [
        ("a.", ["a.hotline.tickets", "b.hotline.tickets"], ""),
        ("a.", ["a.hotline.tickets", "a.unit.orders.gone"], "a.unit.orders.gone"),
        ("", ["hotline.tickets", "somebody.elses"], ""),
        ("", ["hotline.tickets", "unit.orders.gone"], "unit.orders.gone"),
    ],
)
def test_strangers(prefix: str, there: list[str], strange: str) -> None:
    finding = judge_strangers(there, [f"{prefix}hotline.tickets"], prefix, ("unit.orders.", "hub."))
    judged(finding, Result.WARNING if strange else Result.OK, strange)
