"""Objection, handing back, re-dispatch by hand: who rules, where the case goes, who answers meanwhile."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, life, orders, rang, refused, why
from tests.scenarios.language import Told, at, by, expect, hours, just_after, minute, story
from tests.scenarios.reports import act, close, ticket

from hub.contracts.action_terms import ActionTerms, Grounds, Ruling

NOT_OURS = ActionTerms(grounds=Grounds.NOT_OUR_DUTY, evidence="D-7")
REJECT = ActionTerms(ruling=Ruling.REJECT)


def upheld(**more: str) -> ActionTerms:
    """The objection is upheld; the case goes to a unit, or is of another category."""
    return ActionTerms(ruling=Ruling.UPHOLD, **more)  # type: ignore[arg-type]


def objects(id: str, signal: str, unit: str, terms: ActionTerms = NOT_OURS) -> Told:
    """A unit objects."""
    return act(id, "object", signal, unit, terms=terms)


STORIES = (
    story(
        "an objection upheld sends the case on; the first unit answers until the next has signed",
        at(0, ticket("T-1", "water", mill())),
        at(30, objects("A-1", "T-1", "water-works")),
        expect(
            case("T-1", stage="objected", lead_unit="water-works", proposed_unit=None),
            case("T-1", next_due=minute(30 + hours(8))),
            why("T-1", "objected", "allowed_move", "water-works: not_our_duty, evidence D-7"),
            orders("hall", "to_rule reviewer T-1"),
        ),
        at(90, act("A-2", "rule", "T-1", "hall", terms=upheld(to_unit="west"))),
        expect(
            case("T-1", stage="dispatched", lead_unit="water-works", proposed_unit="west"),
            case("T-1", due=hours(24) + 60, next_due=minute(90 + hours(2))),
            why("T-1", "routed", "allowed_move", "water-works > west: named by the ruling"),
            orders("west", "new proposed T-1"),
        ),
        at(95, act("A-3", "sign_for", "T-1", "water-works")),
        at(100, act("A-4", "sign_for", "T-1", "west")),
        at(110, act("A-5", "resolve", "T-1", "west"), act("A-6", "close", "T-1", "west")),
        expect(
            case("T-1", stage="closed", lead_unit="west", assist_units=("mill",), met=(True,)),
            refused(("A-3", "not_the_lead")),
            life(
                "T-1",
                "opened dispatched",
                "objected",
                "objection_upheld routed",
                "signed_for accountable",
                "resolved",
                "closed",
            ),
            orders("water-works", "new lead T-1", "changed lead T-1", "withdrawn former T-1"),
            orders("mill", "new assist T-1", "changed assist T-1", "changed assist T-1", "closed assist T-1"),
        ),
    ),
    story(
        "an objection rejected: the unit must sign, has its whole limit to do so, and bears the time",
        at(0, ticket("T-1", "noise", mill())),
        at(hours(3.5), objects("A-1", "T-1", "mill")),
        at(hours(5), act("A-2", "rule", "T-1", "hall", terms=REJECT)),
        expect(
            case("T-1", stage="dispatched", lead_unit="mill", due=hours(8), next_due=minute(hours(8))),
            why("T-1", "objection_rejected", "allowed_move", "mill has the case"),
            orders("mill", "new lead T-1", "warned lead T-1", "ruled lead T-1"),
        ),
        by(
            hours(9),
            rang(
                "T-1",
                ("sign_for", "warned", minute(hours(3))),
                ("resolve", "warned", minute(hours(6))),
                ("sign_for", "warned", minute(hours(8))),
                ("resolve", "breached", minute(just_after(hours(8)))),
            ),
            case("T-1", met=(False,), level=1),
        ),
        at(hours(9) + 1, act("A-3", "sign_for", "T-1", "mill")),
        expect(case("T-1", stage="signed_for", lead_unit="mill")),
    ),
    story(
        "nobody rules: the limit to review passes, and the city's default holds",
        at(0, ticket("T-1", "lamp", mill())),
        at(60, objects("A-1", "T-1", "mill")),
        by(
            60 + hours(8) + 1,
            life(
                "T-1",
                "opened dispatched",
                "objected",
                "warned",
                "breached objection_rejected",
                "breached escalated",
            ),
            why("T-1", "objection_rejected", "limit_passed"),
            case("T-1", stage="dispatched", lead_unit="mill", met=(False,)),
            orders(
                "hall",
                "to_rule reviewer T-1",
                "warned reviewer T-1",
                "ruled reviewer T-1",
            ),
        ),
    ),
    story(
        "too late to object: counted from the dispatch, and anew from signing; handing back stays possible",
        at(0, ticket("T-1", "bill", mill())),
        at(just_after(hours(4)), objects("A-1", "T-1", "hall")),
        at(hours(10), act("A-2", "sign_for", "T-1", "hall")),
        at(hours(14), objects("A-3", "T-1", "hall")),
        expect(
            refused(("A-1", "too_late_to_object")),
            case("T-1", stage="objected"),
        ),
        at(hours(15), act("A-4", "rule", "T-1", "hall", terms=REJECT)),
        expect(case("T-1", stage="signed_for", lead_unit="hall")),
    ),
    story(
        "in work a unit may hand the case back but not object",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill"), act("A-2", "start", "T-1", "mill")),
        at(2, objects("A-3", "T-1", "mill")),
        at(3, act("A-4", "hand_back", "T-1", "mill")),
        at(4, act("A-5", "hand_back", "T-1", "mill", terms=NOT_OURS)),
        expect(
            refused(("A-3", "stage_forbids"), ("A-4", "missing_terms")),
            case("T-1", stage="objected", lead_unit="mill"),
            life("T-1", "opened dispatched", "signed_for", "started", "handed_back"),
        ),
        at(64, act("A-6", "rule", "T-1", "hall", terms=REJECT)),
        expect(case("T-1", stage="in_work", lead_unit="mill", due=hours(8))),
    ),
    story(
        "a ruling may say what the matter really is: the catalogue names the units, once",
        at(0, ticket("T-1", "water", mill())),
        at(10, objects("A-1", "T-1", "water-works")),
        at(20, act("A-2", "rule", "T-1", "hall", terms=upheld(category="gas"))),
        expect(
            case(
                "T-1",
                category="gas",
                urgency="life",
                lead_unit="water-works",
                proposed_unit="fire-brigade",
                assist_units=("mill", "west"),
                next_due=minute(20 + hours(1)),
            ),
            why("T-1", "routed", "dispatched_by_catalogue", "water is gas, catalogue 1 row gas"),
        ),
        at(30, act("A-3", "sign_for", "T-1", "fire-brigade")),
        expect(
            case("T-1", lead_unit="fire-brigade", assist_units=("mill", "west", "water-works")),
            orders("water-works", "new lead T-1", "changed lead T-1", "changed assist T-1"),
        ),
    ),
    story(
        "a ruling without a unit sends the case up",
        at(0, ticket("T-1", "noise", mill()), ticket("T-2", "bill", mill())),
        at(1, objects("A-1", "T-1", "mill"), objects("A-2", "T-2", "hall")),
        at(
            2,
            act("A-3", "rule", "T-1", "hall", terms=upheld()),
            act("A-4", "rule", "T-2", "hall", terms=upheld()),
        ),
        expect(
            case("T-1", stage="dispatched", lead_unit="mill", proposed_unit="west"),
            why("T-1", "routed", "sent_up", "mill > west: above mill"),
            case("T-2", stage="dispatched", lead_unit="hall", proposed_unit="mill"),
            why("T-2", "routed", "sent_up", "hall > mill: unit of the town"),
        ),
    ),
    story(
        "rulings that cannot be are refused, and change nothing",
        at(0, ticket("T-1", "water", mill())),
        at(1, act("A-1", "object", "T-1", "water-works")),
        at(2, objects("A-2", "T-1", "mill")),
        at(3, objects("A-3", "T-1", "water-works")),
        at(4, act("A-4", "rule", "T-1", "mill", terms=REJECT)),
        at(5, act("A-5", "rule", "T-1", "hall")),
        at(6, act("A-6", "rule", "T-1", "hall", terms=upheld(to_unit="nobody"))),
        at(7, act("A-7", "rule", "T-1", "hall", terms=upheld(to_unit="water-works"))),
        at(8, act("A-8", "rule", "T-1", "hall", terms=upheld(category="weather"))),
        at(9, act("A-9", "rule", "T-1", "hall", terms=upheld(category="water.burst"))),
        expect(
            case("T-1", stage="objected", lead_unit="water-works", category="water"),
            refused(
                ("A-1", "missing_terms"),
                ("A-2", "not_the_lead"),
                ("A-4", "not_the_lead"),
                ("A-5", "missing_terms"),
                ("A-6", "unknown_unit"),
                ("A-7", "same_unit"),
                ("A-8", "unknown_category"),
                ("A-9", "same_unit"),
            ),
        ),
    ),
    story(
        "the reviewer sends a case on by hand, with helpers, and may send it back to its lead",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill")),
        at(2, act("A-2", "route", "T-1", "hall", terms=ActionTerms(to_unit="west", units=("mill", "quay")))),
        expect(
            case("T-1", stage="dispatched", lead_unit="mill", proposed_unit="west", assist_units=("quay",)),
            orders("quay", "changed assist T-1"),
        ),
        at(3, act("A-3", "route", "T-1", "hall", terms=ActionTerms(to_unit="west"))),
        at(4, act("A-4", "route", "T-1", "west", terms=ActionTerms(to_unit="quay"))),
        at(5, act("A-5", "sign_for", "T-1", "west")),
        expect(
            refused(("A-3", "same_unit"), ("A-4", "not_the_lead")),
            case("T-1", stage="signed_for", lead_unit="west", assist_units=("quay", "mill")),
            orders("mill", "new lead T-1", "changed lead T-1", "changed assist T-1"),
        ),
        at(6, act("A-6", "route", "T-1", "hall", terms=ActionTerms(to_unit="mill"))),
        at(7, act("A-7", "route", "T-1", "hall", terms=ActionTerms(to_unit="west"))),
        expect(case("T-1", stage="dispatched", lead_unit="west", proposed_unit=None)),
    ),
    story(
        "an objection that comes late, from before the ruling, moves nothing",
        at(0, ticket("T-1", "noise", mill())),
        at(1, objects("A-1", "T-1", "mill")),
        at(10, act("A-2", "rule", "T-1", "hall", terms=REJECT)),
        at(11, act("A-3", "object", "T-1", "mill", done=5, terms=NOT_OURS)),
        expect(refused(("A-3", "overtaken")), case("T-1", stage="dispatched")),
    ),
    story(
        "a signal that joins an objected case waits only from then; its publisher may close it",
        at(0, ticket("T-1", "noise", mill())),
        at(10, objects("A-1", "T-1", "mill")),
        at(30, ticket("T-2", "noise", mill(10))),
        at(70, act("A-2", "rule", "T-1", "hall", terms=upheld(to_unit="west"))),
        expect(case("T-1", members=("T-1", "T-2"), due=hours(8) + 60)),
        at(80, close("A-3", "T-1", mill())),
        expect(case("T-2", stage="dispatched", due=30 + hours(8) + 40, met=(True, None))),
    ),
)
