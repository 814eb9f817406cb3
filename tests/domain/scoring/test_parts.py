"""What a case counts for, rule by rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from tests.domain.scoring.lives import OPENED, breached, event, move, rules

from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.reasons import Reason
from hub.contracts.scores import CaseScore, ScorePart
from hub.domain.scoring.facts import REMEMBERED, row_after
from hub.domain.scoring.parts import parts_of

OPEN = event(0, EventKind.OPENED, EventKind.DISPATCHED, stage=Stage.DISPATCHED)


def row_of(*events: CaseEvent) -> CaseScore:
    row: CaseScore | None = None
    for one in events:
        row = row_after(rules(), row, one)
    assert row is not None
    return row


def parts(*events: CaseEvent, unreached_counts: bool = False) -> tuple[ScorePart, ...]:
    return parts_of(row_of(OPEN, *events), unreached_counts=unreached_counts)


def counted(*events: CaseEvent, unreached_counts: bool = False) -> Mapping[str, int]:
    """What the lead counts, but for what is 0."""
    lead = parts(*events, unreached_counts=unreached_counts)[0]
    return {name: count for name, count in lead.counts.model_dump().items() if count}


ASSESSED = {"cases": 1, "signals": 1, "appeals": 1, "assessed": 1}


def test_an_open_case_is_assessed() -> None:
    assert counted() == {**ASSESSED, "open": 1}
    assert [part.unit for part in parts()] == ["lighting"]


def test_a_case_counts_on_the_day_of_its_first_signal_in_the_city() -> None:
    assert row_of(OPEN).day == "2026-03-02"
    later = OPENED + timedelta(days=2)
    assert row_of(OPEN, event(1, EventKind.SPLIT_OFF, opened=later)).day == "2026-03-04"


def test_a_case_counts_where_its_newest_event_says() -> None:
    row = row_of(OPEN, event(1, EventKind.ROUTED, lead_unit="water", category="water.leak", signals=3))
    assert (row.lead_unit, row.category, row.signals) == ("water", "water.leak", 3)


def test_a_joined_case_counts_nothing_until_it_is_split_off_again() -> None:
    joined = event(1, EventKind.JOINED_TO, stage=Stage.JOINED)
    assert parts(joined) == ()
    assert counted(joined, event(2, EventKind.RESTORED)) == {**ASSESSED, "open": 1}


def test_an_invalid_case_is_not_assessed() -> None:
    found = counted(
        event(1, EventKind.BREACHED, **breached("resolve")),
        event(2, EventKind.INVALIDATED, stage=Stage.INVALID),
    )
    assert found == {"cases": 1, "signals": 1, "appeals": 1, "invalid": 1}


def test_an_excluded_case_is_not_assessed_and_its_request_is_counted() -> None:
    asked = event(1, EventKind.EXCLUSION_ASKED)
    assert counted(asked)["exclusion_asked"] == 1
    assert counted(asked, event(2, EventKind.EXCLUSION_REFUSED))["assessed"] == 1
    granted = counted(asked, event(2, EventKind.EXCLUDED), event(3, EventKind.CLOSED, stage=Stage.CLOSED))
    assert granted == {"cases": 1, "signals": 1, "appeals": 1, "exclusion_asked": 1, "excluded": 1}


@pytest.mark.parametrize(("clock", "overdue"), [("resolve", 1), ("sign_for", 0), ("callback", 0)])
def test_overdue_is_by_the_limit_to_resolve_and_for_good(clock: str, overdue: int) -> None:
    late = event(1, EventKind.BREACHED, EventKind.ESCALATED, level=1, **breached(clock))
    found = counted(late, event(2, EventKind.REOPENED, level=1))
    assert (found.get("overdue", 0), found["escalated"], found["reopened"]) == (overdue, 1, 1)


def test_a_unit_whose_name_is_a_clock_s_breaches_nothing() -> None:
    assert "overdue" not in counted(event(1, EventKind.BREACHED, source="units", source_id="resolve/1"))


def test_repeats_and_hazards_are_those_of_the_newest_event() -> None:
    tagged = event(1, EventKind.JOINED, tags=(CaseTag.REPEAT,), hazard=HazardGrade.GENERAL)
    assert counted(tagged).keys() >= {"repeat", "hazards"}
    closed = event(2, EventKind.CLOSED, stage=Stage.CLOSED, hazard=HazardGrade.GENERAL)
    assert counted(tagged, closed)["hazards_closed"] == 1
    assert "repeat" not in counted(tagged, closed)


def called(seq: int, **answers: bool | None) -> CaseEvent:
    said = Answers.model_validate({"reached": True, **answers})
    return event(seq, EventKind.CALLED_BACK, stage=Stage.CLOSED, answers=said)


def test_of_each_question_the_newest_answer_counts() -> None:
    found = counted(
        called(1, contacted=True, solved=False, satisfied=False),
        called(2, contacted=None, solved=True, satisfied=None),
        called(3, reached=False),
    )
    answers = {name: found.get(name, 0) for name in ("asked", "contacted", "asked_solved", "solved")}
    assert answers == {"asked": 1, "contacted": 1, "asked_solved": 1, "solved": 1}
    assert (found["asked_satisfied"], found.get("satisfied", 0), found.get("unreached", 0)) == (1, 0, 0)


@pytest.mark.parametrize(("rule", "denominator"), [(False, 0), (True, 1)])
def test_who_was_never_reached_is_unsolved_where_the_city_says_so(rule: bool, denominator: int) -> None:
    found = counted(called(1, reached=False), unreached_counts=rule)
    assert found["unreached"] == 1
    assert found.get("asked_solved", 0) == found.get("asked_satisfied", 0) == denominator
    assert not {"solved", "satisfied", "asked"} & found.keys()


def test_an_open_case_is_not_unreached_yet() -> None:
    tried = event(1, EventKind.CALLED_BACK, stage=Stage.RESOLVED, answers=Answers(reached=False))
    assert "unreached" not in counted(tried, unreached_counts=True)


def test_handling_ends_with_the_newest_resolution_else_with_the_closing() -> None:
    first, again = (event(n, EventKind.RESOLVED, minutes=10 * n, stage=Stage.RESOLVED) for n in (1, 2))
    closed = event(3, EventKind.CLOSED, minutes=90, stage=Stage.CLOSED)
    assert parts(first, again)[0].handling_s is None
    assert parts(first, again, closed)[0].handling_s == 20 * 60
    assert parts(closed)[0].handling_s == 90 * 60
    assert parts(event(1, EventKind.CLOSED, minutes=-5, stage=Stage.CLOSED))[0].handling_s == 1.0


def test_objections_count_with_the_unit_that_made_them() -> None:
    found = parts(
        event(1, EventKind.OBJECTED, stage=Stage.OBJECTED, actor="lighting"),
        event(2, EventKind.OBJECTION_UPHELD, EventKind.ROUTED, actor="hall"),
        event(3, EventKind.ACCOUNTABLE, lead_unit="water"),
        event(4, EventKind.HANDED_BACK, stage=Stage.OBJECTED, actor="water", lead_unit="water"),
        event(5, EventKind.OBJECTION_REJECTED, actor="hall", lead_unit="water"),
    )
    told = {part.unit: (part.counts.objected, part.counts.upheld, part.counts.rejected) for part in found}
    assert told == {"water": (1, 0, 1), "lighting": (1, 1, 0)}
    assert [part.counts.cases for part in found] == [1, 0]


def test_arrivals_count_with_the_unit_that_was_summoned() -> None:
    found = parts(
        event(1, move(EventKind.REPORTED_IN, Reason.ARRIVED_IN_TIME, "water"), actor="water"),
        event(2, move(EventKind.REPORTED_IN, Reason.ARRIVED_LATE, "roads"), actor="roads"),
        event(3, move(EventKind.ABSENT, Reason.NOT_COME, "parks"), **breached("arrive")),
    )
    told = {
        part.unit: (part.counts.summoned, part.counts.arrived, part.counts.arrived_late) for part in found[1:]
    }
    assert told == {"water": (1, 1, 0), "roads": (1, 1, 1), "parks": (1, 0, 0)}


def test_a_case_is_forgotten_once_it_is_over_for_good() -> None:
    closed = event(1, EventKind.CLOSED, minutes=5, stage=Stage.CLOSED)
    assert row_of(OPEN).forget_at is None
    assert row_of(OPEN, closed).forget_at == closed.at + REMEMBERED
    assert row_of(OPEN, closed, event(2, EventKind.REOPENED)).forget_at is None
    assert row_of(OPEN, event(1, EventKind.JOINED_TO, stage=Stage.JOINED)).forget_at is None
