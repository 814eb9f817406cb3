"""Coming back: a signal at the place of a case closed a short while ago opens a case linked to it."""

from __future__ import annotations

from tests.scenarios.brook import at_address, by_code, mill
from tests.scenarios.expectations import case, cases, life, why
from tests.scenarios.heard import Heard
from tests.scenarios.language import Check, Step, at, days, expect, hours, just_after, story
from tests.scenarios.reports import close, report, ticket

WEEK = days(7)


def came_back(signal: str, of: str | None) -> Check:
    """The case of a signal is the return of another's, or of none."""

    def check(heard: Heard) -> None:
        wanted = None if of is None else heard.case_of(of).case_id
        found = heard.case_of(signal).previous
        if found != wanted:
            raise AssertionError(f"{signal}'s case is the return of {found}, not of {wanted}")
        said = heard.life_of(signal)[0]
        reason = "opened_new" if of is None else "came_back"
        assert (said.moves[0].reason, said.other_case) == (reason, wanted)

    return check


def over(minute: float, signal: str) -> tuple[Step, ...]:
    """The publisher of a ticket on Mill Square closes it."""
    return at(minute, close(f"C-{signal}", signal, mill()))


STORIES = (
    story(
        "within the week it is a return, however near; after it, or elsewhere, it is news",
        at(0, ticket("T-1", "noise", mill())),
        over(10, "T-1"),
        at(10 + WEEK, ticket("T-2", "noise", mill(49)), ticket("T-3", "noise", mill(120))),
        at(just_after(10 + WEEK), ticket("T-4", "noise", mill(-45))),
        expect(cases(4), came_back("T-2", "T-1"), came_back("T-3", None), came_back("T-4", None)),
    ),
    story(
        "it opens a case of its own, with its own limits",
        at(0, ticket("T-1", "noise", mill())),
        over(10, "T-1"),
        at(20, ticket("T-2", "noise", mill())),
        expect(
            came_back("T-2", "T-1"),
            case("T-2", stage="dispatched", due=20 + hours(8)),
            why("T-2", "opened", "came_back"),
            life("T-1", "opened dispatched", "signal_closed closed"),
        ),
        at(21, ticket("T-3", "noise", mill(1))),
        expect(case("T-2", members=("T-2", "T-3")), cases(2)),
    ),
    story(
        "another category is another matter, one of its signals is enough to be the same",
        at(0, ticket("T-1", "water.burst", mill()), ticket("T-2", "water.none", mill(10))),
        at(5, close("C-1", "T-1", mill()), close("C-2", "T-2", mill(10))),
        at(6, ticket("T-3", "water.none", mill(20))),
        at(7, ticket("T-4", "noise", mill())),
        expect(
            case("T-1", members=("T-1", "T-2"), stage="closed"),
            came_back("T-3", "T-1"),
            came_back("T-4", None),
        ),
    ),
    story(
        "at the same exact place it needs no point",
        at(0, ticket("T-1", "lamp", at_address(by_code("MILL"), "Mill Lane 3"))),
        at(10, close("C-1", "T-1", by_code("MILL"))),
        at(20, ticket("T-2", "lamp", at_address(by_code("MILL"), "mill lane  3"))),
        at(21, ticket("T-3", "lamp", at_address(by_code("MILL"), "Mill Lane 4"))),
        expect(came_back("T-2", "T-1"), came_back("T-3", None)),
    ),
    story(
        "of two that are closed the newest came back, and what was joined came back as the case that took it",
        at(0, ticket("T-1", "noise", mill())),
        over(10, "T-1"),
        at(20, ticket("T-2", "noise", mill(40))),
        at(30, close("C-2", "T-2", mill(40))),
        at(40, ticket("T-3", "noise", mill(20))),
        expect(came_back("T-2", "T-1"), came_back("T-3", "T-2")),
    ),
    story(
        "a ticket of before the closing that arrives after it is no return",
        at(0, ticket("T-1", "noise", mill())),
        over(10, "T-1"),
        at(20, ticket("T-2", "noise", mill(), happened=9)),
        expect(cases(2), came_back("T-2", None)),
        at(21, ticket("T-3", "noise", mill(), happened=12)),
        expect(case("T-2", members=("T-2", "T-3"))),
    ),
    story(
        "what was solved on the spot comes back too, and so does what it solved",
        at(10, report("G-1", "noise", mill(), happened=5, solved=9)),
        at(20, report("G-2", "noise", mill(5), solved=20)),
        expect(came_back("G-2", "G-1"), case("G-2", stage="closed")),
        at(30, ticket("T-1", "noise", mill())),
        expect(came_back("T-1", "G-2")),
    ),
)
