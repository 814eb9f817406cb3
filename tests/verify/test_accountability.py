"""Each rule about lives, leads and stages finds the mistake that breaks it, and no other life does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.verify.told import LEAD, event, life, state_of

from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.verify.accountability import CaseLives, check_events
from hub.verify.violations import ViolationKind

K = ViolationKind
Life = list[CaseEvent]


def kinds(events: Life) -> list[ViolationKind]:
    return [violation.kind for violation in check_events(events)]


def changed(number: int, **update: object) -> Callable[[Life], Life]:
    """The life with one event changed."""

    def plant(events: Life) -> Life:
        return [each.model_copy(update=update) if each.seq == number else each for each in events]

    return plant


def test_a_whole_life_breaks_no_rule() -> None:
    assert check_events(life()) == []


def test_what_is_solved_on_the_spot_is_opened_and_closed_at_once() -> None:
    solved = (EventKind.OPENED, EventKind.DISPATCHED, EventKind.CLOSED)
    assert check_events([event(0, *solved, stage=Stage.CLOSED)]) == []


def test_the_last_signal_may_close_a_case_in_any_open_stage() -> None:
    for cut in range(1, 7):
        before = life()[:cut]
        end = event(cut, EventKind.SIGNAL_CLOSED, EventKind.CLOSED, stage=Stage.CLOSED)
        assert check_events([*before, end]) == []


@given(st.lists(st.integers(0, 3), min_size=28, max_size=28))
def test_lives_may_be_told_in_any_mixture(turns: list[int]) -> None:
    waiting = [life(f"110101001-{number}") for number in range(4)]
    mixed = [waiting[turn].pop(0) for turn in turns + list(range(4)) * 7 if waiting[turn]]
    assert len(mixed) == 28
    assert check_events(mixed) == []


PLANTED: list[tuple[ViolationKind, Callable[[Life], Life]]] = [
    (K.SEQ_GAP, lambda events: [each for each in events if each.seq != 1]),
    (K.SEQ_REPEATED, lambda events: [events[0], events[1], *events[1:]]),
    (K.SEQ_REPEATED, lambda events: [events[0], events[2].model_copy(update={"seq": 0}), *events[1:]]),
    (K.LIFE_NOT_BEGUN, changed(0, moves=life()[1].moves)),
    (K.NO_LEAD, changed(4, lead_unit=None)),
    (K.NO_LEAD, changed(4, lead_unit="")),
    (K.LEAD_ALSO_ASSISTS, changed(2, assist_units=("fire-brigade", LEAD))),
    (
        K.LEAD_CHANGED_SILENTLY,
        lambda events: [
            each.model_copy(update={"lead_unit": "other"}) if each.seq > 3 else each for each in events
        ],
    ),
    (K.STAGE_FORBIDDEN, changed(3, stage=Stage.DISPATCHED)),
    (K.STAGE_UNEXPLAINED, changed(3, moves=life()[1].moves)),
    (K.MOVED_AFTER_CLOSE, lambda events: [*events, event(7, EventKind.JOINED, stage=Stage.CLOSED)]),
    (K.TIME_WENT_BACK, changed(3, at=life()[1].at)),
]


@pytest.mark.parametrize(("kind", "plant"), PLANTED, ids=[kind for kind, _ in PLANTED])
def test_a_planted_mistake_is_found(kind: ViolationKind, plant: Callable[[Life], Life]) -> None:
    assert kind in kinds(plant(life()))


def test_a_finding_names_case_and_event_and_no_more_than_units_and_stages() -> None:
    (found,) = check_events(changed(4, lead_unit=None)(life()))[:1]
    assert str(found) == "no_lead: case 110101001-a event 4: in_work without an accountable unit"


def test_a_case_that_goes_on_without_its_beginning_is_found() -> None:
    assert kinds(life()[2:]) == [K.SEQ_GAP, K.LIFE_NOT_BEGUN, K.STAGE_FORBIDDEN]


def test_open_cases_without_a_unit_are_counted_by_their_last_event() -> None:
    lives = CaseLives()
    for each in [*life("110101001-a")[:3], *life("110101001-b")[:4], *life("110101001-c")]:
        lost = each.case_id.endswith("b") and each.seq == 3
        list(lives.take(each.model_copy(update={"lead_unit": None}) if lost else each))
    assert len(lives) == 3
    assert lives.unaccountable() == 1


def _lives(events: Life) -> CaseLives:
    lives = CaseLives()
    for each in events:
        assert not list(lives.take(each))
    return lives


def test_states_that_agree_with_events_pass() -> None:
    lives = _lives([*life("110101001-a"), *life("110101001-b")[:3]])
    states = [state_of(life("110101001-a")[-1]), state_of(life("110101001-b")[2])]
    assert not list(lives.compare(states, complete=True))


def test_a_state_older_than_the_last_event_is_passed() -> None:
    assert not list(_lives(life()).compare([state_of(life()[2])], complete=True))


@pytest.mark.parametrize(
    ("update", "kind"),
    [
        ({"seq": 9}, K.STATE_WITHOUT_EVENT),
        ({"case_id": "110101001-x"}, K.STATE_WITHOUT_EVENT),
        ({"stage": Stage.RESOLVED}, K.STATE_DIFFERS),
        ({"lead_unit": "other"}, K.STATE_DIFFERS),
    ],
)
def test_a_state_that_differs_is_found(update: dict[str, object], kind: ViolationKind) -> None:
    wrong = state_of(life()[-1]).model_copy(update=update)
    assert [each.kind for each in _lives(life()).compare([wrong], complete=False)] == [kind]


def test_a_missing_state_is_found_where_all_must_be_there() -> None:
    assert [each.kind for each in _lives(life()).compare([], complete=True)] == [K.STATE_MISSING]
    assert not list(_lives(life()).compare([], complete=False))
