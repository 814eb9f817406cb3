"""Early warnings: a burst is seen as it grows, has a case of its own, and is told right or wrong."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import warned
from tests.scenarios.language import at, expect, hours, story
from tests.scenarios.reports import act_on_warning, ticket

STORIES = (
    story(
        "a burst becomes a warning, the warning a case before it is grave, and it comes true",
        *(at(1 + 3 * number, ticket(f"T-{number}", "water.burst", mill())) for number in range(3)),
        at(10, ticket("T-3", "water.none", mill(20))),
        expect(warned(state="active", verdict="unknown", report=None, signals=4, group="main")),
        *(at(13 + 3 * number, ticket(f"T-{4 + number}", "water.burst", mill())) for number in range(8)),
        expect(
            warned(
                colour="orange",
                signals=12,
                verdict="right",
                verdict_why="came_true",
                category="water.burst",
                unit="water-works",
                case_stage="dispatched",
            )
        ),
        at(60, act_on_warning("A-1", "sign_for", "water-works")),
        at(61, act_on_warning("A-2", "resolve", "water-works")),
        at(62, act_on_warning("A-3", "close", "water-works")),
        expect(warned(case_stage="closed", state="active")),
        at(hours(12), ticket("T-99", "noise", mill())),
        expect(warned(state="ended", verdict="right", signals=12)),
    ),
)
