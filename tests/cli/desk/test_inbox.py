"""The inbox: the newest order per case, each order once, the nearest deadline first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from tests.cli.desk.given import inbox, order
from tests.scenarios.language import minute

from hub.cli.desk.inbox import HISTORY, Inbox, Urge
from hub.contracts.cases import Stage
from hub.contracts.orders import OrderKind, OrderRole

WARNED = {"kind": OrderKind.WARNED}


def cases(box: Inbox) -> list[str]:
    return [item.order.case_id.rpartition("-")[2] for item in box.waiting()]


def test_the_nearest_deadline_comes_first_and_none_comes_last() -> None:
    box = inbox(order(1, due=minute(90)), order(2), order(3, due=minute(60)), order(4, due=minute(75)))
    assert cases(box) == ["3", "4", "1", "2"]


@pytest.mark.parametrize("sequence", list(permutations(range(3))))
def test_orders_that_come_again_or_late_change_nothing(sequence: tuple[int, ...]) -> None:
    orders = [order(1, seq, due=minute(60 + seq)) for seq in range(3)]
    box = inbox(*(orders[at] for at in sequence), *orders)
    assert [item.order.seq for item in box.waiting()] == [2]


def test_an_order_is_news_once() -> None:
    box = Inbox("mill")
    assert box.take("a", order(1))
    assert not box.take("a", order(1))


def test_a_case_is_overdue_by_time_and_near_once_it_was_warned_of() -> None:
    first, warned = order(1, due=minute(60)), order(1, 1, due=minute(60), **WARNED)
    assert inbox(first).waiting()[0].urge(minute(59)) is Urge.CALM
    assert inbox(first, warned).waiting()[0].urge(minute(59)) is Urge.NEAR
    assert inbox(first).waiting()[0].urge(minute(61)) is Urge.OVERDUE


def test_a_warning_holds_for_its_deadline_and_not_for_the_next() -> None:
    warned = order(1, 1, due=minute(60), **WARNED)
    same = order(1, 2, due=minute(60), kind=OrderKind.SIGNAL_JOINED)
    other = order(1, 3, due=minute(600), kind=OrderKind.CHANGED)
    assert inbox(warned, same).waiting()[0].warned
    assert not inbox(warned, same, other).waiting()[0].warned


@pytest.mark.parametrize(
    "over",
    [
        {"kind": OrderKind.CLOSED, "stage": Stage.CLOSED},
        {"kind": OrderKind.WITHDRAWN, "role": OrderRole.FORMER},
        {"kind": OrderKind.RULED, "role": OrderRole.REVIEWER},
        {"kind": OrderKind.REOPENED, "role": OrderRole.CENTRE},
        {"kind": OrderKind.CHANGED, "stage": Stage.JOINED},
    ],
)
def test_what_is_over_or_with_others_waits_no_more(over: dict[str, Any]) -> None:
    assert inbox(order(1), order(1, 1, **over)).waiting() == ()


@pytest.mark.parametrize(
    "kept",
    [
        {"kind": OrderKind.TO_LOOK_BACK, "role": OrderRole.CENTRE, "stage": Stage.CLOSED},
        {"kind": OrderKind.REOPENED, "role": OrderRole.LEAD, "stage": Stage.SIGNED_FOR},
    ],
)
def test_what_is_asked_of_the_unit_waits(kept: dict[str, Any]) -> None:
    assert len(inbox(order(1), order(1, 1, **kept)).waiting()) == 1


def test_who_is_asked_waits_for_the_stage_and_not_for_the_work() -> None:
    asked = order(1, role=OrderRole.REVIEWER, stage_due=minute(90), resolve_by=minute(30))
    assert inbox(asked).waiting()[0].deadline == minute(90)


def test_a_limit_that_stands_still_is_no_deadline() -> None:
    resolved = order(1, stage=Stage.RESOLVED, resolve_by=minute(30))
    assert inbox(resolved).waiting()[0].deadline is None


def test_history_is_bounded() -> None:
    box = inbox(*(order(1, seq) for seq in range(3 * HISTORY)))
    assert len(box.waiting()[0].history) == HISTORY


def test_orders_of_others_are_left_out() -> None:
    assert inbox(order(1, unit="quay")).waiting() == ()
