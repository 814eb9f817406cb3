"""Joining by hand is undone exactly by splitting: whatever the two cases have been through before."""

from __future__ import annotations

from itertools import permutations

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.runtime.town_log import HAPPENINGS, Happening, cases_step, cases_task, log_of

from hub import topics
from hub.contracts.action_terms import ActionTerms
from hub.contracts.cases import Case, Member, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction
from hub.domain.case_ids import town_of_case
from hub.domain.clocks import STANDS_STILL
from hub.domain.membership import UNDER_WAY
from hub.domain.tables import CASES, CASES_BY_SIGNAL
from hub.flow import Arrival
from hub.runtime.task import PartitionTask


def _may_be_joined(task: PartitionTask) -> list[tuple[Case, Case]]:
    """Pairs of cases of one town, both under way."""
    under_way = [case for _, case in task.state.rows(CASES) if case.stage in UNDER_WAY]
    return [
        pair
        for pair in permutations(under_way, 2)
        if town_of_case(pair[0].case_id) == town_of_case(pair[1].case_id)
    ]


def _do(task: PartitionTask, kind: ActionKind, case: Case, other: Case) -> Reason:
    now = task.now()
    action = CaseAction(
        source="units",
        id=f"{kind} {now}",
        kind=kind,
        at=now,
        arrived=now,
        key_town=town_of_case(case.case_id),
        unit="hall",
        case_id=case.case_id,
        terms=ActionTerms(other_case=other.case_id),
    )
    arrival = Arrival(topics.SIGNALS, action.source, action.id, action.key_town, now, now)
    outcome = cases_step().handle(task.state, action, arrival, now)
    task.state.apply(outcome.changes)
    return outcome.reason


def _but_due(member: Member) -> Member:
    return member.model_copy(update={"due": None})


def _row(task: PartitionTask, case: Case) -> Case:
    row = task.state.get(CASES, case.case_id)
    assert row is not None
    return row


@settings(max_examples=60)
@given(HAPPENINGS, st.data())
def test_split_right_after_join_restores_both(happenings: list[Happening], data: st.DataObject) -> None:
    task = cases_task()
    task.process(log_of(happenings))
    pairs = _may_be_joined(task)
    assume(pairs)
    case, other = data.draw(st.sampled_from(pairs))
    assert _do(task, ActionKind.JOIN, case, other) is Reason.ALLOWED_MOVE
    taken, gone = _row(task, case), _row(task, other)
    assert [_but_due(member) for member in taken.members] == [
        _but_due(member) for member in (*case.members, *other.members)
    ]
    if other.stage not in STANDS_STILL:
        assert taken.members == (*case.members, *other.members)
    assert (gone.stage, gone.into, gone.clocks) == (Stage.JOINED, case.case_id, ())
    assert taken.clocks, "the case that took the other has a clock that runs"
    for member in taken.members:
        (group,) = CASES_BY_SIGNAL.groups(taken.model_copy(update={"members": (member,)}))
        assert [key for key, _ in task.state.scan(CASES_BY_SIGNAL, group)] == [case.case_id]
    assert _do(task, ActionKind.SPLIT, case, other) is Reason.ALLOWED_MOVE
    for before in (case, other):
        after = _row(task, before)
        assert after.seq == before.seq + 2
        assert after.acted.startswith(before.acted)
        again = after.model_copy(update={"seq": before.seq, "changed": before.changed, "acted": before.acted})
        assert again == before
