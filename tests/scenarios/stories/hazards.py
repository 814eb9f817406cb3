"""Hazards: raised with a joint plan, failing their re-inspections, and beside complaints and alarms."""

from __future__ import annotations

from tests.scenarios.brook import by_code, mill
from tests.scenarios.expectations import case, life, orders, refused, why
from tests.scenarios.language import at, by, days, expect, hours, story
from tests.scenarios.reports import (
    act,
    close,
    failed,
    general,
    inspection,
    major,
    pack,
    passed,
    report,
    ticket,
)

STORIES = (
    story(
        "a major hazard is raised from the start, with the units of the joint plan",
        at(0, inspection("I-1", "bakery", mill(), major("hazard.exit"))),
        expect(
            life("I-1#0", "opened dispatched escalated joint_plan"),
            case("I-1#0", level=1, supervisor="hall", assist_units=("mill", "water-works"), hazard="major"),
            why("I-1#0", "escalated", "major_hazard", "level 1, to hall"),
            why("I-1#0", "joint_plan", "major_hazard", "joint plan with water-works"),
            orders("fire-brigade", "new lead I-1#0"),
            orders("mill", "new assist I-1#0"),
            orders("water-works", "new assist I-1#0"),
            orders("hall", "escalated supervisor I-1#0"),
        ),
        at(days(1), inspection("I-2", "bakery", mill(), major("hazard.exit"))),
        expect(case("I-1#0", members=("I-1#0", "I-2#0"), level=1)),
    ),
    story(
        "a general hazard that turns out major is raised then",
        at(0, inspection("I-1", "bakery", mill(), general("hazard.exit"))),
        at(1, inspection("I-2", "bakery", mill(), major("hazard.exit"))),
        expect(
            life("I-1#0", "opened dispatched", "joined escalated joint_plan"),
            case("I-1#0", hazard="major", level=1, assist_units=("mill", "water-works")),
        ),
    ),
    story(
        "failing once is told, failing twice raises it with a joint plan; the same message counts once",
        at(0, inspection("I-1", "bakery", mill(), general("hazard.exit", rectify_by=days(9)))),
        at(1, act("S-1", "sign_for", "I-1#0", "fire-brigade")),
        at(days(2), inspection("I-2", "bakery", mill(), again=[failed("I-1")])),
        at(days(2), inspection("I-2", "bakery", mill(), again=[failed("I-1")])),
        expect(
            case("I-1#0", failed=1, level=0, assist_units=("mill",)),
            why("I-1#0", "reinspected", "reinspection_failed", "failed 1 time(s)"),
            refused(("I-2/I-1#0", "duplicate")),
        ),
        at(days(3), inspection("I-3", "bakery", mill(), again=[failed("I-1")])),
        expect(
            case("I-1#0", failed=2, level=1, stage="signed_for", assist_units=("mill", "water-works")),
            life(
                "I-1#0",
                "opened dispatched",
                "signed_for",
                "reinspected",
                "reinspected escalated joint_plan",
            ),
            why("I-1#0", "escalated", "failed_too_often"),
            orders("water-works", "new assist I-1#0"),
        ),
        at(days(4), inspection("I-4", "bakery", mill(), again=[passed("I-1")])),
        expect(
            case("I-1#0", stage="closed", closed=days(4), met=(True,)),
            why("I-1#0", "reinspected", "reinspection_passed"),
        ),
    ),
    story(
        "a hazard that is not rectified in time is raised with a joint plan",
        at(0, inspection("I-1", "bakery", mill(), general("hazard.exit", rectify_by=hours(20)))),
        at(1, act("S-1", "sign_for", "I-1#0", "fire-brigade")),
        by(
            hours(21),
            life("I-1#0", "opened dispatched", "signed_for", "warned", "breached escalated joint_plan"),
            why("I-1#0", "joint_plan", "hazard_overdue"),
            case("I-1#0", met=(False,), assist_units=("mill", "water-works")),
        ),
    ),
    story(
        "what was said to be done and is still there goes back to work, resolved or closed",
        at(0, inspection("I-1", "bakery", mill(), general("hazard.exit"), general("hazard.exit"))),
        at(1, act("S-1", "sign_for", "I-1#0", "fire-brigade")),
        at(hours(1), inspection("I-2", "bakery", mill(), again=[passed("I-1", 1)])),
        at(hours(2), act("R-1", "resolve", "I-1#0", "fire-brigade")),
        at(hours(3), inspection("I-3", "bakery", mill(), again=[failed("I-1")])),
        expect(
            case("I-1#0", stage="in_work", reopened=1, met=(None, True)),
            why("I-1#0", "reopened", "reinspection_failed", "was resolved"),
        ),
        at(hours(4), inspection("I-4", "bakery", mill(), again=[passed("I-1")])),
        expect(case("I-1#0", stage="closed", met=(True, True))),
        at(days(1), inspection("I-5", "bakery", mill(), again=[failed("I-1", 1)])),
        expect(
            case("I-1#0", stage="in_work", reopened=2, failed=2, level=1, closed=None),
            why("I-1#0", "reopened", "reinspection_failed", "was closed"),
        ),
    ),
    story(
        "a finding in order again is noted where its unit had said so before",
        at(0, inspection("I-1", "bakery", mill(), general("hazard.exit"))),
        at(1, act("S-1", "sign_for", "I-1#0", "fire-brigade"), act("R", "resolve", "I-1#0", "fire-brigade")),
        at(hours(1), inspection("I-2", "bakery", mill(), again=[passed("I-1")])),
        expect(
            case("I-1#0", stage="resolved"), why("I-1#0", "reinspected", "reinspection_passed"), refused()
        ),
        by(days(2), case("I-1#0", stage="closed")),
    ),
    story(
        "a hazard beside complaints and an alarm: each raises the other once",
        at(0, ticket("T-1", "noise", mill())),
        at(1, pack("P-1", "g-mill", (0, 0.1))),
        at(2, report("G-1", "lamp", mill(1))),
        at(3, inspection("I-1", "bakery", mill(5), general("hazard.exit"))),
        expect(
            case("I-1#0", priority=2),
            case("T-1", priority=1),
            case("G-1", priority=0),
            life("I-1#0", "opened dispatched raised raised"),
            life("T-1", "opened dispatched", "raised"),
            why("I-1#0", "raised", "complaints_near", "complaint or alarm in the same cell: case MILL-"),
            why("T-1", "raised", "hazard_near", "hazard in the same cell: case MILL-"),
            orders(
                "mill",
                "new lead T-1",
                "new assist g-mill/p0/low/1",
                "new lead G-1",
                "new assist I-1#0",
                "changed lead T-1",
            ),
        ),
        at(4, ticket("T-2", "noise", mill(3)), inspection("I-2", "bakery", mill(5), general("hazard.exit"))),
        expect(case("I-1#0", priority=2, members=("I-1#0", "I-2#0")), case("T-1", priority=1)),
    ),
    story(
        "a complaint beside a hazard, the other way round, and what only then becomes a complaint",
        at(0, inspection("I-1", "bakery", mill(5), general("hazard.exit"))),
        at(1, ticket("T-1", "bill", mill())),
        expect(
            case("I-1#0", priority=1),
            case("T-1", priority=1),
            life("I-1#0", "opened dispatched", "raised"),
            orders("fire-brigade", "new lead I-1#0", "changed lead I-1#0"),
            orders("hall", "new lead T-1"),
        ),
        at(2, report("G-1", "noise", mill())),
        expect(case("G-1", priority=0), case("I-1#0", priority=1)),
        at(3, ticket("T-2", "noise", mill(2))),
        expect(
            case("G-1", members=("G-1", "T-2"), priority=1),
            life("G-1", "opened dispatched", "joined raised"),
            case("I-1#0", priority=2),
        ),
        at(4, ticket("T-3", "noise", mill(2))),
        expect(case("G-1", priority=1), case("I-1#0", priority=2)),
    ),
    story(
        "what is over, in another cell or without one raises nothing",
        at(0, ticket("T-1", "noise", mill()), ticket("T-2", "bill", mill(250))),
        at(1, ticket("T-3", "bill", by_code("MILL"))),
        at(2, close("C-1", "T-1", mill())),
        at(3, inspection("I-1", "bakery", mill(), general("hazard.exit"))),
        at(4, inspection("I-2", "cinema", by_code("MILL"), general("hazard.exit"))),
        expect(
            case("I-1#0", priority=0),
            case("I-2#0", priority=0),
            case("T-1", priority=0),
            case("T-2", priority=0),
            case("T-3", priority=0),
        ),
    ),
)
