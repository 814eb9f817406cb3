"""Repeat appeals and people who need help: the same person or place, the same matter, again and again."""

from __future__ import annotations

from tests.scenarios.brook import at_address, mill, quay
from tests.scenarios.expectations import case, life, order, orders, refused, why
from tests.scenarios.heard import Heard
from tests.scenarios.language import Step, at, days, expect, hours, story
from tests.scenarios.reports import NAME, act, by_hand, report, ticket

from hub.contracts.action_terms import ActionTerms, Answers
from hub.contracts.cases import EventKind
from hub.contracts.feeds import Appellant

NOT_SOLVED = ActionTerms(answers=Answers(reached=True, solved=False))


def neighbour(number: int) -> Appellant:
    """Somebody else each time."""
    return Appellant(name=NAME, phone=f"1391111{number:04d}")


def unhappy(minute: float, number: int, category: str = "noise") -> tuple[Step, ...]:
    """A ticket that is resolved at once, and whose citizen says that nothing is solved."""
    name = f"T-{number}"
    return (
        *at(minute, ticket(name, category, mill(-200 * number), wants_callback=True)),
        *at(minute + 1, act(f"S-{number}", "sign_for", name, "mill")),
        *at(minute + 2, act(f"R-{number}", "resolve", name, "mill")),
        *at(minute + 3, act(f"C-{number}", "callback", name, "hall", terms=NOT_SOLVED)),
    )


def often(number: int, first: float) -> tuple[Step, ...]:
    """So many tickets about other things at other places, an hour apart."""
    matters = ("bill", "paving", "other", "bill")
    return tuple(
        step
        for each in range(1, number + 1)
        for step in at(
            first + hours(each), ticket(f"T-{each}", matters[each % 4], mill(-300 + 50 * each), title="x")
        )
    )


def helped(heard: Heard) -> list[str]:
    """The reasons of all moves that tell of somebody who needs help, in order."""
    return [
        move.reason for event in heard.events for move in event.moves if move.kind is EventKind.HELP_NEEDED
    ]


def help_told(*reasons: str) -> tuple[Step, ...]:
    """Of somebody who needs help is told so often, for these reasons."""

    def check(heard: Heard) -> None:
        assert helped(heard) == list(reasons), helped(heard)

    return expect(check)


def caused_by(signal: str, *earlier: str) -> tuple[Step, ...]:
    """The cases of earlier tickets are named as the causes of a repeat, the newest first."""

    def check(heard: Heard) -> None:
        ids = [heard.case_of(one).case_id for one in earlier]
        (event, move) = next(
            (event, move)
            for event in heard.life_of(signal)
            for move in event.moves
            if move.kind is EventKind.REPEATED
        )
        assert move.detail.endswith(f"earlier: case {', '.join(ids)}"), move.detail
        assert event.other_case == ids[0]

    return expect(check)


STORIES = (
    story(
        "the third ticket of one citizen about one matter is a repeat, and goes one level up",
        at(0, ticket("T-1", "smell", mill())),
        at(hours(2), ticket("T-2", "smell.drain", mill(500))),
        expect(case("T-2", tags=(), level=0), orders("west")),
        at(hours(4), ticket("T-3", "smell", mill(-500))),
        expect(
            life("T-3", "opened dispatched repeated escalated"),
            case("T-3", tags=("repeat",), level=1, supervisor="west"),
            why("T-3", "repeated", "same_appellant", "3 tickets of one appellant since 2026-03-02"),
            why("T-3", "repeated", "same_appellant", "rule: 3 in 30 days, matter smell"),
            why("T-3", "escalated", "same_appellant", "level 1, to west; 3 tickets of one appellant"),
            orders("west", "escalated supervisor T-3"),
            order("west", tags=("repeat",)),
            case("T-1", tags=(), level=0),
        ),
        caused_by("T-3", "T-2", "T-1"),
        at(hours(5), ticket("T-4", "smell", mill(600))),
        expect(case("T-4", tags=("repeat",), level=1), why("T-4", "repeated", "same_appellant", "4 tickets")),
        caused_by("T-4", "T-3", "T-2", "T-1"),
    ),
    story(
        "the ticket that makes a repeat of an open case is told once, whatever joins it afterwards",
        at(0, ticket("T-1", "drip", mill())),
        at(60, ticket("T-2", "drip", mill(10))),
        at(120, ticket("T-3", "drip", mill(20))),
        at(180, ticket("T-4", "drip", mill(30))),
        expect(
            life("T-1", "opened dispatched", "joined", "joined repeated escalated", "joined"),
            case("T-1", members=("T-1", "T-2", "T-3", "T-4"), tags=("repeat",), level=1),
            why("T-1", "repeated", "same_appellant", "all in this case"),
            orders(
                "mill", "new lead T-1", "signal_joined lead T-1", "changed lead T-1", "signal_joined lead T-1"
            ),
        ),
    ),
    story(
        "other people, other matters, other towns and other months are no repeat",
        at(0, ticket("T-1", "smell", mill())),
        at(60, ticket("T-2", "smell", mill(100), appellant=neighbour(2))),
        at(120, ticket("T-3", "noise", mill(200))),
        at(180, ticket("T-4", "smell", quay(300))),
        at(240, ticket("T-5", "smell", mill(300), appellant=None)),
        at(250, report("G-1", "smell", mill(300))),
        at(300, ticket("T-6", "smell", mill(400))),
        expect(case("T-6", tags=()), case("T-4", tags=()), orders("west")),
        at(days(31), ticket("T-7", "smell", mill(500))),
        expect(case("T-7", tags=())),
    ),
    story(
        "a ticket that is sent again makes no repeat, and one that comes late does",
        at(0, ticket("T-1", "smell", mill())),
        at(
            60,
            ticket("T-2", "smell", mill(100)),
            ticket("T-2", "smell", mill(100)),
            ticket("T-2", "smell", mill(100)),
        ),
        expect(case("T-2", tags=()), refused(("T-2", "duplicate"), ("T-2", "duplicate"))),
        at(180, ticket("T-3", "smell", mill(200), happened=30)),
        expect(case("T-3", tags=("repeat",)), case("T-2", tags=())),
        caused_by("T-3", "T-2", "T-1"),
    ),
    story(
        "one address again and again is a repeat, whoever calls; what comes within an hour counts once",
        *(
            at(
                number,
                ticket(f"B-{number}", "smell", at_address(mill(), "Mill 1"), appellant=neighbour(number)),
            )
            for number in range(5)
        ),
        expect(case("B-4", tags=())),
        at(hours(2), ticket("T-2", "smell", at_address(mill(), "mill  1"), appellant=neighbour(12))),
        expect(case("T-2", tags=())),
        at(hours(4), ticket("T-3", "smell", at_address(mill(), "Mill 1"), appellant=neighbour(13))),
        expect(
            case("T-3", tags=("repeat",), level=1),
            why("T-3", "repeated", "same_place", "3 tickets of one exact place since 2026-03-02"),
            orders("west", "escalated supervisor T-3"),
        ),
        caused_by("T-3", "T-2", "B-0"),
        at(hours(4) + 1, ticket("T-4", "smell", at_address(mill(), "Mill 1"), appellant=neighbour(14))),
        expect(case("T-4", tags=("repeat",))),
    ),
    story(
        "who appeals often needs help: the town makes a plan, and counts them once in a month",
        often(11, 0),
        help_told(),
        at(hours(12), ticket("T-12", "bill", mill())),
        expect(
            case("T-12", tags=("help",), level=0),
            why(
                "T-12",
                "help_needed",
                "needs_help",
                "12 tickets and 0 dissatisfied callbacks of one appellant",
            ),
            order("mill", kind="to_plan", role="town", tags=("help",), lead_unit="hall"),
        ),
        at(hours(13), ticket("T-13", "paving", mill(10))),
        expect(
            case("T-13", tags=("help",)),
            order("mill", kind="new", role="lead", tags=("help",)),
            why("T-13", "help_needed", "known_to_need_help"),
        ),
        at(days(30), ticket("T-14", "bill", mill(20))),
        help_told("needs_help", "known_to_need_help", "needs_help"),
    ),
    story(
        "who is dissatisfied again and again needs help too",
        unhappy(0, 1),
        unhappy(hours(3), 2),
        help_told(),
        unhappy(hours(6), 3),
        help_told("needs_help"),
        expect(
            case("T-3", tags=("help",), reopened=1),
            life("T-3", "opened dispatched", "signed_for", "resolved", "called_back reopened help_needed"),
            why("T-3", "help_needed", "needs_help", "3 dissatisfied callbacks of one appellant in 60 days"),
        ),
        at(hours(7), ticket("T-4", "paving", mill(10))),
        expect(case("T-4", tags=("help",)), why("T-4", "help_needed", "known_to_need_help")),
    ),
    story(
        "an unhappy callback is nobody's where it is unclear whose it is",
        *(
            step
            for number in range(3)
            for step in (
                at(
                    hours(3 * number),
                    ticket(f"T-{number}", "noise", mill(-200 * number), wants_callback=True),
                ),
                at(
                    hours(3 * number) + 1,
                    ticket(
                        f"N-{number}",
                        "noise",
                        mill(-200 * number),
                        wants_callback=True,
                        appellant=neighbour(7),
                    ),
                    act(f"S-{number}", "sign_for", f"T-{number}", "mill"),
                    act(f"R-{number}", "resolve", f"T-{number}", "mill"),
                    act(f"C-{number}", "callback", f"T-{number}", "hall", terms=NOT_SOLVED),
                ),
            )
        ),
        help_told(),
    ),
    story(
        "a join by hand takes the tags along, and a split at once gives them back",
        at(0, ticket("T-1", "smell", mill())),
        at(60, ticket("T-2", "smell", mill(100))),
        at(120, ticket("T-3", "smell", mill(200))),
        at(130, by_hand("J-1", "join", "T-1", "hall", other="T-3")),
        expect(case("T-1", tags=("repeat",), members=("T-1", "T-3"))),
        at(131, by_hand("S-1", "split", "T-1", "hall", other="T-3")),
        expect(case("T-1", tags=()), case("T-3", tags=("repeat",))),
    ),
)
