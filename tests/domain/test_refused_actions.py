"""A flood of refused actions leaves little behind, and none of them ever moves a case when it is repeated."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.scenarios.brook import brook, steps
from tests.scenarios.language import minute

from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.domain.acting import act
from hub.domain.moves import CaseRules
from hub.domain.refused_actions import GENERATION, SHARES
from hub.domain.tables import REFUSED, cases_by_place
from hub.flow import Outcome
from hub.runtime.state import PartitionState

CITY = brook()
RULES = CaseRules(CITY, cases_by_place(CITY))
MANY = 3 * GENERATION
LONGEST_ROW = 2 * GENERATION * 8 + 64
"""Two generations of digests, four times and the lengths."""


def new_state() -> PartitionState:
    """A partition that knows nothing."""
    return PartitionState(next(step for step in steps() if step.name == "cases"))


def action(number: int, at: datetime, *, unit: str | None = "mill", source: str = "units") -> CaseAction:
    """A start of a case that no unit has heard of."""
    return CaseAction(
        source=source,
        id=f"A-{number}",
        kind=ActionKind.START,
        at=at,
        arrived=at,
        key_town="MILL",
        unit=unit,
        case_id="MILL-nowhere",
    )


def acted(state: PartitionState, one: CaseAction, now: datetime) -> Outcome:
    """What comes of an action, with its changes made."""
    outcome = act(RULES, state, one, now)
    state.apply(outcome.changes)
    return outcome


def test_a_flood_leaves_one_short_row_for_its_unit_and_town() -> None:
    state = new_state()
    for number in range(MANY):
        assert acted(state, action(number, minute(number)), minute(number)).reason is Reason.UNKNOWN_CASE
    ((_, length),) = [(key, len(data or b"")) for key, data in state.flush()]
    assert length <= LONGEST_ROW


def test_publishers_that_nobody_knows_share_few_memories() -> None:
    state = new_state()
    for number in range(MANY):
        acted(state, action(number, minute(1), unit=None, source=f"made-up-{number}"), minute(1))
    assert len(dict(state.rows(REFUSED))) <= SHARES


@settings(max_examples=10)
@given(
    times=st.lists(st.integers(0, 60), min_size=GENERATION, max_size=MANY),
    chosen=st.lists(st.integers(0, MANY), max_size=20),
)
def test_each_refused_action_is_known_again_however_many_came_after(
    times: list[int], chosen: list[int]
) -> None:
    state = new_state()
    sent = [action(number, minute(number) - timedelta(minutes=early)) for number, early in enumerate(times)]
    for number, one in enumerate(sent):
        acted(state, one, minute(number))
    for number in {place % len(sent) for place in chosen}:
        again = act(RULES, state, sent[number], minute(len(sent)))
        assert again.reason in (Reason.DUPLICATE, Reason.OLDER_THAN_MEMORY)
        assert again.changes == ()


def test_what_is_done_after_a_flood_is_not_mistaken_for_it() -> None:
    state = new_state()
    for number in range(MANY):
        acted(state, action(number, minute(number)), minute(number))
    late, fresh = action(-1, minute(0)), action(-2, minute(MANY))
    assert act(RULES, state, late, minute(MANY)).reason is Reason.OLDER_THAN_MEMORY
    assert act(RULES, state, fresh, minute(MANY)).reason is Reason.UNKNOWN_CASE


def test_a_flood_makes_no_action_of_another_unit_doubtful() -> None:
    state = new_state()
    for number in range(MANY):
        acted(state, action(number, minute(number)), minute(number))
    other = action(0, minute(0), unit="quay")
    assert act(RULES, state, other, minute(MANY)).reason is Reason.UNKNOWN_CASE


def test_all_is_forgotten_a_month_after_the_newest() -> None:
    state = new_state()
    acted(state, action(0, minute(0)), minute(0))
    ((_, row),) = state.rows(REFUSED)
    assert timedelta(days=30) <= row.forget_at - minute(0) <= timedelta(days=31)
