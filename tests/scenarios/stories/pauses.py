"""Suspension 挂起 and extension 延期: what stands still meanwhile, what is capped, what ends by itself."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, life, orders, rang, refused, why
from tests.scenarios.language import Step, Told, at, by, days, expect, hours, just_after, minute, story
from tests.scenarios.reports import act, close, ticket

from hub.contracts.action_terms import ActionTerms, Grounds, Ruling


def _suspend(id: str, number: float, unit: str = "mill") -> Told:
    terms = ActionTerms(grounds=Grounds.WAITS_FOR_SEASON, hours=number)
    return act(id, "suspend", "T-1", unit, terms=terms)


def _ask(id: str, number: float, unit: str = "mill") -> Told:
    terms = ActionTerms(grounds=Grounds.NEEDS_A_PLAN, hours=number, evidence="permit-3")
    return act(id, "ask_extension", "T-1", unit, terms=terms)


def _rule(id: str, ruling: str, unit: str = "hall") -> Told:
    return act(id, "rule_extension", "T-1", unit, terms=ActionTerms(ruling=Ruling(ruling)))


def _begun(category: str = "noise") -> tuple[Step, ...]:
    """Noise in Mill: its office has 8 hours."""
    return (
        *at(0, ticket("T-1", category, mill())),
        *at(1, act("A-1", "sign_for", "T-1", "mill")),
    )


STORIES = (
    story(
        "a case that is suspended rests, and its limit with it",
        _begun(),
        at(hours(2), _suspend("P-1", 10)),
        expect(
            case("T-1", stage="suspended", lead_unit="mill", due=hours(8), next_due=minute(hours(12))),
            why("T-1", "suspended", "allowed_move", "waits_for_season, until 2026-03-02 20:00 UTC at most"),
        ),
        by(hours(7), life("T-1", "opened dispatched", "signed_for", "suspended")),
        at(hours(7), act("P-2", "resume", "T-1", "mill")),
        expect(
            case("T-1", stage="signed_for", due=hours(13)),
            why("T-1", "resumed", "allowed_move", "to be resolved by 2026-03-02 21:00 UTC"),
        ),
        by(
            hours(14),
            rang(
                "T-1",
                ("resolve", "warned", minute(hours(11))),
                ("resolve", "breached", minute(just_after(hours(13)))),
            ),
            case("T-1", met=(False,), level=1),
            refused(),
        ),
    ),
    story(
        "a suspension that nobody ends is over by itself",
        _begun(),
        at(10, act("A-2", "start", "T-1", "mill")),
        at(hours(7), _suspend("P-1", 24)),
        by(
            hours(40),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "started",
                "warned",
                "suspended",
                "resumed",
                "breached escalated",
            ),
            why("T-1", "resumed", "suspension_over"),
            case("T-1", stage="in_work", due=hours(32)),
            rang(
                "T-1",
                ("resolve", "warned", minute(hours(6))),
                ("suspend", "resumed", minute(just_after(hours(31)))),
                ("resolve", "breached", minute(just_after(hours(32)))),
            ),
        ),
    ),
    story(
        "limits in working time are put off by the working time that a case rested",
        _begun("paving"),
        expect(case("T-1", due=hours(32))),
        at(hours(4), _suspend("P-1", 41), _suspend("P-2", 40)),
        expect(
            case("T-1", stage="suspended", next_due=minute(days(7) + hours(4))),
            refused(("P-1", "over_cap")),
        ),
        at(hours(26), act("P-3", "resume", "T-1", "hall")),
        expect(case("T-1", stage="signed_for", due=hours(54))),
        at(hours(27), _ask("E-1", 16.5), _ask("E-2", 16)),
        at(hours(28), _rule("E-3", "uphold")),
        expect(
            case("T-1", due=days(4) + hours(6)),
            refused(("P-1", "over_cap"), ("E-1", "over_cap")),
        ),
    ),
    story(
        "a signal that joins a suspended case is put off from then on, one closed meanwhile is not",
        at(0, ticket("T-1", "noise", mill()), ticket("T-2", "noise", mill(5))),
        at(1, act("A-1", "sign_for", "T-1", "mill")),
        at(hours(1), _suspend("P-1", 48)),
        at(hours(1.5), ticket("T-3", "noise", mill(10)), close("C-1", "T-2", mill(5))),
        at(hours(3), act("P-2", "resume", "T-1", "mill")),
        expect(case("T-1", members=("T-1", "T-2", "T-3"), due=hours(10), met=(None, True, None))),
        at(hours(4), close("C-2", "T-1", mill())),
        expect(case("T-1", due=hours(11), met=(True, True, None))),
    ),
    story(
        "suspensions are capped in length and number, and only who may ends them",
        _begun(),
        at(2, _suspend("P-1", 361), _suspend("P-2", 1, "quay"), act("P-3", "resume", "T-1", "mill")),
        at(3, act("P-4", "suspend", "T-1", "mill", terms=ActionTerms(hours=2))),
        at(4, _suspend("P-5", 360), _suspend("P-5", 360), _suspend("P-6", 1)),
        at(10, act("P-7", "resume", "T-1", "quay"), act("P-8", "resume", "T-1", "mill", done=3)),
        at(11, act("P-9", "resume", "T-1", "mill"), act("P-9", "resume", "T-1", "mill")),
        at(12, _suspend("P-10", 1), act("P-11", "resume", "T-1", "mill"), _suspend("P-12", 1)),
        expect(
            case("T-1", stage="signed_for", due=hours(8) + 7),
            life("T-1", "opened dispatched", "signed_for", "suspended", "resumed", "suspended", "resumed"),
            refused(
                ("P-1", "over_cap"),
                ("P-2", "not_the_lead"),
                ("P-3", "stage_forbids"),
                ("P-4", "missing_terms"),
                ("P-5", "duplicate"),
                ("P-6", "stage_forbids"),
                ("P-7", "not_the_lead"),
                ("P-8", "overtaken"),
                ("P-9", "duplicate"),
                ("P-12", "over_cap"),
            ),
        ),
    ),
    story(
        "more time is asked for, granted, and the limit warns anew",
        _begun(),
        at(hours(7), _ask("E-1", 8)),
        expect(
            case("T-1", stage="signed_for", due=hours(8)),
            why(
                "T-1",
                "extension_asked",
                "allowed_move",
                "8 h, needs_a_plan, document permit-3; to be ruled on by 2026-03-02 16:00 UTC",
            ),
            orders("hall", "to_rule reviewer T-1"),
        ),
        at(hours(7.5), _rule("E-2", "uphold"), _rule("E-3", "reject")),
        expect(
            case("T-1", stage="signed_for", due=hours(16)),
            why("T-1", "extended", "allowed_move", "8 h, to be resolved by 2026-03-03 00:00 UTC"),
            refused(("E-3", "nothing_pending")),
        ),
        at(hours(8.5), _ask("E-4", 1)),
        by(
            hours(17),
            rang(
                "T-1",
                ("resolve", "warned", minute(hours(6))),
                ("resolve", "warned", minute(hours(12))),
                ("resolve", "breached", minute(just_after(hours(16)))),
            ),
            refused(("E-3", "nothing_pending"), ("E-4", "over_cap")),
        ),
    ),
    story(
        "no ruling is none: without one the request lapses with the limit it is about",
        _begun(),
        at(hours(1), _ask("E-1", 2)),
        at(hours(2), _rule("E-2", "reject")),
        expect(why("T-1", "extension_refused", "allowed_move", "2 h, needs_a_plan")),
        at(hours(4), _ask("E-3", 2)),
        by(
            hours(9),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "extension_asked",
                "extension_refused",
                "extension_asked",
                "warned",
                "warned",
                "breached extension_refused",
                "breached escalated",
            ),
            why("T-1", "extension_refused", "no_ruling"),
            case("T-1", due=hours(8), met=(False,)),
        ),
        at(hours(9), _ask("E-4", 2), _rule("E-5", "uphold")),
        expect(refused(("E-4", "too_late"), ("E-5", "nothing_pending"))),
    ),
    story(
        "requests for time against the rules change nothing, and one that is resolved needs none",
        _begun(),
        at(2, _ask("E-1", 8.5), _ask("E-2", 1, "quay"), _rule("E-3", "uphold")),
        at(3, _ask("E-4", 8), _ask("E-4", 8), _ask("E-5", 1)),
        at(4, _rule("E-6", "uphold", "mill"), _rule("E-7", "unknown")),
        at(5, act("A-2", "resolve", "T-1", "mill"), _rule("E-8", "uphold")),
        expect(
            case("T-1", stage="resolved", met=(True,), due=hours(8)),
            refused(
                ("E-1", "over_cap"),
                ("E-2", "not_the_lead"),
                ("E-3", "nothing_pending"),
                ("E-4", "duplicate"),
                ("E-5", "still_pending"),
                ("E-6", "not_the_lead"),
                ("E-7", "unfit_terms"),
                ("E-8", "nothing_pending"),
            ),
        ),
    ),
)
