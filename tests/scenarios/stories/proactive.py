"""Before the complaint: what the centre reports is a case, and complaints that come after join it."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, cases, refused
from tests.scenarios.language import at, expect, story
from tests.scenarios.reports import proactive, ticket

STORIES = (
    story(
        "a case that the centre opened keeps its tag when complaints join it",
        at(1, proactive("P-1", "water.burst", mill())),
        expect(case("P-1", members=("P-1",), tags=("proactive",), lead_unit="water-works")),
        at(2, ticket("T-1", "water.none", mill(20)), proactive("P-1", "water.burst", mill())),
        expect(
            case("P-1", members=("P-1", "T-1"), tags=("proactive",)), refused(("P-1", "duplicate")), cases(1)
        ),
    ),
    story(
        "what the centre reports of a known matter joins its case, which was not opened before the complaint",
        at(1, ticket("T-1", "water.none", mill(20))),
        at(2, proactive("P-1", "water.burst", mill())),
        expect(case("T-1", members=("T-1", "P-1"), tags=()), cases(1)),
    ),
)
