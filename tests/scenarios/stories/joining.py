"""Joining: what is about the same thing at the same place and time is one case; what is not, is not."""

from __future__ import annotations

from tests.scenarios.brook import at_address, border, by_code, heath, mill, quay, unknown_point
from tests.scenarios.expectations import case, cases, dead, ended, life, orders, refused, why
from tests.scenarios.language import at, expect, hours, story
from tests.scenarios.reports import act, report, ticket

STORIES = (
    story(
        "near in space and time joins, whichever feed it comes on",
        at(1, ticket("T-1", "noise", mill())),
        at(30, report("G-1", "noise", mill(40))),
        at(60, ticket("T-2", "noise", mill(0, -49))),
        expect(
            case("T-1", members=("T-1", "G-1", "T-2"), stage="dispatched"),
            life("T-1", "opened dispatched", "joined", "joined"),
            why("T-1", "joined", "joined_near", "same category, 49 m away, 1.0 h apart"),
            orders("mill", "new lead T-1", "signal_joined lead T-1", "signal_joined lead T-1"),
            cases(1),
        ),
    ),
    story(
        "too far away is another matter",
        at(
            1,
            ticket("T-1", "noise", mill()),
            ticket("T-2", "noise", mill(51)),
            ticket("T-3", "noise", heath()),
        ),
        expect(cases(3)),
    ),
    story(
        "too long after is another matter, the very end of the time is not",
        at(0, ticket("T-1", "noise", mill())),
        at(hours(2), ticket("T-2", "noise", mill())),
        at(hours(4) + 1, ticket("T-3", "noise", mill())),
        expect(case("T-1", members=("T-1", "T-2")), case("T-3", members=("T-3",)), cases(2)),
    ),
    story(
        "late news joins by when it happened, not by when it came",
        at(0, ticket("T-1", "noise", mill())),
        at(hours(5), ticket("T-2", "noise", mill(), happened=30), ticket("T-3", "noise", mill())),
        expect(case("T-1", members=("T-1", "T-2")), case("T-3", members=("T-3",))),
    ),
    story(
        "news that comes out of order joins all the same",
        at(60, ticket("T-2", "noise", mill(10))),
        at(61, ticket("T-1", "noise", mill(), happened=5)),
        expect(case("T-1", members=("T-2", "T-1")), cases(1)),
    ),
    story(
        "related categories join, a category that keeps to itself does not",
        at(1, ticket("T-1", "water.burst", mill())),
        at(2, ticket("T-2", "water.none", mill(90)), ticket("T-3", "water.quality", mill(10))),
        at(3, ticket("T-4", "water.quality", mill(140)), ticket("T-5", "noise", mill())),
        expect(
            case("T-1", members=("T-1", "T-2"), category="water.burst"),
            why("T-2", "joined", "joined_near", "related category water.burst"),
            case("T-3", members=("T-3", "T-4")),
            case("T-5", members=("T-5",)),
        ),
    ),
    story(
        "whether related news joins is for the news's own category to say",
        at(1, ticket("T-1", "water.quality", mill())),
        at(2, ticket("T-2", "water.burst", mill(10))),
        expect(case("T-1", members=("T-1", "T-2"), category="water.quality")),
    ),
    story(
        "some categories never join",
        at(
            1,
            ticket("T-1", "bill", mill()),
            ticket("T-2", "bill", mill()),
            ticket("T-3", "Elephants", mill()),
        ),
        at(1, ticket("T-4", "Elephants", mill())),
        expect(cases(4)),
    ),
    story(
        "of several open cases the nearest one takes it",
        at(1, ticket("T-1", "noise", mill(0)), ticket("T-2", "noise", mill(80))),
        at(2, ticket("T-3", "noise", mill(45)), ticket("T-4", "noise", mill(35))),
        expect(case("T-1", members=("T-1",)), case("T-2", members=("T-2", "T-3", "T-4")), cases(2)),
    ),
    story(
        "the same category counts more than a related one that is nearer",
        at(1, ticket("T-1", "water.none", mill(0)), ticket("T-2", "water.burst", mill(101))),
        at(2, ticket("T-3", "water.burst", mill(45))),
        expect(case("T-2", members=("T-2", "T-3")), case("T-1", members=("T-1",))),
    ),
    story(
        "the same exact place joins without a point, and a distance of 0 asks for it",
        at(1, ticket("T-1", "lamp", at_address(by_code("Ward 1"), "Elm  Street 5"))),
        at(2, ticket("T-2", "lamp", at_address(by_code("MILL"), "elm street 5"))),
        at(
            3,
            ticket("T-3", "lamp", by_code("MILL")),
            ticket("T-4", "lamp", mill()),
            ticket("T-5", "lamp", mill(1)),
        ),
        expect(
            case("T-1", members=("T-1", "T-2"), lead_unit="mill", cell=None),
            why("T-1", "joined", "joined_site", "same exact place"),
            cases(4),
        ),
    ),
    story(
        "a place known by its code alone joins nothing by distance",
        at(1, ticket("T-1", "noise", by_code("MILL")), ticket("T-2", "noise", by_code("0014-0066"))),
        at(2, ticket("T-3", "noise", mill()), ticket("T-4", "noise", by_code("MILL-1"))),
        expect(
            cases(4),
            case("T-1", town="MILL", lead_unit="mill"),
            case("T-2", town="MILL", cell=None),
            case("T-3", cell="0014-0066"),
        ),
    ),
    story(
        "the geocoder's default point is no place",
        at(
            1,
            ticket("T-1", "noise", unknown_point("Ward 3")),
            ticket("T-2", "noise", unknown_point("Ward 3")),
        ),
        at(2, ticket("T-3", "noise", unknown_point()), ticket("T-4", "noise", unknown_point("Ward 9"))),
        expect(
            cases(2),
            case("T-1", town="HEATH", cell=None),
            why("T-1", "opened", "opened_new", "default point ignored, code names town HEATH"),
            dead(("T-3", "no_place"), ("T-4", "unknown_place")),
            ended("call-centre", accepted=2, rejected=2),
        ),
    ),
    story(
        "across the border of two towns one case is one case",
        at(1, ticket("T-1", "noise", border(-20))),
        at(2, ticket("T-2", "noise", border(20))),
        expect(
            case("T-1", members=("T-1", "T-2"), town="MILL", lead_unit="mill"),
            why("T-1", "joined", "joined_near", "40 m away"),
            cases(1),
        ),
        at(3, act("A-1", "sign_for", "T-2", "mill")),
        expect(case("T-2", stage="signed_for"), refused()),
    ),
    story(
        "across the border it is the first one's unit that answers",
        at(1, ticket("T-1", "noise", border(20))),
        at(2, ticket("T-2", "noise", border(-20)), ticket("T-3", "noise", quay())),
        expect(
            case("T-1", members=("T-1", "T-2"), town="QUAY", lead_unit="west", assist_units=("quay",)),
            case("T-3", members=("T-3",), town="QUAY"),
        ),
        at(3, act("A-1", "sign_for", "T-1", "west"), act("A-2", "sign_for", "T-3", "west")),
        expect(case("T-1", stage="signed_for"), case("T-3", stage="signed_for"), refused()),
    ),
    story(
        "what comes after the work was done is a new matter",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "resolve", "T-1", "mill")),
        at(3, ticket("T-2", "noise", mill())),
        at(4, act("A-3", "close", "T-1", "mill"), ticket("T-3", "noise", mill())),
        expect(case("T-1", members=("T-1",)), case("T-2", members=("T-2", "T-3"))),
    ),
    story(
        "a case takes the highest urgency and the earliest limit of its signals",
        at(0, ticket("T-1", "water.none", mill())),
        at(10, ticket("T-2", "water.burst", mill(5), urgency="life")),
        at(20, ticket("T-3", "water.burst", mill(10), urgency="general")),
        expect(case("T-1", members=("T-1", "T-2", "T-3"), urgency="life", due=10 + hours(2))),
    ),
)
