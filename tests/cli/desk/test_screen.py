"""The screen: all that a clerk needs at 80 by 24 and in large type, with a sign beside every colour."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from tests.cli.desk.given import desk, order
from tests.scenarios.brook import brook
from tests.scenarios.language import minute

from hub.cli.desk.desk import Desk
from hub.cli.desk.screen import left, screen
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.orders import OrderKind

NOW = minute(60)


def text(made: Desk, width: int = 80, height: int = 24) -> str:
    return "\n".join(line.plain.rstrip() for line in screen(made, brook(), NOW, width, height))


def busy() -> Desk:
    orders = [order(number, due=minute(40 + 10 * number)) for number in range(1, 12)]
    warned = order(4, 1, due=minute(80), kind=OrderKind.WARNED)
    return desk(*orders, warned)


@pytest.mark.parametrize("size", [(80, 24), (40, 12), (200, 60), (30, 10)])
def test_it_fits_every_terminal(size: tuple[int, int]) -> None:
    width, height = size
    lines = screen(busy(), brook(), NOW, width, height)
    assert len(lines) <= height
    assert max(cell_len(line.plain) for line in lines) <= width


def test_overdue_and_near_have_signs_and_not_only_colours() -> None:
    shown = text(busy())
    assert "11 wait, 1 overdue !!, 1 near !" in shown
    assert ">!! -10 min" in shown
    assert " !  20 min" in shown


def test_details_say_what_where_why_who_until_when() -> None:
    made = desk(
        order(
            1, due=minute(90), resolve_by=minute(60 + 240), reason="catalogue 1 row noise", newest="Drums too"
        )
    )
    shown = text(made)
    for word in (
        "MILL-260302-1", "Loud music 1", "newest: Drums too", "1 hotline", "catalogue 1 row noise",
        "sign for by 03-02 10:30", "resolve by 03-02 14:00", "Mill office answers for it",
        "West office helps", "[s] sign for", "[e] escalate",
    ):  # fmt: skip
        assert word in shown, word


def test_large_type_keeps_the_deadline_the_ask_and_the_keys() -> None:
    shown = text(busy(), 40, 12)
    assert "-10 min" in shown
    assert "[s] sign for" in shown
    assert "Loud" in shown


def test_a_question_takes_the_place_of_the_keys() -> None:
    made = desk(order(1, stage=Stage.IN_WORK, allowed=(ActionKind.PROGRESS,)))
    made.press("p")
    for key in "on it":
        made.press(key)
    shown = text(made)
    assert "Note" in shown
    assert "> on it_" in shown
    assert "[p]" not in shown


def test_a_refusal_says_so() -> None:
    made = desk(order(1))
    made.answered("refused: stage_forbids. start is allowed in signed_for", "", refused=True)
    assert "REFUSED  refused: stage_forbids" in text(made)


def test_an_empty_inbox_says_so() -> None:
    assert "nothing waits for you" in text(desk())


def test_what_strangers_write_can_not_steer_the_terminal() -> None:
    assert "\x1b" not in text(desk(order(1, summary="\x1b[2Jgone", reason="\x1b]0;x\x07")))


@pytest.mark.parametrize(
    ("due", "words"), [(None, "no limit"), (61, "1 min"), (30, "-30 min"), (360, "5 h"), (60 + 6000, "4 d")]
)
def test_the_time_left_in_few_words(due: float | None, words: str) -> None:
    assert left(None if due is None else minute(due), NOW) == words
