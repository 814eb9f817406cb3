"""The life of a case: to whom it goes, what units may do and what not, what a source may do itself."""

from __future__ import annotations

from tests.scenarios.brook import by_code, heath, mill, quay
from tests.scenarios.expectations import case, cases, dead, ended, life, orders, refused, why
from tests.scenarios.language import at, by, days, expect, hours, story
from tests.scenarios.reports import GRID, act, act_on, close, report, ticket

STORIES = (
    story(
        "one ticket goes all the way to closed",
        at(1, ticket("T-1", "noise", mill())),
        expect(
            case("T-1", stage="dispatched", lead_unit="mill", assist_units=(), town="MILL", district="WEST"),
            case("T-1", category="noise", due=1 + hours(8), met=(None,)),
            why("T-1", "opened", "opened_new", "point lies in cell 0014-0066, town MILL"),
            why("T-1", "dispatched", "dispatched_by_catalogue", "catalogue 1 row noise"),
            orders("mill", "new lead T-1"),
        ),
        at(5, act("A-1", "sign_for", "T-1", "mill")),
        at(10, act("A-2", "start", "T-1", "mill")),
        at(20, act("A-3", "progress", "T-1", "mill")),
        at(25, act("A-4", "resolve", "T-1", "mill")),
        expect(case("T-1", stage="resolved", met=(True,))),
        at(30, act("A-5", "close", "T-1", "mill")),
        by(
            days(10),
            case("T-1", stage="closed", closed=30, met=(True,), members=("T-1",)),
            life("T-1", "opened dispatched", "signed_for", "started", "progressed", "resolved", "closed"),
            orders("mill", "new lead T-1", "closed lead T-1"),
            refused(),
            dead(),
            ended("call-centre", accepted=1),
            ended("units", accepted=5),
        ),
    ),
    story(
        "lead and assistants each get their orders",
        at(1, ticket("T-1", "gas", mill())),
        at(2, ticket("T-2", "gas", mill(20))),
        at(3, act("A-1", "sign_for", "T-1", "fire-brigade")),
        by(
            119,
            case("T-1", lead_unit="fire-brigade", assist_units=("mill", "west", "water-works")),
            orders(
                "fire-brigade",
                "new lead T-1",
                "signal_joined lead T-1",
                "warned lead T-1",
            ),
            *(
                orders(unit, "new assist T-1", "signal_joined assist T-1")
                for unit in ("mill", "west", "water-works")
            ),
            orders("hall"),
        ),
        at(120, act("A-2", "resolve", "T-1", "fire-brigade"), act("A-3", "close", "T-1", "hall")),
        expect(
            case("T-1", stage="closed", met=(True, True)),
            orders("water-works", "new assist T-1", "signal_joined assist T-1", "closed assist T-1"),
            refused(),
        ),
    ),
    story(
        "the catalogue's most specific row decides",
        at(
            1, ticket("T-1", "noise", quay()), report("G-1", "noise", mill()), ticket("T-2", "noise", heath())
        ),
        at(2, ticket("T-3", "Water/Burst main", quay(300)), ticket("T-4", "WATER  EVERYWHERE", heath(300))),
        expect(
            case("T-1", lead_unit="west", assist_units=("quay",)),
            case("G-1", lead_unit="west", assist_units=()),
            case("T-2", lead_unit="heath", assist_units=(), district="EAST"),
            case("T-3", lead_unit="water-works", assist_units=("quay",), category="water.burst"),
            case("T-4", lead_unit="water-works", assist_units=("heath",), urgency="utility"),
        ),
    ),
    story(
        "an unknown category goes to the catch-all unit, one under a known one to that one's",
        at(1, ticket("T-1", "Elephants/Loose", mill()), ticket("T-2", "Water/Flooded cellar", mill())),
        expect(
            case("T-1", category="other", lead_unit="hall"),
            why("T-1", "dispatched", "dispatched_to_catch_all"),
            why("T-1", "opened", "opened_new", "category not in the tree, taken as other"),
            case("T-2", category="water", lead_unit="water-works"),
            why("T-2", "opened", "opened_new", "taken as water above it"),
            ended("call-centre", accepted=2),
        ),
    ),
    story(
        "actions against the rules change nothing",
        at(1, ticket("T-1", "water.burst", mill())),
        at(2, act("A-1", "resolve", "T-1", "water-works"), act("A-2", "start", "T-1", "water-works")),
        at(3, act("A-3", "sign_for", "T-1", "mill"), act("A-4", "sign_for", "T-1", None)),
        at(4, act("A-5", "close", "T-1", "hall"), act("A-6", "unknown", "T-1", "water-works")),
        expect(life("T-1", "opened dispatched")),
        at(5, act("A-7", "sign_for", "T-1", "water-works"), act("A-8", "sign_for", "T-1", "water-works")),
        at(6, act("A-9", "progress", "T-1", "mill"), act("A-10", "resolve", "T-1", "mill")),
        at(7, act("A-11", "progress", "T-1", "quay")),
        expect(
            life("T-1", "opened dispatched", "signed_for", "progressed"),
            refused(
                ("A-1", "stage_forbids"),
                ("A-2", "stage_forbids"),
                ("A-3", "not_the_lead"),
                ("A-4", "not_the_lead"),
                ("A-5", "stage_forbids"),
                ("A-6", "stage_forbids"),
                ("A-8", "stage_forbids"),
                ("A-10", "not_the_lead"),
                ("A-11", "not_the_lead"),
            ),
            ended("units", accepted=2, rejected=9),
            dead(),
        ),
    ),
    story(
        "actions about no case are answered",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act_on("A-1", "sign_for", "MILL-260302-0123456789", "mill")),
        at(
            3,
            act_on("A-2", "sign_for", "NOWHERE-260302-0123456789", "mill"),
            act_on("A-3", "start", "?", "mill"),
        ),
        at(4, act("A-4", "sign_for", "T-1", "nobody")),
        at(
            5,
            close("A-5", "T-9", mill()),
            close("A-6", "T-1", by_code("Nowhere")),
            close("A-7", "T-1", heath()),
        ),
        expect(
            refused(("A-1", "unknown_case"), ("A-5", "unknown_signal"), ("A-7", "unknown_signal")),
            dead(
                ("A-2", "unknown_case"),
                ("A-3", "unknown_case"),
                ("A-4", "unknown_unit"),
                ("A-6", "unknown_place"),
            ),
            ended("units", rejected=4),
            ended("call-centre", accepted=1, rejected=3),
            life("T-1", "opened dispatched"),
        ),
    ),
    story(
        "a repeated action counts once, whether it was taken or refused",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "start", "T-1", "mill")),
        at(3, act("A-2", "sign_for", "T-1", "mill"), act("A-2", "sign_for", "T-1", "mill")),
        at(4, act("A-1", "start", "T-1", "mill")),
        expect(
            life("T-1", "opened dispatched", "signed_for"),
            refused(("A-1", "stage_forbids"), ("A-2", "duplicate"), ("A-1", "duplicate")),
            ended("units", accepted=1, rejected=1, duplicate=2),
        ),
    ),
    story(
        "after closing nothing moves",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "resolve", "T-1", "mill")),
        at(3, act("A-3", "close", "T-1", "mill")),
        at(4, act("A-4", "progress", "T-1", "mill"), close("A-5", "T-1", mill())),
        at(days(29), act("A-6", "sign_for", "T-1", "mill")),
        at(days(31), act("A-7", "sign_for", "T-1", "mill")),
        expect(
            case("T-1", stage="closed", closed=3),
            refused(
                ("A-4", "already_closed"),
                ("A-5", "already_closed"),
                ("A-6", "already_closed"),
                ("A-7", "unknown_case"),
            ),
        ),
    ),
    story(
        "an action that claims a time long past is late",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "sign_for", "T-1", "mill", done=-days(31))),
        expect(
            refused(("A-1", "older_than_memory")),
            ended("units", late=1),
            life("T-1", "opened dispatched"),
        ),
    ),
    story(
        "a source closes its own tickets, and the last one closes the case",
        at(
            1,
            ticket("T-1", "noise", mill()),
            ticket("T-2", "noise", mill(10)),
            report("G-1", "noise", mill(20)),
        ),
        at(10, close("C-1", "T-1", mill())),
        expect(case("T-1", stage="dispatched", met=(True, None, None))),
        at(11, close("C-1", "T-1", mill()), close("C-2", "T-1", mill())),
        at(
            12,
            close("C-3", "T-2", mill(10), source=GRID),
            close("C-4", "G-1", mill(20), source=GRID, of=GRID),
        ),
        expect(case("T-1", stage="dispatched", met=(True, None, True))),
        at(hours(9), close("C-5", "T-2", mill(10), done=hours(9))),
        expect(
            case(
                "T-1", stage="closed", closed=hours(9), met=(True, False, True), members=("T-1", "T-2", "G-1")
            ),
            life(
                "T-1",
                "opened dispatched",
                "joined",
                "joined",
                "signal_closed",
                "signal_closed",
                "warned",
                "breached escalated",
                "warned",
                "warned",
                "breached escalated",
                "breached",
                "signal_closed closed",
            ),
            why("T-1", "closed", "last_signal_closed"),
            refused(("C-1", "duplicate"), ("C-2", "already_closed"), ("C-3", "not_the_lead")),
            orders(
                "mill",
                "new lead T-1",
                "signal_joined lead T-1",
                "signal_joined lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "warned lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "breached lead T-1",
                "closed lead T-1",
            ),
        ),
    ),
    story(
        "what a grid worker solved on the spot is counted and closed at once",
        at(10, report("G-1", "noise", heath(), happened=5, solved=9)),
        at(20, ticket("T-1", "noise", heath(5))),
        by(
            days(1),
            life("G-1", "opened dispatched closed"),
            why("G-1", "closed", "solved_on_spot"),
            case("G-1", stage="closed", closed=9, met=(True,)),
            cases(2),
            orders(
                "heath",
                "new lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "warned lead T-1",
                "warned lead T-1",
                "breached lead T-1",
                "breached lead T-1",
            ),
            ended("grid-app", accepted=1),
        ),
    ),
    story(
        "what was solved in the future was not solved",
        at(10, report("G-1", "noise", heath(), solved=days(365))),
        expect(cases(0), dead(("G-1", "ahead_of_clock")), ended("grid-app", rejected=1)),
    ),
)
