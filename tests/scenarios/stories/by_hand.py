"""Joining and splitting by hand: two cases become one and two again, signals leave for where they belong."""

from __future__ import annotations

from tests.scenarios.brook import mill, quay
from tests.scenarios.expectations import case, cases, life, opened_by, orders, refused, why
from tests.scenarios.language import at, by, days, expect, hours, story
from tests.scenarios.reports import act, by_hand, close, ticket

from hub.contracts.action_terms import ActionTerms, Grounds

PAUSE = ActionTerms(grounds=Grounds.WAITS_FOR_SEASON, hours=20)
INVALID = ActionTerms(grounds=Grounds.NOT_A_MATTER)

STORIES = (
    story(
        "two cases are joined by hand, and split again each goes on where it was",
        at(1, ticket("T-1", "noise", mill()), ticket("T-2", "water.burst", mill(300))),
        at(2, act("A-1", "sign_for", "T-2", "water-works")),
        at(3, by_hand("A-2", "join", "T-1", "mill", other="T-2")),
        expect(
            case("T-1", members=("T-1", "T-2"), urgency="utility", lead_unit="mill", stage="dispatched"),
            opened_by("T-2", "opened dispatched", "signed_for", "joined_to", stage="joined", members=()),
            why("T-1", "case_joined", "allowed_move", ": 1 signal"),
            orders("water-works", "new lead T-2", "withdrawn lead T-2"),
            orders("mill", "new lead T-1", "new assist T-2", "changed lead T-1", "withdrawn assist T-2"),
        ),
        at(4, ticket("T-2", "water.burst", mill(300)), ticket("T-3", "noise", mill(10))),
        expect(case("T-1", members=("T-1", "T-2", "T-3")), refused(("T-2", "duplicate")), cases(2)),
        at(5, by_hand("A-3", "split", "T-1", "hall", other="T-2")),
        expect(
            case("T-1", members=("T-1", "T-3"), urgency="general", lead_unit="mill"),
            case("T-2", members=("T-2",), urgency="utility", lead_unit="water-works", stage="signed_for"),
            life("T-2", "opened dispatched", "signed_for", "joined_to", "restored"),
            life("T-1", "opened dispatched", "case_joined", "joined", "split_off"),
        ),
        at(6, act("A-4", "start", "T-2", "water-works")),
        expect(case("T-2", stage="in_work"), refused(("T-2", "duplicate"))),
    ),
    story(
        "what is done to a case goes for those joined to it, and a split after its end is refused",
        at(1, ticket("T-1", "noise", mill()), ticket("T-2", "lamp", mill(300))),
        at(2, by_hand("A-1", "join", "T-1", "mill", other="T-2"), act("A-2", "sign_for", "T-1", "mill")),
        at(3, act("A-3", "resolve", "T-1", "mill"), act("A-4", "close", "T-1", "mill")),
        at(4, by_hand("A-5", "split", "T-1", "hall", other="T-2")),
        at(5, close("A-6", "T-2", mill(300))),
        by(
            days(20),
            case("T-1", members=("T-1", "T-2"), met=(True, True), stage="closed"),
            opened_by("T-2", "opened dispatched", "joined_to", stage="joined"),
            refused(("A-5", "already_closed"), ("A-6", "already_closed")),
        ),
    ),
    story(
        "a limit that stood still runs on where its signal goes, and stands still again once that is undone",
        at(1, ticket("T-1", "water.burst", mill()), ticket("T-2", "noise", mill(300))),
        at(2, act("A-1", "sign_for", "T-2", "mill")),
        at(hours(1), act("A-2", "suspend", "T-2", "mill", terms=PAUSE)),
        at(hours(12), by_hand("A-3", "join", "T-1", "hall", other="T-2")),
        expect(case("T-1", members=("T-1", "T-2"), met=(None, None), due=hours(19) + 1)),
        at(hours(12.5), act("A-6", "sign_for", "T-1", "water-works")),
        at(hours(13), by_hand("A-4", "split", "T-1", "hall", other="T-2")),
        expect(case("T-2", stage="suspended", met=(None,), due=hours(8) + 1)),
        at(hours(14), act("A-5", "resume", "T-2", "mill")),
        expect(case("T-2", stage="signed_for", met=(None,), due=hours(21) + 1)),
    ),
    story(
        "joins that can't be are answered with why",
        at(1, ticket("T-1", "noise", mill()), ticket("T-2", "lamp", mill(300))),
        at(2, ticket("T-3", "lamp", mill(600)), ticket("T-4", "lamp", quay(300))),
        at(3, by_hand("A-1", "join", "T-1", "mill", other="T-1")),
        at(4, by_hand("A-2", "join", "T-1", "mill", other="T-4")),
        at(5, by_hand("A-3", "join", "T-1", "quay", other="T-2"), act("A-4", "join", "T-1", "mill")),
        at(6, by_hand("A-5", "join", "T-1", "hall", other="T-2")),
        at(7, by_hand("A-5", "join", "T-1", "hall", other="T-2")),
        at(8, by_hand("A-6", "join", "T-3", "hall", other="T-2")),
        at(9, by_hand("A-7", "split", "T-3", "hall", other="T-2"), act("A-8", "split", "T-3", "hall")),
        at(10, act("A-9", "join", "T-1", "mill", terms=ActionTerms(other_case="MILL-260302-0123456789"))),
        expect(
            case("T-1", members=("T-1", "T-2")),
            refused(
                ("A-1", "same_case"),
                ("A-2", "other_town"),
                ("A-3", "not_the_lead"),
                ("A-4", "missing_terms"),
                ("A-5", "duplicate"),
                ("A-6", "already_closed"),
                ("A-7", "not_joined"),
                ("A-8", "missing_terms"),
                ("A-9", "unknown_case"),
            ),
        ),
    ),
    story(
        "a case that has taken others can be joined too, and is split off with them",
        at(
            1,
            ticket("T-1", "lamp", mill()),
            ticket("T-2", "lamp", mill(300)),
            ticket("T-3", "lamp", mill(600)),
        ),
        at(2, by_hand("A-1", "join", "T-2", "hall", other="T-1")),
        at(3, by_hand("A-2", "join", "T-3", "hall", other="T-2")),
        expect(case("T-3", members=("T-3", "T-2", "T-1"))),
        at(4, by_hand("A-3", "split", "T-3", "hall", other="T-1")),
        at(5, by_hand("A-4", "split", "T-3", "hall", other="T-2")),
        expect(case("T-2", members=("T-2", "T-1")), case("T-3", members=("T-3",))),
        at(6, by_hand("A-5", "split", "T-2", "hall", other="T-1")),
        expect(
            case("T-2", members=("T-2",)),
            case("T-1", members=("T-1",), stage="dispatched"),
            opened_by("T-1", "opened dispatched", "joined_to", "restored"),
            refused(("A-3", "not_joined")),
        ),
    ),
    story(
        "one signal gets a case of its own, routed anew, and knows its repetitions there",
        at(1, ticket("T-1", "water.burst", mill()), ticket("T-2", "water.none", mill(20))),
        expect(case("T-1", members=("T-1", "T-2"))),
        at(30, by_hand("A-1", "split", "T-1", "water-works", leaves="T-1")),
        at(31, by_hand("A-1", "split", "T-2", "water-works", leaves="T-1")),
        at(32, ticket("T-1", "water.burst", mill())),
        at(33, by_hand("A-2", "split", "T-1", "hall", leaves="T-1")),
        at(34, by_hand("A-3", "split", "T-2", "hall", leaves="T-1")),
        expect(
            case("T-2", members=("T-2",), stage="dispatched"),
            case("T-1", members=("T-1",), stage="dispatched", lead_unit="water-works"),
            life("T-2", "opened dispatched", "joined", "split_off"),
            life("T-1", "opened dispatched"),
            why("T-1", "opened", "split_from_case", "signal T-1 was of case MILL-"),
            refused(
                ("A-1", "duplicate"),
                ("T-1", "duplicate"),
                ("A-2", "last_signal"),
                ("A-3", "unknown_signal"),
            ),
        ),
        by(hours(2.4), life("T-1", "opened dispatched", "warned")),
    ),
    story(
        "a signal moves to the case that it belongs to, and one without open signals is over",
        at(
            1,
            ticket("T-1", "noise", mill()),
            ticket("T-2", "noise", mill(10)),
            ticket("T-3", "gas", mill(300)),
        ),
        at(2, close("C-1", "T-1", mill())),
        at(3, by_hand("A-1", "move_signal", "T-1", "mill", other="T-3", leaves="T-2")),
        at(4, by_hand("A-2", "move_signal", "T-1", "hall", other="T-3", leaves="T-2")),
        at(5, by_hand("A-2", "move_signal", "T-1", "hall", other="T-3", leaves="T-2")),
        at(6, ticket("T-2", "noise", mill(10))),
        at(7, by_hand("A-3", "move_signal", "T-3", "hall", other="T-1", leaves="T-3")),
        expect(
            case("T-3", members=("T-3", "T-2"), urgency="life"),
            case("T-1", members=("T-1",), stage="closed", closed=2, met=(True,)),
            life("T-1", "opened dispatched", "joined", "signal_closed", "signal_moved closed"),
            refused(
                ("A-1", "not_the_lead"),
                ("A-2", "duplicate"),
                ("T-2", "duplicate"),
                ("A-3", "already_closed"),
            ),
        ),
    ),
    story(
        "what is nothing for a city is invalid, and stays so",
        at(1, ticket("T-1", "noise", mill())),
        at(
            2, act("A-1", "invalidate", "T-1", "mill", terms=INVALID), act("A-2", "invalidate", "T-1", "hall")
        ),
        at(3, act("A-3", "invalidate", "T-1", "hall", terms=INVALID)),
        at(4, act("A-4", "sign_for", "T-1", "mill"), act("A-3", "invalidate", "T-1", "hall", terms=INVALID)),
        by(
            days(20),
            case("T-1", stage="invalid", met=(None,), closed=3),
            life("T-1", "opened dispatched", "invalidated"),
            why("T-1", "invalidated", "allowed_move", "not_a_matter"),
            orders("mill", "new lead T-1", "closed lead T-1"),
            refused(
                ("A-1", "not_the_lead"),
                ("A-2", "missing_terms"),
                ("A-4", "already_closed"),
                ("A-3", "duplicate"),
            ),
        ),
    ),
)
