"""docs/scores.md works four cases by hand: the rules must come to the same figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest
from tests.docs.pages import PROJECT, text_of
from tests.domain.scoring.lives import breached, event, rules
from tests.domain.scoring.rows import ARRIVAL, Rows

from hub.citypack.model import Weights
from hub.contracts.action_terms import Answers
from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.fields import EARLIEST
from hub.contracts.scores import CaseScore, ScoreBy, ScoreCell, ScoreChange, ScoreCounts
from hub.domain.scoring import changes, totals
from hub.domain.scoring.counts import by_name
from hub.domain.scoring.facts import row_after
from hub.domain.scoring.merging import merged_by_subject
from hub.domain.scoring.parts import parts_of
from hub.domain.scoring.periods import Period
from hub.domain.scoring.ranking import Unranked, ranking
from hub.domain.scoring.rates import rates

PAGE = text_of(PROJECT / "docs" / "scores.md")
WEIGHTS = Weights(response=0.2, resolution=0.4, satisfaction=0.4, fewest_assessed=10)
RESIDENTS = 60_000
MARCH = Period.named("2026-03")


def lives() -> dict[str, list[CaseEvent]]:
    """The four cases as their events tell them."""
    return {"A": _a(), "B": _b(), "C": _c(), "D": _d()}


def _a() -> list[CaseEvent]:
    case = _Case("A", datetime(2026, 3, 2, 8, tzinfo=UTC), signals=2, appeals=2)
    return [
        case.event(0, EventKind.OPENED),
        case.event(2, EventKind.RESOLVED, stage=Stage.RESOLVED),
        case.event(3, EventKind.CALLED_BACK, EventKind.CLOSED, **_closed(True, True, True)),
    ]


def _b() -> list[CaseEvent]:
    case = _Case("B", datetime(2026, 3, 2, 9, tzinfo=UTC))
    return [
        case.event(0, EventKind.OPENED),
        case.event(1, EventKind.OBJECTED, stage=Stage.OBJECTED, actor="lighting"),
        case.event(2, EventKind.OBJECTION_REJECTED, actor="hall"),
        case.event(24, EventKind.BREACHED, **breached("resolve")),
        case.event(50, EventKind.RESOLVED, stage=Stage.RESOLVED),
        case.event(51, EventKind.CALLED_BACK, EventKind.REOPENED, answers=_said(True, False, None)),
        case.event(100, EventKind.RESOLVED, stage=Stage.RESOLVED),
        case.event(101, EventKind.CALLED_BACK, EventKind.CLOSED, **_closed(None, True, False)),
    ]


def _c() -> list[CaseEvent]:
    case = _Case("C", datetime(2026, 3, 3, 10, tzinfo=UTC))
    return [
        case.event(0, EventKind.OPENED),
        case.event(1, EventKind.RESOLVED, EventKind.CLOSED, stage=Stage.CLOSED),
        case.event(2, EventKind.EXCLUSION_ASKED, stage=Stage.CLOSED, actor="lighting"),
        case.event(3, EventKind.EXCLUDED, stage=Stage.CLOSED, actor="hall"),
    ]


def _d() -> list[CaseEvent]:
    case = _Case("D", datetime(2026, 3, 3, 11, tzinfo=UTC), appeals=0, hazard=HazardGrade.GENERAL)
    return [case.event(0, EventKind.OPENED), case.event(1, EventKind.SIGNED_FOR)]


class _Case:
    def __init__(self, name: str, opened: datetime, **facts: Any) -> None:
        self._facts = {"case_id": name, "opened": opened, **facts}
        self._events = 0

    def event(self, hours: float, *kinds: EventKind, **fields: Any) -> CaseEvent:
        number, self._events = self._events, self._events + 1
        told = event(number, *kinds, **{**self._facts, **fields})
        at = self._facts["opened"] + timedelta(hours=hours)
        return told.model_copy(update={"at": at})


def _said(contacted: bool | None, solved: bool, satisfied: bool | None) -> Answers:
    return Answers(reached=True, contacted=contacted, solved=solved, satisfied=satisfied)


def _closed(contacted: bool | None, solved: bool, satisfied: bool | None) -> dict[str, Any]:
    return {"stage": Stage.CLOSED, "answers": _said(contacted, solved, satisfied)}


@pytest.fixture(scope="module")
def cells() -> list[ScoreCell]:
    """The newest sums after all events, through both steps."""
    rows, newest = Rows(), {}
    for life in lives().values():
        for one in life:
            scored = changes.handle(rules(), rows, one, ARRIVAL, EARLIEST)
            rows.apply(scored.changes)
            for change in scored.emits:
                assert isinstance(change.value, ScoreChange)
                summed = totals.handle(rows, change.value, ARRIVAL, EARLIEST)
                rows.apply(summed.changes)
                newest.update({emit.key: emit.value for emit in summed.emits})
    return [cell for cell in newest.values() if isinstance(cell, ScoreCell)]


def table(head: str) -> list[list[str]]:
    """The cells of the rows of the table with this head, without backticks."""
    lines = PAGE.split(f"\n{head}\n")[1].splitlines()[1:]
    rows = takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip().strip("`") for cell in row.strip("|").split("|")] for row in rows]


def test_each_case_counts_for_what_the_page_says() -> None:
    told = {name: list(map(int, counts)) for name, *counts in table("| count | A | B | C | D | sum |")}
    found: dict[str, list[int]] = {name: [] for name in ScoreCounts.model_fields}
    for life in lives().values():
        row: CaseScore | None = None
        for one in life:
            row = row_after(rules(), row, one)
        assert row is not None
        (part,) = parts_of(row, unreached_counts=False)
        for name, count in by_name(part.counts).items():
            found[name].append(count)
    assert {name: [*counts, sum(counts)] for name, counts in found.items() if any(counts)} == told


@pytest.mark.parametrize("by", [ScoreBy.UNIT, ScoreBy.TOWN])
def test_the_sums_are_those_of_the_page(cells: list[ScoreCell], by: ScoreBy) -> None:
    (sums,) = merged_by_subject(cells, by, MARCH).values()
    told = {name: int(counts[-1]) for name, *counts in table("| count | A | B | C | D | sum |")}
    assert {name: count for name, count in by_name(sums.counts).items() if count} == told
    assert sorted(sums.handling.values()) == [1, 1]


def test_the_figures_are_those_of_the_page(cells: list[ScoreCell]) -> None:
    (sums,) = merged_by_subject(cells, ScoreBy.TOWN, MARCH).values()
    figures = rates(sums, WEIGHTS, RESIDENTS)
    for name, _, told in table("| figure | by hand | value |"):
        found = getattr(figures, name)
        if told == "-":
            assert found is None, name
        else:
            rel = 0.01 if name == "median_s" else 2e-3
            assert found == pytest.approx(float(told), rel=rel), name


def test_with_so_few_cases_there_is_no_place(cells: list[ScoreCell]) -> None:
    sums = merged_by_subject(cells, ScoreBy.UNIT, MARCH)
    (one,) = ranking(sums, {"lighting": rates(sums["lighting"], WEIGHTS)}, WEIGHTS.fewest_assessed)
    assert (one.place, one.unranked) == (None, Unranked.TOO_FEW)


def test_the_page_names_every_count_and_every_rate() -> None:
    named = set(re.findall(r"`(\w+)`", PAGE))
    assert named >= {*ScoreCounts.model_fields}
