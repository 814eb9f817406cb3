"""Joint consultation: after a second objection, or convened by hand; its ruling holds."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, life, orders, refused, why
from tests.scenarios.language import at, by, expect, hours, minute, story
from tests.scenarios.reports import act, ticket
from tests.scenarios.stories.objection import NOT_OURS, REJECT, objects, upheld

from hub.contracts.action_terms import ActionTerms


def names(lead: str, *helpers: str) -> ActionTerms:
    """What a consultation rules."""
    return ActionTerms(to_unit=lead, units=helpers)


STORIES = (
    story(
        "the second objection goes to a consultation; its ruling names the lead, and nobody may object again",
        at(0, ticket("T-1", "water", mill())),
        at(30, objects("A-1", "T-1", "water-works")),
        at(60, act("A-2", "rule", "T-1", "hall", terms=upheld(to_unit="west"))),
        at(90, act("A-3", "sign_for", "T-1", "west")),
        at(120, objects("A-4", "T-1", "west")),
        expect(
            case("T-1", stage="consulting", lead_unit="west", next_due=minute(120 + hours(48))),
            why("T-1", "convened", "second_objection", "heard: west, water-works"),
            orders("west", "new proposed T-1", "changed lead T-1", "changed lead T-1"),
            orders(
                "water-works",
                "new lead T-1",
                "changed lead T-1",
                "withdrawn former T-1",
                "to_rule consulted T-1",
            ),
        ),
        at(150, act("A-5", "convene", "T-1", "hall", terms=ActionTerms(units=("mill",)))),
        expect(why("T-1", "convened", "allowed_move", "heard: west, water-works, mill")),
        at(180, act("A-6", "rule_consultation", "T-1", "west", terms=names("water-works"))),
        at(240, act("A-7", "rule_consultation", "T-1", "hall", terms=names("water-works", "west", "mill"))),
        expect(
            case(
                "T-1",
                stage="dispatched",
                lead_unit="west",
                proposed_unit="water-works",
                assist_units=("mill",),
                due=hours(24) + 30 + 120,
            ),
            why("T-1", "consulted", "allowed_move", "water-works leads, with west, mill"),
        ),
        at(250, objects("A-8", "T-1", "water-works")),
        at(260, act("A-9", "sign_for", "T-1", "water-works")),
        at(270, act("A-10", "hand_back", "T-1", "water-works", terms=NOT_OURS)),
        expect(
            refused(("A-6", "not_the_lead"), ("A-8", "objection_exhausted"), ("A-10", "objection_exhausted")),
            case("T-1", stage="signed_for", lead_unit="water-works", assist_units=("mill", "west")),
            life(
                "T-1",
                "opened dispatched",
                "objected",
                "objection_upheld routed",
                "signed_for accountable",
                "objected convened",
                "convened",
                "consulted routed",
                "signed_for accountable",
            ),
        ),
    ),
    story(
        "who was heard reads the ruling, and who shall not help any more reads that",
        at(0, ticket("T-1", "water.burst", mill())),
        at(10, act("A-1", "sign_for", "T-1", "water-works")),
        at(20, act("A-2", "convene", "T-1", "hall", terms=ActionTerms(units=("east",)))),
        at(30, act("A-3", "rule_consultation", "T-1", "hall", terms=names("water-works"))),
        expect(
            case("T-1", stage="signed_for", lead_unit="water-works", assist_units=()),
            orders("mill", "new assist T-1", "withdrawn former T-1"),
            orders("east", "to_rule consulted T-1", "ruled former T-1"),
        ),
    ),
    story(
        "no ruling comes of a consultation: the lead keeps the case, signs for it, and may not object",
        at(0, ticket("T-1", "water", mill())),
        at(1, objects("A-1", "T-1", "water-works")),
        at(2, act("A-2", "rule", "T-1", "hall", terms=upheld(to_unit="west"))),
        at(3, objects("A-3", "T-1", "west")),
        by(
            hours(49),
            case("T-1", stage="dispatched", lead_unit="water-works", proposed_unit=None, met=(None,)),
            why("T-1", "consulted", "limit_passed", "no ruling came: water-works keeps the case"),
            life(
                "T-1",
                "opened dispatched",
                "objected",
                "objection_upheld routed",
                "objected convened",
                "warned",
                "breached consulted",
            ),
            orders("west", "new proposed T-1", "to_rule consulted T-1", "ruled former T-1"),
        ),
        at(hours(49), objects("A-4", "T-1", "water-works")),
        at(hours(49) + 1, act("A-5", "sign_for", "T-1", "water-works")),
        expect(
            refused(("A-4", "objection_exhausted")), case("T-1", stage="signed_for", lead_unit="water-works")
        ),
    ),
    story(
        "a consultation convened in work that names the lead again gives it helpers, and it goes on",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "start", "T-1", "mill")),
        at(10, act("A-3", "convene", "T-1", "mill", terms=ActionTerms(units=("quay",)))),
        at(11, act("A-4", "convene", "T-1", "hall")),
        at(12, act("A-5", "convene", "T-1", "hall", terms=ActionTerms(units=("nobody",)))),
        at(20, act("A-6", "convene", "T-1", "hall", terms=ActionTerms(units=("quay", "west")))),
        expect(case("T-1", stage="consulting", lead_unit="mill")),
        at(50, act("A-7", "rule_consultation", "T-1", "hall", terms=names("mill", "quay"))),
        expect(
            refused(("A-3", "not_the_lead"), ("A-4", "missing_terms"), ("A-5", "unknown_unit")),
            case("T-1", stage="in_work", lead_unit="mill", assist_units=("quay",), due=hours(8) + 30),
            orders("quay", "to_rule consulted T-1", "changed assist T-1"),
        ),
    ),
    story(
        "an objection that waits may be given to a consultation at once",
        at(0, ticket("T-1", "water", mill())),
        at(1, objects("A-1", "T-1", "water-works")),
        at(31, act("A-2", "convene", "T-1", "hall", terms=ActionTerms(units=("west",)))),
        at(32, act("A-3", "rule", "T-1", "hall", terms=REJECT)),
        at(61, act("A-4", "rule_consultation", "T-1", "hall", terms=names("mill"))),
        expect(
            refused(("A-3", "stage_forbids")),
            case("T-1", stage="dispatched", lead_unit="water-works", proposed_unit="mill"),
            case("T-1", assist_units=(), due=hours(24) + 60),
        ),
        at(62, act("A-5", "sign_for", "T-1", "mill")),
        expect(case("T-1", lead_unit="mill", assist_units=())),
    ),
)
