"""Safety inspections: hazards, those that count only when they come back, scores, and looking again."""

from __future__ import annotations

from tests.scenarios.brook import mill, quay
from tests.scenarios.expectations import case, cases, dead, ended, life, refused, why
from tests.scenarios.language import at, by, days, expect, story
from tests.scenarios.reports import act, failed, general, inspection, major, passed

STORIES = (
    story(
        "each hazard found is a case, and those of one kind at one site are one",
        at(
            1,
            inspection(
                "I-1", "bakery", mill(), major("hazard.exit"), general("hazard"), general("hazard.exit")
            ),
        ),
        at(2, inspection("I-2", "cinema", mill(), general("hazard.exit", rectify_by=days(6)))),
        at(days(5), inspection("I-3", "bakery", mill(3), general("hazard.exit"))),
        expect(
            case(
                "I-1#0",
                members=("I-1#0", "I-1#2", "I-3#0"),
                lead_unit="fire-brigade",
                assist_units=("mill", "water-works"),
            ),
            why("I-1#0", "joined", "joined_site"),
            case("I-1#1", members=("I-1#1",), category="hazard"),
            case("I-2#0", members=("I-2#0",), due=days(6), met=(None,)),
            cases(3),
            ended("inspectorate", accepted=3),
        ),
        by(days(7), case("I-2#0", met=(False,))),
    ),
    story(
        "a clean inspection is counted",
        at(1, inspection("I-1", "bakery", mill(), score=95.0), inspection("I-2", "bakery", mill())),
        expect(cases(0), refused(), dead(), ended("inspectorate", accepted=2)),
    ),
    story(
        "some findings count only when they come back at the same site",
        at(1, inspection("I-1", "bakery", mill(), general("hazard.pest"))),
        at(2, inspection("I-2", "cinema", mill(), general("hazard.pest"))),
        expect(cases(0)),
        at(days(50), inspection("I-3", "bakery", mill(), general("hazard.pest"))),
        expect(case("I-3#0", members=("I-3#0",), lead_unit="fire-brigade"), cases(1)),
        at(days(70), inspection("I-4", "bakery", mill(), general("hazard.pest"))),
        expect(case("I-3#0", members=("I-3#0", "I-4#0")), cases(1)),
        at(days(71), inspection("I-5", "cinema", mill(), general("hazard.pest"))),
        at(days(72), inspection("I-5", "cinema", mill(), general("hazard.pest"))),
        expect(cases(1), refused(("I-5#0", "duplicate")), ended("inspectorate", accepted=5, duplicate=1)),
    ),
    story(
        "a poor score is a hazard in itself",
        at(1, inspection("I-1", "bakery", quay(), general("hazard.exit"), score=69.9)),
        at(2, inspection("I-2", "cinema", quay(), score=70.0)),
        expect(
            case("I-1#1", category="hazard.score", members=("I-1#1",)),
            cases(2),
            ended("inspectorate", accepted=2),
        ),
    ),
    story(
        "a finding looked at again and rectified is closed, and with the last one its case",
        at(1, inspection("I-1", "bakery", mill(), major("hazard.exit"), general("hazard.exit"))),
        at(days(2), inspection("I-2", "bakery", mill(), again=[passed("I-1", 1)])),
        expect(case("I-1#0", stage="dispatched", met=(None, True))),
        at(
            days(3),
            inspection("I-3", "bakery", mill(), again=[passed("I-1"), passed("I-9"), passed("I-1", 1)]),
        ),
        expect(
            case("I-1#0", stage="closed", closed=days(3), met=(True, True)),
            refused(("I-3/I-9#0", "unknown_signal"), ("I-3/I-1#1", "already_closed")),
            ended("inspectorate", accepted=3),
        ),
    ),
    story(
        "a finding looked at again and still there is told to its case",
        at(1, inspection("I-1", "bakery", mill(), major("hazard.exit"))),
        at(days(1.5), inspection("I-2", "bakery", mill(), again=[failed("I-1")])),
        at(days(2), act("A-1", "sign_for", "I-1#0", "fire-brigade")),
        at(days(3), inspection("I-3", "bakery", mill(), again=[failed("I-1")])),
        expect(
            life(
                "I-1#0",
                "opened dispatched escalated joint_plan",
                "warned",
                "breached",
                "reinspected",
                "signed_for",
                "reinspected",
            ),
            case("I-1#0", stage="signed_for", met=(None,)),
            refused(),
            ended("inspectorate", accepted=3),
        ),
    ),
)
