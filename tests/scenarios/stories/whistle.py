"""Whistle 吹哨报到: who is called, who comes in time, late or not at all, who co-signs, who is graded."""

from __future__ import annotations

from tests.scenarios.brook import heath, mill
from tests.scenarios.expectations import case, ended, life, orders, rang, refused, why
from tests.scenarios.language import Step, Told, at, by, days, expect, hours, just_after, minute, story
from tests.scenarios.reports import act, close, ticket

from hub.contracts.action_terms import ActionTerms, Grounds, Ruling


def _whistle(id: str, unit: str, *units: str, **terms: object) -> Told:
    return act(id, "whistle", "T-1", unit, terms=ActionTerms.model_validate({"units": units, **terms}))


def _grade(id: str, unit: str, to_unit: str, grade: int) -> Told:
    return act(id, "grade", "T-1", unit, terms=ActionTerms(to_unit=to_unit, grade=grade))


def _cosign(id: str, unit: str, *, passed: bool | None = None, done: float | None = None) -> Told:
    return act(id, "cosign", "T-1", unit, done=done, terms=ActionTerms(passed=passed))


def _begun() -> tuple[Step, ...]:
    """A burst main of the water works in Mill: their limit is 24 hours."""
    return (
        *at(0, ticket("T-1", "water.burst", mill(), wants_callback=True)),
        *at(1, act("A-1", "sign_for", "T-1", "water-works")),
    )


_CALLED = at(10, _whistle("W-1", "mill", "fire-brigade", "west", evidence="plan-7"))
_BOTH_COME = (
    *at(20, act("R-1", "report_in", "T-1", "fire-brigade")),
    *at(30, act("R-2", "report_in", "T-1", "west")),
)


STORIES = (
    story(
        "a town whistles, the departments come, co-sign that it is done, and are graded",
        _begun(),
        _CALLED,
        expect(
            case("T-1", stage="whistled", lead_unit="water-works"),
            why(
                "T-1",
                "whistled",
                "allowed_move",
                "mill calls fire-brigade, west to MILL, cell 0014-0066, by 2026-03-02 10:10 UTC; "
                "quorum 2; lead water-works; joint plan plan-7",
            ),
            orders("fire-brigade", "whistled summoned T-1"),
            orders("west", "whistled summoned T-1"),
        ),
        at(20, act("R-1", "report_in", "T-1", "fire-brigade")),
        expect(case("T-1", stage="whistled")),
        at(30, act("R-2", "report_in", "T-1", "west")),
        expect(
            case("T-1", stage="in_work", lead_unit="water-works"),
            why("T-1", "reported_in", "arrived_in_time", "west, in time"),
            why("T-1", "quorum_reached", "quorum_came", "2 of 2 came, 2 are enough"),
        ),
        at(40, act("L-1", "leave", "T-1", "west")),
        at(60, act("A-2", "resolve", "T-1", "water-works")),
        expect(
            case("T-1", stage="cosigning", met=(True,), lead_unit="water-works"),
            why("T-1", "resolved", "allowed_move", "2 of fire-brigade, west must co-sign"),
            orders("hall"),
        ),
        at(70, _cosign("C-1", "fire-brigade")),
        expect(case("T-1", stage="cosigning"), orders("hall")),
        at(80, _cosign("C-2", "west", passed=True)),
        expect(
            case("T-1", stage="resolved", met=(True,)),
            orders("hall", "to_call_back centre T-1"),
            orders("west", "whistled summoned T-1", "to_cosign summoned T-1"),
        ),
        at(90, act("A-3", "close", "T-1", "hall"), _grade("G-1", "mill", "fire-brigade", 5)),
        at(91, _grade("G-2", "mill", "west", 2), _grade("G-3", "mill", "west", 5)),
        expect(
            case("T-1", stage="closed", closed=90, met=(True,)),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "whistled",
                "reported_in",
                "reported_in quorum_reached",
                "left",
                "resolved",
                "cosigned",
                "cosigned",
                "closed",
                "graded",
                "graded",
            ),
            why("T-1", "graded", "allowed_move", "west: 2 of 5"),
            rang("T-1"),
            refused(("G-3", "done_before")),
            ended("units", accepted=11, rejected=1),
        ),
        at(days(8), _grade("G-4", "mill", "west", 4)),
        expect(refused(("G-3", "done_before"), ("G-4", "already_closed"))),
    ),
    story(
        "who does not come in time is absent, and without the quorum the case is raised",
        _begun(),
        at(10, _whistle("W-1", "mill", "fire-brigade", "west", "east", hours=1, quorum=2)),
        at(40, act("R-1", "report_in", "T-1", "fire-brigade")),
        by(
            hours(2),
            case("T-1", stage="in_work", lead_unit="water-works", supervisor="hall", level=1),
            rang(
                "T-1",
                ("arrive", "warned", minute(55)),
                ("arrive", "breached", minute(just_after(70))),
            ),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "whistled",
                "reported_in",
                "warned",
                "breached absent absent whistle_ended escalated",
            ),
            why("T-1", "absent", "not_come", "east has not reported in"),
            why("T-1", "whistle_ended", "quorum_missed", "1 of 3 came, quorum 2"),
            why("T-1", "escalated", "quorum_missed", "level 1, to hall"),
            orders("fire-brigade", "whistled summoned T-1"),
            orders("west", "whistled summoned T-1", "warned summoned T-1", "changed summoned T-1"),
        ),
        at(hours(2) + 1, act("R-2", "report_in", "T-1", "west"), act("R-3", "report_in", "T-1", "west")),
        expect(
            why("T-1", "reported_in", "arrived_late", "west, 51 min late"),
            why("T-1", "quorum_reached", "quorum_came", "2 of 3 came, 2 are enough"),
            refused(("R-3", "done_before")),
        ),
        at(hours(3), act("A-2", "resolve", "T-1", "water-works"), _cosign("C-1", "east")),
        at(hours(3) + 1, _cosign("C-2", "west"), _cosign("C-3", "fire-brigade")),
        expect(
            case("T-1", stage="resolved"),
            refused(("R-3", "done_before"), ("C-1", "nothing_pending")),
        ),
        at(hours(4), _grade("G-1", "mill", "east", 1)),
        expect(why("T-1", "graded", "allowed_move", "east: 1 of 5")),
    ),
    story(
        "work goes on with the quorum, whoever is missing is awaited until the limit",
        _begun(),
        at(10, _whistle("W-1", "mill", "fire-brigade", "west", "east", quorum=1)),
        at(20, act("R-1", "report_in", "T-1", "west")),
        expect(case("T-1", stage="in_work")),
        at(30, _whistle("W-2", "mill", "quay")),
        by(
            hours(4),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "whistled",
                "reported_in quorum_reached",
                "warned",
                "breached absent absent whistle_ended",
            ),
            why("T-1", "whistle_ended", "limit_passed", "1 of 3 came, quorum 1"),
            case("T-1", stage="in_work", level=0),
            refused(("W-2", "still_pending")),
        ),
        at(hours(5), _whistle("W-3", "mill", "quay"), act("R-2", "report_in", "T-1", "west")),
        at(hours(5) + 1, act("R-3", "report_in", "T-1", "quay", done=hours(5) - 1)),
        at(hours(5) + 2, act("R-4", "report_in", "T-1", "quay")),
        expect(
            case("T-1", stage="in_work"),
            refused(("W-2", "still_pending"), ("R-2", "not_the_lead"), ("R-3", "overtaken")),
        ),
    ),
    story(
        "a whistle nobody came to needs no co-signing",
        _begun(),
        _CALLED,
        by(hours(3), case("T-1", stage="in_work", level=1)),
        at(hours(4), act("A-2", "resolve", "T-1", "water-works")),
        expect(
            case("T-1", stage="resolved", met=(True,)),
            orders("hall", "escalated supervisor T-1", "to_call_back centre T-1"),
        ),
        at(hours(5), act("R-1", "report_in", "T-1", "west")),
        expect(refused(("R-1", "stage_forbids"))),
    ),
    story(
        "the case is done before all have come: the others need not come",
        _begun(),
        at(10, _whistle("W-1", "water-works", "fire-brigade", "west", quorum=1)),
        at(20, act("R-1", "report_in", "T-1", "west")),
        at(30, act("A-2", "resolve", "T-1", "water-works")),
        expect(
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "whistled",
                "reported_in quorum_reached",
                "whistle_ended resolved",
            ),
            why("T-1", "whistle_ended", "not_needed"),
            orders("fire-brigade", "whistled summoned T-1", "changed summoned T-1"),
            orders("west", "whistled summoned T-1", "to_cosign summoned T-1"),
        ),
        by(
            days(3),
            life(
                "T-1",
                "opened dispatched",
                "signed_for",
                "whistled",
                "reported_in quorum_reached",
                "whistle_ended resolved",
                "warned",
                "breached cosigned",
                "warned",
                "breached closed",
            ),
            why("T-1", "cosigned", "silence_consents", "west said nothing"),
            orders(
                "west",
                "whistled summoned T-1",
                "to_cosign summoned T-1",
                "warned summoned T-1",
                "breached summoned T-1",
                "closed summoned T-1",
            ),
            case("T-1", met=(True,)),
        ),
    ),
    story(
        "who says that it is not done sends it back to work, on the old limit",
        at(0, ticket("T-1", "noise", mill()), ticket("T-2", "noise", mill(5))),
        at(1, act("A-1", "sign_for", "T-1", "mill")),
        at(2, _whistle("W-1", "mill", "fire-brigade", "west")),
        at(5, act("R-1", "report_in", "T-1", "west"), act("R-2", "report_in", "T-1", "fire-brigade")),
        at(10, close("C-0", "T-2", mill(5))),
        at(30, act("A-2", "resolve", "T-1", "mill"), _cosign("C-1", "fire-brigade")),
        expect(case("T-1", stage="cosigning", met=(True, True))),
        at(hours(7), _cosign("C-2", "west", passed=False)),
        expect(
            case("T-1", stage="in_work", met=(None, True), due=hours(8), lead_unit="mill"),
            why("T-1", "cosign_refused", "not_done", "west: not done"),
        ),
        at(hours(7) + 5, act("A-3", "resolve", "T-1", "mill")),
        at(hours(7) + 6, _cosign("C-3", "fire-brigade", done=hours(7) + 1)),
        at(hours(7) + 7, _cosign("C-4", "fire-brigade"), _cosign("C-5", "fire-brigade")),
        at(hours(7) + 8, _cosign("C-6", "west"), _cosign("C-7", "west")),
        expect(
            case("T-1", stage="resolved", met=(True, True)),
            refused(("C-3", "overtaken"), ("C-5", "done_before"), ("C-7", "stage_forbids")),
        ),
    ),
    story(
        "the limit does not wait for a refused co-signing",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill"), _whistle("W-1", "mill", "west")),
        at(5, act("R-1", "report_in", "T-1", "west")),
        at(hours(7), act("A-2", "resolve", "T-1", "mill")),
        at(hours(10), _cosign("C-1", "west", passed=False)),
        by(
            hours(11),
            case("T-1", stage="in_work", met=(False,), level=1),
            rang(
                "T-1",
                ("resolve", "warned", minute(hours(6))),
                ("resolve", "breached", minute(hours(10))),
            ),
        ),
    ),
    story(
        "who comes while the quorum is told has come in time, also to a case that was objected to",
        _begun(),
        at(
            2,
            act("O-1", "hand_back", "T-1", "water-works", terms=ActionTerms(grounds=Grounds.NOT_OUR_DUTY)),
            act("O-2", "rule", "T-1", "hall", terms=ActionTerms(ruling=Ruling.REJECT)),
        ),
        at(10, _whistle("W-1", "mill", "fire-brigade", "west", quorum=1)),
        at(20, act("R-1", "report_in", "T-1", "west")),
        at(21, act("R-2", "report_in", "T-1", "fire-brigade", done=19)),
        expect(
            why("T-1", "reported_in", "arrived_in_time", "fire-brigade, in time"),
            case("T-1", stage="in_work"),
            refused(),
        ),
    ),
    story(
        "a village whistles, too",
        at(0, ticket("T-1", "lamp", heath())),
        at(1, act("A-1", "sign_for", "T-1", "heath")),
        at(2, _whistle("W-1", "heath-village", "water-works")),
        at(3, act("R-1", "report_in", "T-1", "water-works"), _grade("G-1", "heath", "water-works", 1)),
        at(4, _grade("G-2", "heath-village", "water-works", 4)),
        expect(
            case("T-1", stage="in_work", lead_unit="heath"),
            refused(("G-1", "not_the_lead")),
            orders("heath-village", "changed whistler T-1"),
        ),
    ),
    story(
        "a whistle against the rules calls nobody",
        at(0, ticket("T-1", "water.burst", mill())),
        at(1, _whistle("W-1", "mill", "west")),
        at(2, act("A-1", "sign_for", "T-1", "water-works")),
        at(3, _whistle("W-2", "heath", "west"), _whistle("W-3", "west", "east"), _whistle("W-4", "mill")),
        at(4, _whistle("W-5", "mill", "nobody", "west"), _whistle("W-6", "mill", "water-works")),
        at(5, _whistle("W-7", "mill", "mill"), _whistle("W-8", "mill", "west", "west")),
        at(6, _whistle("W-9", "mill", "west", quorum=2), act("R-1", "report_in", "T-1", "west")),
        at(7, _whistle("W-10", "mill", "west", "east"), _whistle("W-10", "mill", "west", "east")),
        at(8, act("R-2", "report_in", "T-1", "quay"), act("L-1", "leave", "T-1", "west")),
        at(9, act("R-3", "report_in", "T-1", "west"), act("R-3", "report_in", "T-1", "west")),
        at(10, act("L-2", "leave", "T-1", "west"), act("L-3", "leave", "T-1", "west")),
        at(11, _grade("G-1", "mill", "quay", 3), _cosign("C-1", "west")),
        expect(
            life("T-1", "opened dispatched", "signed_for", "whistled", "reported_in", "left"),
            refused(
                ("W-1", "stage_forbids"),
                ("W-2", "not_the_lead"),
                ("W-3", "not_the_lead"),
                ("W-4", "missing_terms"),
                ("W-5", "unknown_unit"),
                ("W-6", "unfit_terms"),
                ("W-7", "unfit_terms"),
                ("W-8", "unfit_terms"),
                ("W-9", "unfit_terms"),
                ("R-1", "not_the_lead"),
                ("W-10", "duplicate"),
                ("R-2", "not_the_lead"),
                ("L-1", "nothing_pending"),
                ("R-3", "duplicate"),
                ("L-3", "done_before"),
                ("G-1", "unfit_terms"),
                ("C-1", "stage_forbids"),
            ),
        ),
    ),
    story(
        "its publisher closes the case while departments are under way: they hear of it",
        at(0, ticket("T-1", "noise", mill())),
        at(1, act("A-1", "sign_for", "T-1", "mill"), _whistle("W-1", "mill", "west")),
        at(5, close("C-1", "T-1", mill())),
        by(
            days(1),
            life("T-1", "opened dispatched", "signed_for", "whistled", "signal_closed closed"),
            orders("west", "whistled summoned T-1", "closed summoned T-1"),
        ),
    ),
)
