"""The same thing told twice counts once, for as long as anybody can remember."""

from __future__ import annotations

from tests.scenarios.brook import heath, mill
from tests.scenarios.expectations import case, cases, dead, ended, life, refused
from tests.scenarios.language import at, by, days, expect, story, tick
from tests.scenarios.reports import act, inspection, major, report, ticket, with_headers

from hub.contracts.action_terms import ActionTerms

STORIES = (
    story(
        "a ticket repeated while its case is open, and after",
        at(1, ticket("T-1", "noise", mill())),
        at(
            2,
            ticket("T-1", "noise", mill()),
            ticket("T-2", "noise", mill(1)),
            ticket("T-2", "noise", mill(900)),
        ),
        at(3, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "resolve", "T-1", "mill")),
        at(4, ticket("T-1", "noise", mill()), act("A-3", "close", "T-1", "mill")),
        at(5, ticket("T-1", "noise", mill())),
        at(days(29), ticket("T-1", "noise", mill(), happened=1)),
        expect(
            case("T-1", stage="closed", members=("T-1", "T-2")),
            cases(1),
            refused(*((one, "duplicate") for one in ("T-1", "T-2", "T-1", "T-1", "T-1"))),
            ended("call-centre", accepted=2, duplicate=5),
        ),
    ),
    story(
        "the same number of another publisher is another ticket",
        at(1, ticket("N-1", "noise", mill()), report("N-1", "noise", mill(300))),
        expect(cases(2), refused()),
    ),
    story(
        "what is older than the memory can't be told from a repetition",
        at(1, report("G-1", "noise", heath(), solved=1)),
        tick(days(31)),
        at(
            days(31),
            report("G-1", "noise", heath(), happened=1),
            ticket("T-2", "noise", heath(), happened=days(1) - 1),
        ),
        at(days(31), ticket("T-3", "noise", heath(300), happened=days(1))),
        expect(
            refused(("G-1", "older_than_memory"), ("T-2", "older_than_memory")),
            case("T-3", stage="dispatched"),
            cases(2),
            ended("grid-app", accepted=1, late=1),
            ended("call-centre", accepted=1, late=1),
        ),
    ),
    story(
        "an inspection sent again after a long time opens nothing again",
        at(1, inspection("I-1", "bakery", heath(), major("hazard.exit"))),
        at(
            2, act("A-1", "sign_for", "I-1#0", "fire-brigade"), act("A-2", "resolve", "I-1#0", "fire-brigade")
        ),
        at(3, act("A-3", "close", "I-1#0", "fire-brigade")),
        at(4, act("A-4", "look_back", "I-1#0", "hall", terms=ActionTerms(passed=True))),
        tick(days(40)),
        at(days(40), inspection("I-1", "bakery", heath(), major("hazard.exit"), happened=1)),
        expect(
            life(
                "I-1#0",
                "opened dispatched escalated joint_plan",
                "signed_for",
                "resolved",
                "closed look_back_due",
                "looked_back",
            ),
            case("I-1#0", stage="closed", closed=3),
            refused(("I-1#0", "older_than_memory")),
            ended("inspectorate", accepted=1, late=1),
        ),
    ),
    story(
        "headers and body must say the same",
        at(1, with_headers(ticket("T-1", "noise", mill()), ce_id="T-9")),
        at(2, with_headers(report("G-1", "noise", mill()), ce_source="call-centre")),
        by(
            3,
            cases(0),
            dead(("T-9", "header_mismatch"), ("G-1", "header_mismatch")),
            ended("call-centre", rejected=2),
        ),
    ),
)
