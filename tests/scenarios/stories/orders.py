"""What units read about a case: enough to work by, and no more than concerns them."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import order
from tests.scenarios.language import at, by, expect, hours, minute, story
from tests.scenarios.reports import act, report, ticket

STORIES = (
    story(
        "an order says all that its unit needs",
        at(1, ticket("T-1", "gas", mill(), title="Smell of gas")),
        expect(
            order(
                "fire-brigade",
                stage="dispatched",
                summary="Smell of gas",
                newest="",
                lead_unit="fire-brigade",
                assist_units=("mill", "west", "water-works"),
                allows=("sign_for",),
                forbids=("start", "resolve"),
                feeds=(("hotline", 1),),
                sign_for_by=minute(61),
                stage_due=minute(61),
                resolve_by=minute(121),
                working_left_h=2.0,
            ),
            order("mill", summary="Smell of gas", forbids=("sign_for",)),
        ),
        at(31, report("G-1", "gas", mill(20), title="Hissing at a valve")),
        expect(
            order(
                "fire-brigade",
                kind="signal_joined",
                summary="Smell of gas",
                newest="Hissing at a valve",
                feeds=(("hotline", 1), ("grid", 1)),
                working_left_h=1.5,
            )
        ),
        at(32, act("A-1", "sign_for", "T-1", "fire-brigade"), report("G-2", "gas", mill(40))),
        expect(
            order("fire-brigade", kind="signal_joined", allows=("start", "resolve"), forbids=("sign_for",))
        ),
        by(hours(3), order("fire-brigade", kind="breached", summary="Smell of gas", newest="")),
    ),
    story(
        "whoever was asked for something hears that it is over",
        at(1, ticket("T-1", "noise", mill(), wants_callback=True)),
        at(2, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "resolve", "T-1", "mill")),
        expect(order("hall", kind="to_call_back", role="centre", allows=("close",))),
        at(3, act("A-3", "close", "T-1", "hall")),
        expect(
            order("hall", kind="closed", role="centre"), order("mill", kind="closed", role="lead", newest="")
        ),
    ),
    story(
        "the lead hears of each new stage, so that its newest order says what it may do next",
        at(1, ticket("T-1", "noise", mill())),
        at(2, act("A-1", "sign_for", "T-1", "mill")),
        expect(order("mill", kind="moved", stage="signed_for", allows=("start",), forbids=("sign_for",))),
        at(3, act("A-2", "start", "T-1", "mill")),
        expect(order("mill", kind="moved", stage="in_work", allows=("resolve",), forbids=("start",))),
        at(4, act("A-3", "progress", "T-1", "mill")),
        expect(order("mill", seq=2)),
        at(5, act("A-4", "resolve", "T-1", "mill")),
        expect(order("mill", kind="moved", stage="resolved", forbids=("resolve",))),
    ),
)
