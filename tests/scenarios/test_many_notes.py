"""A unit that writes notes without end makes no row grow without end, and its case goes on."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, refused
from tests.scenarios.language import at, expect, story
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.reports import act, ticket

from hub.domain.work import MOST_NOTES


def test_notes_end_somewhere_and_the_case_goes_on() -> None:
    notes = (act(f"N-{number}", "progress", "T-1", "mill") for number in range(1, MOST_NOTES + 1))
    told = story(
        "more notes than anybody reads",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "sign_for", "T-1", "mill")),
        at(3, *notes),
        at(4, act("A-2", "resolve", "T-1", "mill")),
        expect(case("T-1", stage="resolved"), refused((f"N-{MOST_NOTES}", "over_cap"))),
    )
    play(told, MemoryCity())
