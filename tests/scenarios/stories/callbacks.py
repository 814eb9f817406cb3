"""Callback, reopening and look-back: what the citizen says, what is done again, what is looked at later."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, ended, life, orders, refused, why
from tests.scenarios.language import Step, at, by, days, expect, hours, story
from tests.scenarios.reports import act, general, inspection, major, ticket

from hub.contracts.action_terms import ActionTerms, Answers


def said(*, contacted: bool | None = True, solved: bool = True, satisfied: bool | None = True) -> ActionTerms:
    """What a citizen says who was reached."""
    answers = Answers(reached=True, contacted=contacted, solved=solved, satisfied=satisfied)
    return ActionTerms(answers=answers)


IN_VAIN = ActionTerms(answers=Answers(reached=False))
IN_ORDER, NOT_IN_ORDER = ActionTerms(passed=True), ActionTerms(passed=False)


def resolved(minute: float, signal: str = "T-1", unit: str = "mill", number: str = "") -> tuple[Step, ...]:
    """The unit takes the case of a signal on and resolves it in the minute after."""
    return (
        *at(minute, act(f"S{number}", "sign_for", signal, unit)),
        *at(minute + 1, act(f"R{number}", "resolve", signal, unit)),
    )


def wanting(minute: float) -> tuple[Step, ...]:
    """A ticket whose citizen wants to be called back."""
    return at(minute, ticket("T-1", "noise", mill(), wants_callback=True))


STORIES = (
    story(
        "a citizen who is content closes the case",
        wanting(0),
        resolved(1),
        at(hours(1), act("C-1", "callback", "T-1", "hall", terms=said())),
        expect(
            case("T-1", stage="closed", closed=hours(1), met=(True,), reopened=0),
            life("T-1", "opened dispatched", "signed_for", "resolved", "called_back closed"),
            why(
                "T-1", "called_back", "citizen_content", "contacted in time: yes, solved: yes, satisfied: yes"
            ),
            why("T-1", "closed", "citizen_content"),
            orders("hall", "to_call_back centre T-1", "closed centre T-1"),
        ),
        at(hours(2), act("C-1", "callback", "T-1", "hall", terms=said())),
        at(hours(2), act("C-2", "callback", "T-1", "hall", terms=said())),
        expect(refused(("C-1", "duplicate"), ("C-2", "already_closed"))),
    ),
    story(
        "a citizen who does not say how they like it is content",
        wanting(0),
        resolved(1),
        at(hours(1), act("C-1", "callback", "T-1", "hall", terms=said(contacted=None, satisfied=None))),
        expect(
            case("T-1", stage="closed"), why("T-1", "called_back", "citizen_content", "satisfied: not said")
        ),
    ),
    story(
        "only the centre calls back, only what is resolved, and its answers agree",
        wanting(0),
        at(1, act("C-0", "callback", "T-1", "hall", terms=said())),
        resolved(2),
        at(
            10,
            act("C-1", "callback", "T-1", "mill", terms=said()),
            act("C-2", "callback", "T-1", "hall"),
            act("C-3", "callback", "T-1", "hall", terms=ActionTerms(answers=Answers(reached=True))),
            act(
                "C-4",
                "callback",
                "T-1",
                "hall",
                terms=ActionTerms(answers=Answers(reached=False, satisfied=True)),
            ),
            act("C-5", "close", "T-1", "mill"),
            act("C-6", "reopen", "T-1", "mill"),
        ),
        expect(
            case("T-1", stage="resolved"),
            refused(
                ("C-0", "stage_forbids"),
                ("C-1", "not_the_lead"),
                ("C-2", "missing_terms"),
                ("C-3", "missing_terms"),
                ("C-4", "invalid_field"),
                ("C-5", "callback_first"),
                ("C-6", "not_the_lead"),
            ),
            ended("units", accepted=2, rejected=7),
        ),
    ),
    story(
        "nobody answers: each call begins the time for the next, and the third is the last",
        wanting(0),
        resolved(1),
        at(hours(20), act("C-1", "callback", "T-1", "hall", terms=IN_VAIN)),
        at(hours(40), act("C-2", "callback", "T-1", "hall", terms=IN_VAIN)),
        expect(
            case("T-1", stage="resolved"),
            why("T-1", "called_back", "not_reached", "call 2 of at most 3"),
        ),
        at(hours(50), act("C-2", "callback", "T-1", "hall", terms=IN_VAIN)),
        at(hours(57), act("C-3", "callback", "T-1", "hall", terms=IN_VAIN)),
        expect(
            case("T-1", stage="closed", closed=hours(57)),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "resolved",
                "warned",
                "called_back",
                "warned",
                "called_back",
                "called_back closed",
            ),
            why("T-1", "closed", "unreached", "3 calls in vain"),
            refused(("C-2", "duplicate")),
        ),
    ),
    story(
        "no call in time closes the case without an answer, whether one was in vain or none",
        wanting(0),
        at(0, ticket("T-2", "noise", mill(300), wants_callback=True)),
        resolved(1),
        resolved(1, "T-2", number="-2"),
        at(hours(10), act("C-1", "callback", "T-2", "hall", terms=IN_VAIN)),
        by(
            hours(25),
            life("T-1", "opened dispatched", "signed_for", "resolved", "warned", "breached closed"),
            why("T-1", "closed", "callback_missed"),
            case("T-2", stage="resolved"),
        ),
        by(
            hours(35),
            case("T-2", stage="closed"),
            why("T-2", "closed", "callback_missed", "after 1 call(s) in vain"),
        ),
    ),
    story(
        "dissatisfied once: the same unit does it again, under a fresh limit where the first is over",
        wanting(0),
        resolved(hours(1)),
        at(hours(20), act("C-1", "callback", "T-1", "hall", terms=said(satisfied=False))),
        expect(
            case("T-1", stage="in_work", reopened=1, lead_unit="mill", closed=None, met=(None,)),
            case("T-1", due=hours(28)),
            why("T-1", "called_back", "citizen_dissatisfied"),
            why("T-1", "reopened", "citizen_dissatisfied", "same unit"),
            orders("mill", "new lead T-1", "warned lead T-1", "reopened lead T-1"),
        ),
        at(hours(27), act("R-2", "resolve", "T-1", "mill")),
        at(hours(28), act("C-2", "callback", "T-1", "hall", terms=said())),
        expect(
            case("T-1", stage="closed", met=(True,)),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "resolved",
                "warned",
                "called_back reopened",
                "warned",
                "resolved",
                "called_back closed look_back_due",
            ),
        ),
    ),
    story(
        "what was late stays late when it is done again in time",
        wanting(0),
        resolved(hours(9)),
        expect(case("T-1", met=(False,))),
        at(hours(10), act("C-1", "callback", "T-1", "hall", terms=said(solved=False))),
        expect(case("T-1", stage="in_work", met=(False,), due=hours(18))),
        at(hours(11), act("R-2", "resolve", "T-1", "mill")),
        expect(case("T-1", met=(False,))),
        by(hours(20), case("T-1", stage="resolved")),
    ),
    story(
        "done again and late once more, it is breached",
        wanting(0),
        resolved(hours(1)),
        at(hours(10), act("C-1", "callback", "T-1", "hall", terms=said(solved=False))),
        by(hours(19), case("T-1", met=(False,)), why("T-1", "breached", "limit_passed", "limit to resolve")),
    ),
    story(
        "dissatisfied twice: the unit above shall take it on, and the lead answers until it has signed",
        wanting(0),
        resolved(1),
        at(60, act("C-1", "callback", "T-1", "hall", terms=said(solved=False))),
        at(70, act("R-2", "resolve", "T-1", "mill")),
        at(80, act("C-2", "callback", "T-1", "hall", terms=said(satisfied=False))),
        expect(
            case("T-1", stage="dispatched", lead_unit="mill", proposed_unit="west", reopened=2),
            why("T-1", "routed", "raised_to_above", "mill > west: mill answers until it has signed"),
            orders("west", "new proposed T-1"),
        ),
        at(90, act("S-2", "sign_for", "T-1", "mill"), act("S-3", "sign_for", "T-1", "west")),
        expect(
            case("T-1", stage="signed_for", lead_unit="west", proposed_unit=None),
            refused(("S-2", "not_the_lead")),
            orders(
                "mill",
                "new lead T-1",
                "reopened lead T-1",
                "reopened lead T-1",
                "withdrawn former T-1",
            ),
        ),
    ),
    story(
        "reopened as often as it may be, it closes as it is",
        wanting(0),
        resolved(1),
        at(10, act("C-1", "callback", "T-1", "hall", terms=said(solved=False))),
        at(11, act("R-2", "resolve", "T-1", "mill")),
        at(20, act("C-2", "callback", "T-1", "hall", terms=said(solved=False))),
        resolved(21, unit="west", number="-3"),
        at(30, act("C-3", "callback", "T-1", "hall", terms=said(solved=False))),
        expect(case("T-1", proposed_unit="hall", lead_unit="west", reopened=3)),
        resolved(31, unit="hall", number="-4"),
        at(40, act("C-4", "callback", "T-1", "hall", terms=said(solved=False))),
        expect(
            case("T-1", stage="closed", reopened=3, closed=40, lead_unit="hall"),
            why("T-1", "called_back", "not_solved"),
            why("T-1", "closed", "reopened_enough", "reopened 3 time(s)"),
        ),
        at(50, act("C-5", "reopen", "T-1", "hall")),
        expect(refused(("C-5", "at_the_top"))),
    ),
    story(
        "the centre opens a case again by hand, resolved or closed, until it is archived",
        at(0, ticket("T-1", "noise", mill())),
        resolved(1),
        at(5, act("C-1", "reopen", "T-1", "hall")),
        expect(case("T-1", stage="in_work", reopened=1, due=hours(8), met=(None,))),
        at(6, act("R-2", "resolve", "T-1", "mill"), act("E-2", "close", "T-1", "mill")),
        at(days(1), act("L-1", "look_back", "T-1", "hall", terms=IN_ORDER)),
        at(days(6), act("C-2", "reopen", "T-1", "hall")),
        expect(
            case("T-1", stage="dispatched", proposed_unit="west", reopened=2, closed=None),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "resolved",
                "reopened",
                "resolved",
                "closed look_back_due",
                "looked_back",
                "routed reopened",
            ),
        ),
        resolved(days(6) + 10, unit="west", number="-3"),
        at(days(6) + 20, act("E-3", "close", "T-1", "west")),
        at(days(7), act("L-2", "look_back", "T-1", "hall", terms=IN_ORDER)),
        at(days(14), act("C-3", "reopen", "T-1", "hall")),
        expect(refused(("C-3", "already_closed"))),
    ),
    story(
        "what was reopened and major hazards are looked at again, and not archived before",
        at(0, inspection("I-1", "bakery", mill(), major("hazard.exit"))),
        at(0, inspection("I-2", "cinema", mill(300), general("hazard.exit"))),
        resolved(1, "I-1#0", "fire-brigade"),
        resolved(1, "I-2#0", "fire-brigade", "-2"),
        at(3, act("E-1", "close", "I-1#0", "fire-brigade"), act("E-2", "close", "I-2#0", "fire-brigade")),
        expect(
            life(
                "I-1#0",
                "opened dispatched escalated joint_plan",
                "signed_for",
                "resolved",
                "closed look_back_due",
            ),
            why("I-1#0", "look_back_due", "look_back_always", "2026-04-01 08:03 UTC"),
            life("I-2#0", "opened dispatched", "signed_for", "resolved", "closed"),
            orders("hall", "escalated supervisor I-1#0", "to_look_back centre I-1#0"),
        ),
        at(days(20), act("L-1", "look_back", "I-1#0", "fire-brigade", terms=IN_ORDER)),
        at(days(20), act("L-2", "look_back", "I-1#0", "hall")),
        at(days(21), act("L-3", "look_back", "I-1#0", "mill", terms=IN_ORDER)),
        expect(
            case("I-1#0", stage="closed"),
            why("I-1#0", "looked_back", "look_back_passed"),
            refused(("L-1", "not_the_lead"), ("L-2", "missing_terms")),
        ),
        at(days(22), act("L-4", "look_back", "I-1#0", "mill", terms=IN_ORDER)),
        expect(refused(("L-1", "not_the_lead"), ("L-2", "missing_terms"), ("L-4", "already_closed"))),
    ),
    story(
        "a look-back that is not in order opens the case again one level up",
        at(0, inspection("I-1", "bakery", mill(), major("hazard.exit"))),
        resolved(1, "I-1#0", "fire-brigade"),
        at(3, act("E-1", "close", "I-1#0", "fire-brigade")),
        at(days(10), act("L-1", "look_back", "I-1#0", "mill", terms=NOT_IN_ORDER)),
        at(days(10), act("L-1", "look_back", "I-1#0", "mill", terms=NOT_IN_ORDER)),
        expect(
            case("I-1#0", stage="dispatched", lead_unit="fire-brigade", proposed_unit="hall", reopened=1),
            why("I-1#0", "looked_back", "look_back_failed"),
            why("I-1#0", "reopened", "look_back_failed", "one level up, to hall"),
            refused(("L-1", "duplicate")),
        ),
    ),
    story(
        "nobody looks back in time: a breach, and the case is archived",
        at(0, inspection("I-1", "bakery", mill(), major("hazard.exit"))),
        resolved(1, "I-1#0", "fire-brigade"),
        at(3, act("E-1", "close", "I-1#0", "fire-brigade")),
        by(
            days(31),
            life(
                "I-1#0",
                "opened dispatched escalated joint_plan",
                "signed_for",
                "resolved",
                "closed look_back_due",
                "warned",
                "breached",
            ),
            orders(
                "hall",
                "escalated supervisor I-1#0",
                "to_look_back centre I-1#0",
                "warned centre I-1#0",
                "breached centre I-1#0",
            ),
        ),
    ),
)
