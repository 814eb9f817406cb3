"""Keys, and what moves ask before they are sent."""

from __future__ import annotations

import pytest
from tests.cli.desk.given import UNITS, desk, order
from tests.scenarios.language import minute

from hub.cli.desk.asking import Asking, pressed, terms_said
from hub.cli.desk.desk import Desk
from hub.cli.desk.keyboard import named
from hub.cli.desk.keys import ENTER, ESCAPE, KEYS, QUIT, STEPS, TAB
from hub.cli.desk.live import action_said
from hub.cli.desk.questions import questions_for, questions_of
from hub.contracts.action_terms import Grounds
from hub.contracts.feeds import ActionKind
from hub.domain.families import MOVES
from hub.domain.moves import Actor


def typed(asking: Asking, text: str) -> Asking:
    for key in [*text, ENTER]:
        after = pressed(asking, key, UNITS)
        assert after is not None
        asking = after
    return asking


def asking(*names: str) -> Asking:
    return Asking(order(1), ActionKind.OBJECT, tuple(q for name in names for q in questions_for(name)))


def test_every_move_of_units_has_a_key_of_its_own() -> None:
    moves = {kind for kind, move in MOVES.items() if move.actor is not Actor.SOURCE}
    assert moves <= KEYS.keys()
    assert len({*KEYS.values()}) == len(KEYS)
    assert not {*KEYS.values()} & {*STEPS, QUIT}


def test_every_term_that_a_move_needs_can_be_asked_for() -> None:
    for move in MOVES.values():
        for name in move.needs:
            assert questions_for(name), f"{move.action} needs {name}"


def test_a_choice_is_made_by_number_or_name() -> None:
    first = next(one for one in Grounds if one is not Grounds.UNKNOWN)
    assert typed(asking("grounds"), "1").said == {"grounds": first.value}
    assert typed(asking("grounds"), "not_our_area").said == {"grounds": "not_our_area"}
    assert "choose 1 to" in typed(asking("grounds"), "99").problem


def test_units_complete_as_far_as_they_agree() -> None:
    started = pressed(asking("to_unit"), "w", UNITS)
    assert started is not None
    both = pressed(started, TAB, UNITS)
    assert both is not None
    assert both.typed == "w"
    one = pressed(Asking(order(1), ActionKind.RULE, both.left, typed="wa"), TAB, UNITS)
    assert one is not None
    assert one.typed == "water-works"


def test_units_must_be_known() -> None:
    assert "nobody" in typed(asking("to_unit"), "nobody").problem
    assert typed(asking("units"), "west,hall").said == {"units": ("west", "hall")}
    assert "hull" in typed(asking("units"), "west,hull").problem


def test_answers_of_a_callback_are_asked_one_by_one_and_may_be_left_open() -> None:
    said = asking("answers")
    for answer in ("yes", "", "2", ""):
        said = typed(said, answer)
    assert said.complete
    assert terms_said(said.said) == {"answers": {"reached": True, "solved": False}}


def test_numbers_are_numbers() -> None:
    assert "no number" in typed(asking("hours"), "soon").problem
    assert typed(asking("hours"), "2.5").said == {"hours": 2.5}


def test_escape_gives_a_move_up() -> None:
    assert pressed(asking("hours"), ESCAPE, UNITS) is None


def test_a_move_without_terms_is_one_key() -> None:
    made = desk(order(1))
    move = made.press("s")
    assert move is not None
    assert (move.kind, move.order.case_id) == (ActionKind.SIGN_FOR, "MILL-260302-1")
    assert made.press("s") is None, "only one move is on its way"


def test_a_key_that_the_stage_does_not_allow_sends_nothing() -> None:
    made = desk(order(1))
    assert made.press("r") is None
    assert "dispatched" in made.status


def test_a_note_may_be_left_empty() -> None:
    assert [question.needed for question in questions_of(ActionKind.PROGRESS)] == [False]


def test_a_refusal_for_missing_terms_asks_for_them_and_keeps_the_others() -> None:
    made = desk(order(1))
    made.sent = Asking(order(1), ActionKind.RULE, (), {"ruling": "uphold"})
    made.answered("refused: missing_terms. terms.to_unit: needed", "terms.to_unit: needed", refused=True)
    assert made.asking is not None
    assert made.asking.question.name == "to_unit"
    for key in "hall":
        made.press(key)
    move = made.press(ENTER)
    assert move is not None
    assert terms_said(move.said) == {"ruling": "uphold", "to_unit": "hall"}


def test_the_same_move_on_the_same_order_is_the_same_action_and_later_another() -> None:
    def said(seq: int) -> str:
        return action_said(Asking(order(1, seq), ActionKind.START, ()), "mill", "hub-unit").id

    assert said(1) == said(1)
    assert said(1) != said(2)


def test_the_selection_stays_on_its_case_and_moves_up_when_that_is_gone() -> None:
    made = desk(*(order(number, due=minute(number * 10)) for number in (1, 2, 3)))
    made.press("j")
    assert selected(made) == "2"
    made.inbox.take("sooner", order(9, due=minute(1)))
    assert selected(made) == "2"
    made.inbox.take("over", order(2, 1, stage="closed", kind="closed"))
    assert selected(made) == "3"
    for _ in range(5):
        made.press("down")
    assert selected(made) == "3"


def selected(made: Desk) -> str:
    assert made.item is not None
    return made.item.order.case_id.rpartition("-")[2]


@pytest.mark.parametrize(
    ("data", "keys"),
    [
        (b"s", ["s"]),
        (b"\x1b[A\x1b[B", ["up", "down"]),
        (b"\x1b", ["escape"]),
        (b"\x1b[Z", []),
        (b"ab\r", ["a", "b", "enter"]),
        ("水\t".encode(), ["水", "tab"]),
        (b"\x7f", ["erase"]),
        (b"\xff", []),
    ],
)
def test_bytes_of_a_terminal_are_keys(data: bytes, keys: list[str]) -> None:
    assert named(data) == keys
