"""Exclusion 剔除: a unit asks that a case does not count in its score; the reviewer rules, or it counts."""

from __future__ import annotations

from tests.scenarios.brook import mill
from tests.scenarios.expectations import case, life, orders, rang, refused, why
from tests.scenarios.language import Step, Told, at, by, days, expect, hours, just_after, minute, story
from tests.scenarios.reports import act, ticket

from hub.contracts.action_terms import ActionTerms, Grounds, Ruling


def _ask(id: str, unit: str = "mill") -> Told:
    terms = ActionTerms(grounds=Grounds.NOT_A_MATTER, evidence="letter-9")
    return act(id, "ask_exclusion", "T-1", unit, terms=terms)


def _rule(id: str, ruling: str, unit: str = "hall") -> Told:
    return act(id, "rule_exclusion", "T-1", unit, terms=ActionTerms(ruling=Ruling(ruling)))


def _closed(number: float) -> tuple[Step, ...]:
    """Noise in Mill, closed in a minute."""
    return (
        *at(0, ticket("T-1", "noise", mill())),
        *at(1, act("A-1", "sign_for", "T-1", "mill")),
        *at(number, act("A-2", "resolve", "T-1", "mill"), act("A-3", "close", "T-1", "mill")),
    )


STORIES = (
    story(
        "a case is left out of the score of its unit, and goes on",
        at(0, ticket("T-1", "noise", mill())),
        at(1, _ask("X-1")),
        expect(
            case("T-1", stage="dispatched", exclusion="asked"),
            why("T-1", "exclusion_asked", "allowed_move", "not_a_matter, document letter-9"),
            orders("hall", "to_rule reviewer T-1"),
        ),
        at(2, _rule("X-2", "uphold")),
        expect(
            case("T-1", stage="dispatched", exclusion="granted", lead_unit="mill"),
            orders("mill", "new lead T-1", "ruled lead T-1"),
        ),
    ),
    story(
        "it is asked for once, by the lead, and ruled on once, by the reviewer",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("X-1", "ask_exclusion", "T-1", "mill"), _ask("X-2", "quay"), _rule("X-3", "uphold")),
        at(2, _ask("X-4"), _ask("X-4"), _ask("X-5"), _rule("X-6", "uphold", "mill"), _rule("X-7", "unknown")),
        at(3, _rule("X-8", "reject"), _rule("X-9", "uphold"), _ask("X-10")),
        expect(
            case("T-1", exclusion="refused"),
            refused(
                ("X-1", "missing_terms"),
                ("X-2", "not_the_lead"),
                ("X-3", "nothing_pending"),
                ("X-4", "duplicate"),
                ("X-5", "done_before"),
                ("X-6", "not_the_lead"),
                ("X-7", "unfit_terms"),
                ("X-9", "nothing_pending"),
                ("X-10", "done_before"),
            ),
        ),
    ),
    story(
        "without a ruling a case counts, open or closed",
        _closed(hours(1)),
        at(hours(2), _ask("X-1")),
        by(
            days(6),
            rang(
                "T-1",
                ("exclusion", "warned", minute(hours(2 + 54))),
                ("exclusion", "breached", minute(just_after(hours(2 + 72)))),
            ),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "resolved",
                "closed",
                "exclusion_asked",
                "warned",
                "breached exclusion_refused",
            ),
            why("T-1", "exclusion_refused", "no_ruling"),
            case("T-1", stage="closed", closed=hours(1), exclusion="refused"),
        ),
    ),
    story(
        "a closed case is kept until its exclusion is ruled on, and no longer",
        _closed(0.5 * 60),
        at(days(6), _ask("X-1")),
        at(days(8), _rule("X-2", "uphold")),
        expect(case("T-1", exclusion="granted", stage="closed"), refused()),
        by(days(9) + 1, case("T-1", exclusion="granted")),
        at(days(9) + 2, _rule("X-3", "reject")),
        expect(refused(("X-3", "already_closed"))),
    ),
    story(
        "one that was asked for before the case was closed is ruled on afterwards",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill"), _ask("X-1")),
        at(30, act("A-2", "resolve", "T-1", "mill"), act("A-3", "close", "T-1", "mill")),
        by(
            days(4),
            case("T-1", stage="closed", exclusion="refused"),
            rang(
                "T-1",
                ("exclusion", "warned", minute(1 + hours(54))),
                ("exclusion", "breached", minute(just_after(1 + hours(72)))),
            ),
        ),
        at(days(8), _ask("X-2")),
        expect(refused(("X-2", "already_closed"))),
    ),
)
