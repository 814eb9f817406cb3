"""Towns under remediation: their new cases are tagged and dispatched one level higher, until they leave."""

from __future__ import annotations

from tests.scenarios.brook import border, mill, quay
from tests.scenarios.expectations import case, dead, life, orders, why
from tests.scenarios.language import at, days, expect, hours, story
from tests.scenarios.reports import inspection, major, report, ticket, town_status

IN, OUT = "remediation", "normal"

STORIES = (
    story(
        "while a town is under remediation its new cases go one level higher, and others' don't",
        at(0, ticket("T-0", "noise", mill(-500))),
        at(1, town_status("R-1", IN, "MILL")),
        at(2, ticket("T-1", "noise", mill()), ticket("T-2", "noise", quay(300))),
        expect(
            life("T-1", "opened dispatched town_in_remediation escalated"),
            case("T-1", tags=("remediation",), level=1, supervisor="west"),
            why(
                "T-1", "town_in_remediation", "town_in_remediation", "MILL since 2026-03-02: too many appeals"
            ),
            why("T-1", "escalated", "town_in_remediation", "level 1, to west"),
            case("T-0", tags=(), level=0),
            case("T-2", tags=(), level=0),
            orders("west", "escalated supervisor T-1", "new lead T-2"),
        ),
        at(3, ticket("T-3", "noise", mill(-510))),
        expect(case("T-0", members=("T-0", "T-3"), tags=(), level=0)),
        at(4, town_status("R-2", OUT, "MILL")),
        at(5, ticket("T-4", "lamp", mill())),
        expect(case("T-4", tags=(), level=0), case("T-1", tags=("remediation",))),
    ),
    story(
        "what is said twice, or late, of a town changes nothing",
        at(10, town_status("R-2", OUT, "MILL", decided=9)),
        at(11, town_status("R-1", IN, "MILL", decided=1)),
        at(12, town_status("R-2", OUT, "MILL", decided=9)),
        at(13, ticket("T-1", "noise", mill())),
        expect(case("T-1", tags=())),
        at(20, town_status("R-3", IN, "MILL", decided=19)),
        at(21, town_status("R-3", IN, "MILL", decided=19)),
        at(22, ticket("T-2", "lamp", mill())),
        expect(case("T-2", tags=("remediation",))),
    ),
    story(
        "a case near the border goes by the town that it lies in, on the log of the town that owns it",
        at(0, town_status("R-1", IN, "QUAY"), town_status("R-1", IN, "QUAY", "MILL")),
        at(1, ticket("T-1", "noise", border(20)), ticket("T-2", "lamp", border(-20))),
        expect(case("T-1", town="QUAY", tags=("remediation",)), case("T-2", town="MILL", tags=())),
    ),
    story(
        "several reasons at once raise a case by one level, and what is solved on the spot by none",
        at(0, town_status("R-1", IN, "MILL")),
        at(1, ticket("T-1", "smell", mill())),
        at(2, ticket("T-2", "smell", mill(100))),
        at(3, ticket("T-3", "smell", mill(200))),
        at(4, report("G-1", "lamp", mill(), solved=4)),
        at(5, inspection("I-1", "Mill 1", mill(400), major("hazard.exit"))),
        expect(
            life("T-3", "opened dispatched town_in_remediation escalated repeated"),
            case("T-3", tags=("repeat", "remediation"), level=1),
            case("G-1", tags=(), level=0, stage="closed"),
            case("I-1#0", tags=("remediation",), level=1),
        ),
    ),
    story(
        "a status of a town that is none, or of a time to come, is put aside",
        at(0, town_status("R-1", IN, "NOWHERE", "MILL")),
        at(1, town_status("R-2", IN, "MILL", decided=days(400))),
        at(2, ticket("T-1", "noise", mill())),
        expect(case("T-1", tags=()), dead(("R-1", "unknown_place"), ("R-2", "ahead_of_clock"))),
        at(hours(3), town_status("R-3", IN, "MILL")),
        at(hours(4), ticket("T-2", "lamp", mill())),
        expect(case("T-2", tags=("remediation",))),
    ),
)
