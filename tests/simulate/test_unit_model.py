"""The units' side: the same order always the same actions, most of them legal, the mistakes refused."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from tests.scenarios.brook import steps
from tests.simulate.conftest import START

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import CaseState, Refusal, Stage
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.fields import Contract, Urgency
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.contracts.reasons import Reason
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.memory import MemoryRunner
from hub.simulate.city_life import simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.unit_model import SOONEST, Behaviour, UnitModel

RIGHT = Behaviour(
    progress=0.5, assist=0, forgotten=0, closed_by_lead=0, objects=0, hands_back=0, whistles=0, suspends=0,
    asks_time=0, asks_exclusion=0, uncalled=0, reported_late=0, repeated=0, again=0, too_early=0,
    wrong_unit=0, after_close=0,
)  # fmt: skip
"""Units that make no mistakes, though some are slow."""


def order(number: int, kind: OrderKind = OrderKind.NEW, role: OrderRole = OrderRole.LEAD) -> UnitOrder:
    return UnitOrder(
        unit="water-works",
        case_id=f"MILL-260302-{number:06x}",
        seq=0,
        at=START,
        kind=kind,
        role=role,
        stage=Stage.DISPATCHED,
        category="water.burst",
        town="MILL",
        cell=None,
        urgency=Urgency.UTILITY,
        signals=1,
        sign_for_by=START + timedelta(hours=2),
        resolve_by=START + timedelta(hours=24),
    )


def test_an_order_always_has_the_same_answer_whoever_asks_and_when(brook: City) -> None:
    orders = [order(number) for number in range(50)]
    first, second = UnitModel(brook, 7), UnitModel(brook, 7)
    forwards = {one.case_id: first.react(one) for one in orders}
    backwards = {one.case_id: second.react(one) for one in reversed(orders)}
    assert forwards == backwards
    assert forwards != {one.case_id: UnitModel(brook, 8).react(one) for one in orders}


def test_reactions_lie_in_the_future_and_come_in_order(brook: City) -> None:
    for number in range(300):
        reactions = UnitModel(brook, 7).react(order(number))
        assert all(sent.arrived >= START + SOONEST for sent in reactions)
        assert all(sent.arrived.microsecond % 1000 == 0 for sent in reactions)
        assert [sent.arrived for sent in reactions] == sorted(sent.arrived for sent in reactions)


def test_units_without_mistakes_follow_the_stages(brook: City) -> None:
    path = [ActionKind.SIGN_FOR, ActionKind.START, ActionKind.RESOLVE]
    for number in range(100):
        actions = [sent.value for sent in UnitModel(brook, 7, RIGHT).react(order(number))]
        assert all(isinstance(action, UnitAction) for action in actions)
        kinds = [action.kind for action in actions if isinstance(action, UnitAction)]
        assert [kind for kind in kinds if kind is not ActionKind.PROGRESS] == path


def test_about_one_case_in_24_is_late(brook: City) -> None:
    late = Counter[ActionKind]()
    for number in range(3000):
        one = order(number)
        for sent in UnitModel(brook, 7, RIGHT).react(one):
            assert isinstance(sent.value, UnitAction)
            due = {ActionKind.SIGN_FOR: one.sign_for_by, ActionKind.RESOLVE: one.resolve_by}
            limit = due.get(sent.value.kind)
            late[sent.value.kind] += limit is not None and sent.value.at > limit
    assert 0.03 < late[ActionKind.SIGN_FOR] / 3000 < 0.055
    assert 0.03 < late[ActionKind.RESOLVE] / 3000 < 0.055


def test_a_forgotten_case_is_mostly_remembered_when_its_limit_passes(brook: City) -> None:
    units = UnitModel(brook, 7)
    forgotten = [n for n in range(2000) if not units.react(order(n))]
    assert 20 < len(forgotten) < 70
    woken = [n for n in forgotten if units.react(order(n, OrderKind.BREACHED))]
    assert 0.4 < len(woken) / len(forgotten) < 0.95
    assert not any(units.react(order(n, OrderKind.BREACHED)) for n in set(range(200)) - set(forgotten))


@pytest.fixture(scope="module")
def played(brook: City) -> MemoryRunner:
    loop = ClosedLoop(steps(), UnitModel(brook, 7).react, partitions=2)
    for _ in loop.play(simulate(brook, 7, START, 1.5, 12), START, START + timedelta(days=1.5)):
        pass
    return loop.hub


def told(hub: MemoryRunner, topic: str) -> list[Contract]:
    found = []
    for record in hub.records(topic):
        attributes = read_headers(record.headers)
        found.append(decode_trusted(attributes.type, attributes.version, record.value or b""))
    return found


def test_most_actions_are_legal_and_every_kind_of_mistake_is_refused(played: MemoryRunner) -> None:
    actions = len(played.records(topics.ACTIONS))
    refused = [r for r in told(played, topics.REFUSALS) if isinstance(r, Refusal) and r.unit]
    reasons = Counter(Reason(refusal.reason) for refusal in refused)
    assert set(reasons) >= {
        Reason.DUPLICATE,
        Reason.STAGE_FORBIDS,
        Reason.NOT_THE_LEAD,
        Reason.ALREADY_CLOSED,
        Reason.CALLBACK_FIRST,
    }
    assert 0.005 < reasons.total() / actions < 0.15
    for refusal in refused:
        if refusal.source_id.endswith("/wrong-unit"):
            assert refusal.reason in (Reason.NOT_THE_LEAD, Reason.STAGE_FORBIDS, Reason.ALREADY_CLOSED)


def test_cases_reach_every_stage(played: MemoryRunner) -> None:
    newest = {state.case_id: state for state in told(played, topics.STATE) if isinstance(state, CaseState)}
    stages = Counter(state.stage for state in newest.values())
    assert set(stages) >= {Stage.DISPATCHED, Stage.SIGNED_FOR, Stage.IN_WORK, Stage.RESOLVED, Stage.CLOSED}
    assert {state.met for state in newest.values()} == {True, False, None}


def test_the_simulated_city_gives_no_dead_letter(played: MemoryRunner) -> None:
    assert not told(played, topics.DEAD_LETTERS)


def test_units_without_mistakes_are_refused_only_where_the_case_went_on_without_them(brook: City) -> None:
    loop = ClosedLoop(steps(), UnitModel(brook, 7, RIGHT).react)
    sent = list(loop.play(simulate(brook, 7, START, 0.6, 12), START, START + timedelta(days=0.6)))
    refused = [r for r in told(loop.hub, topics.REFUSALS) if isinstance(r, Refusal) and r.unit]
    assert {r.reason for r in refused} <= {Reason.ALREADY_CLOSED}  # its sensor or publisher closed it
    assert all(before.arrived <= after.arrived for before, after in pairwise(sent))
