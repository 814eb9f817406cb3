"""The second opinion on scores: definitions by hand-made lives, and every planted mistake found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.verify.scored import (
    DAY,
    Cell,
    Life,
    about,
    closed,
    of_everybody,
    opened,
    write_cells,
    write_events,
)
from tests.verify.told import LEAD

from hub.contracts.action_terms import Answers
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.reasons import Reason
from hub.contracts.scores import ScoreCounts
from hub.errors import HubError
from hub.verify.scores import CityFacts, Comparison, ScoreAudit

BEIJING = CityFacts("Asia/Shanghai")
E = EventKind

CONTENT = Answers(reached=True, contacted=True, solved=True, satisfied=True)
UNHAPPY = Answers(reached=True, contacted=None, solved=True, satisfied=False)
NOBODY = Answers(reached=False)

HOUR = {"bin 410": 1}
"""3,600 s: ln(3600) / ln(1.01 / 0.99) is 409.42."""
NEW = {"cases": 1, "signals": 1, "appeals": 1, "assessed": 1, "open": 1}
DONE = {**NEW, "open": 0, "closed": 1, **HOUR}
REACHED = {"asked": 1, "contacted": 1, "asked_solved": 1, "solved": 1, "asked_satisfied": 1, "satisfied": 1}


def compare(
    folder: Path,
    lives: list[Life],
    cells: Mapping[Cell, Mapping[str, int]],
    city: CityFacts = BEIJING,
    shown: int = 20,
) -> Comparison:
    write_events(folder, lives)
    write_cells(folder, cells)
    with ScoreAudit(city) as audit:
        audit.recompute(folder / "case.events.jsonl")
        return audit.compare_cells(folder / "scores.daily.jsonl", shown)


def called_back(answers: Answers, life: Life | None = None) -> Life:
    """Resolved after an hour, called back with these answers, closed."""
    resolved = (life or opened()).then(E.RESOLVED, after=timedelta(hours=1), stage=Stage.RESOLVED)
    return resolved.then(E.CALLED_BACK, E.CLOSED, answers=answers, stage=Stage.CLOSED)


LIVES: dict[str, tuple[Life, dict[str, int]]] = {
    "new": (opened(), NEW),
    "signals and tickets": (
        opened().then(E.JOINED, signals=4, appeals=3),
        {**NEW, "signals": 4, "appeals": 3},
    ),
    "closed": (closed(opened()), DONE),
    "closed unresolved": (opened().then(E.CLOSED, stage=Stage.CLOSED, after=timedelta(hours=1)), DONE),
    "closed at once": (
        Life().then(E.OPENED, E.CLOSED, stage=Stage.CLOSED),
        {**DONE, "bin 410": 0, "bin 0": 1},
    ),
    "resolved twice": (
        closed(closed(opened()).then(E.REOPENED, stage=Stage.IN_WORK), timedelta(hours=22, minutes=59)),
        # 2 d: 48 h from opening to the newest resolution
        {**DONE, "reopened": 1, "bin 410": 0, "bin 603": 1},
    ),
    "reopened": (closed(opened()).then(E.REOPENED, stage=Stage.IN_WORK), {**NEW, "reopened": 1}),
    "overdue": (opened().then(E.BREACHED, clock="resolve/7"), {**NEW, "overdue": 1}),
    "overdue of old": (
        closed(opened().then(E.BREACHED, clock="resolve"), timedelta(minutes=59)),
        {**DONE, "overdue": 1},
    ),
    "unsigned in time": (opened().then(E.BREACHED, clock="sign_for/2"), NEW),
    "raised": (opened().then(E.ESCALATED, level=2), {**NEW, "escalated": 1}),
    "repeat": (opened(tags=(CaseTag.HELP, CaseTag.REPEAT)), {**NEW, "repeat": 1}),
    "tag that is no repeat": (opened(tags=(CaseTag.HELP,)), NEW),
    "hazard": (opened(hazard=HazardGrade.GENERAL), {**NEW, "hazards": 1}),
    "hazard closed": (
        closed(opened(hazard=HazardGrade.MAJOR)),
        {**DONE, "hazards": 1, "hazards_closed": 1},
    ),
    "content": (called_back(CONTENT), {**DONE, **REACHED}),
    "unhappy": (called_back(UNHAPPY), {**DONE, "asked_solved": 1, "solved": 1, "asked_satisfied": 1}),
    "unreached": (called_back(NOBODY), {**DONE, "unreached": 1}),
    "not reached yet": (opened().then(E.CALLED_BACK, answers=NOBODY, stage=Stage.RESOLVED), NEW),
    "reached at last": (
        called_back(CONTENT, opened().then(E.CALLED_BACK, answers=NOBODY, after=timedelta(0))),
        {**DONE, **REACHED},
    ),
    "newest answer to each question": (
        called_back(UNHAPPY, opened().then(E.CALLED_BACK, answers=CONTENT, after=timedelta(0))),
        {**DONE, **REACHED, "satisfied": 0},
    ),
    "joined to another": (opened().then(E.JOINED_TO, stage=Stage.JOINED), {}),
    "split off again": (
        opened().then(E.JOINED_TO, stage=Stage.JOINED).then(E.RESTORED, stage=Stage.IN_WORK),
        NEW,
    ),
    "invalid": (
        opened(hazard=HazardGrade.MAJOR).then(E.INVALIDATED, stage=Stage.INVALID, level=1),
        {"cases": 1, "signals": 1, "appeals": 1, "invalid": 1},
    ),
    "excluded": (
        closed(opened()).then(E.EXCLUSION_ASKED).then(E.EXCLUDED),
        {"cases": 1, "signals": 1, "appeals": 1, "excluded": 1, "exclusion_asked": 1},
    ),
    "not excluded": (
        closed(opened()).then(E.EXCLUSION_ASKED).then(E.EXCLUSION_REFUSED),
        {**DONE, "exclusion_asked": 1},
    ),
    "exclusion asked": (opened().then(E.EXCLUSION_ASKED), {**NEW, "exclusion_asked": 1}),
    "nobody's": (
        opened(lead_unit=None, stage=Stage.INVALID),
        {**NEW, "open": 0, "assessed": 0, "invalid": 1},
    ),
}


@pytest.mark.parametrize("name", LIVES)
def test_a_life_counts_as_defined(tmp_path: Path, name: str) -> None:
    life, counts = LIVES[name]
    cells = of_everybody(counts, life.events[-1].lead_unit)
    assert compare(tmp_path, [life], cells).shown == ()


@pytest.mark.parametrize("name", ["content", "joined to another", "excluded"])
def test_any_other_count_is_found(tmp_path: Path, name: str) -> None:
    life, counts = LIVES[name]
    cells = of_everybody(counts)
    wrong = cells[DAY, "town", "110101001", "110101"]
    figures = (*ScoreCounts.model_fields, *HOUR)
    wrong.update(figures)
    found = compare(tmp_path, [life], cells, shown=len(figures) + 1)
    assert {one.where for one in found.shown} == {f"{DAY} town 110101001 in 110101"}
    assert {one.figure: int(one.recomputed) + 1 for one in found.shown} == dict(wrong)
    assert all(int(one.said) == wrong[one.figure] for one in found.shown)


def test_objections_count_for_the_unit_that_objected(tmp_path: Path) -> None:
    life = (
        opened(lead_unit="roads")
        .then(E.OBJECTED, by="roads", stage=Stage.OBJECTED)
        .then(E.OBJECTION_REJECTED, by="centre", stage=Stage.DISPATCHED)
        .then(E.ROUTED, by="centre")
        .then(about(E.HANDED_BACK, "parks"), by="parks", stage=Stage.OBJECTED)
        .then(E.OBJECTION_UPHELD, E.ROUTED, by="centre", stage=Stage.DISPATCHED)
        .then(E.SIGNED_FOR, E.ACCOUNTABLE, lead_unit=LEAD, stage=Stage.SIGNED_FOR)
    )
    disputes = {"objected": 2, "upheld": 1, "rejected": 1}
    cells = of_everybody({**NEW, **disputes}, unit=None)
    cells |= of_unit(LEAD, NEW)
    cells |= of_unit("roads", {"objected": 1, "rejected": 1})
    cells |= of_unit("parks", {"objected": 1, "upheld": 1})
    assert compare(tmp_path, [life], cells).shown == ()


def test_arrivals_count_for_the_summoned(tmp_path: Path) -> None:
    life = (
        opened()
        .then(about(E.WHISTLED, "gas"), stage=Stage.WHISTLED)
        .then(about(E.REPORTED_IN, "gas", Reason.ARRIVED_IN_TIME), by="gas")
        .then(about(E.REPORTED_IN, "power", Reason.ARRIVED_LATE), E.QUORUM_REACHED, by="power")
        .then(about(E.ABSENT, "water"), about(E.ABSENT, LEAD), E.WHISTLE_ENDED, clock="arrive")
    )
    cells = of_everybody({**NEW, "summoned": 4, "arrived": 2, "arrived_late": 1}, unit=None)
    cells |= of_unit(LEAD, {**NEW, "summoned": 1})
    cells |= of_unit("gas", {"summoned": 1, "arrived": 1})
    cells |= of_unit("power", {"summoned": 1, "arrived": 1, "arrived_late": 1})
    cells |= of_unit("water", {"summoned": 1})
    assert compare(tmp_path, [life], cells).shown == ()


def test_what_is_not_assessed_has_neither_objections_nor_arrivals(tmp_path: Path) -> None:
    life = (
        opened()
        .then(E.OBJECTED, by=LEAD, stage=Stage.OBJECTED)
        .then(E.OBJECTION_UPHELD, about(E.ABSENT, "gas"))
        .then(E.EXCLUSION_ASKED, E.EXCLUDED, stage=Stage.IN_WORK)
    )
    counts = {"cases": 1, "signals": 1, "appeals": 1, "excluded": 1, "exclusion_asked": 1}
    assert compare(tmp_path, [life], of_everybody(counts)).shown == ()


def test_the_day_is_that_of_the_citys_own_clock(tmp_path: Path) -> None:
    evening = datetime(2026, 3, 8, 15, 59, 59, tzinfo=UTC)
    lives = [opened("c-1", evening), opened("c-2", evening + timedelta(seconds=1))]
    apart = of_everybody(NEW, day="2026-03-08") | of_everybody(NEW, day="2026-03-09")
    assert compare(tmp_path, lives, apart).shown == ()
    summer = [opened("c-1", datetime(2015, 3, 8, 4, 59, tzinfo=UTC)),
              opened("c-2", datetime(2015, 3, 9, 4, 0, tzinfo=UTC))]  # fmt: skip
    boston = CityFacts("America/New_York")
    apart = of_everybody(NEW, day="2015-03-07") | of_everybody(NEW, day="2015-03-09")
    assert compare(tmp_path, summer, apart, boston).shown == ()


def test_a_case_counts_where_its_newest_event_says(tmp_path: Path) -> None:
    life = opened().then(
        E.ROUTED, district="110102", town="110102003", category="roads", lead_unit="roads-office"
    )
    place = {"district": "110102", "town": "110102003", "category": "roads", "unit": "roads-office"}
    cells = {(DAY, kind, subject, "110102"): NEW for kind, subject in place.items()}
    assert compare(tmp_path, [life], cells).shown == ()


def test_who_is_never_reached_may_count_as_unsolved(tmp_path: Path) -> None:
    strict = CityFacts("Asia/Shanghai", unreached_unsolved=True)
    cells = of_everybody({**DONE, "unreached": 1, "asked_solved": 1, "asked_satisfied": 1})
    assert compare(tmp_path, [called_back(NOBODY)], cells, strict).shown == ()
    cells = of_everybody({**DONE, **REACHED})
    assert compare(tmp_path, [called_back(CONTENT)], cells, strict).shown == ()


def test_many_cases_are_summed_and_counted(tmp_path: Path) -> None:
    lives = [closed(opened(f"c-{number}"), timedelta(minutes=number)) for number in range(1, 31)]
    minutes = Counter(f"bin {bin_of(60.0 * number)}" for number in range(1, 31))
    counts = {"cases": 30, "signals": 30, "appeals": 30, "assessed": 30, "closed": 30, **minutes}
    found = compare(tmp_path, lives, of_everybody(counts))
    assert (found.differing, found.compared) == (0, 4 * len(counts))
    with ScoreAudit(BEIJING) as audit:
        audit.recompute(tmp_path / "case.events.jsonl")
        assert (audit.cases, audit.cells) == (30, 4)


def test_missing_invented_and_doubled_cells_are_found(tmp_path: Path) -> None:
    cells = of_everybody(NEW)
    town, unit = (DAY, "town", "110101001", "110101"), (DAY, "unit", LEAD, "110101")
    without = {key: counts for key, counts in cells.items() if key != town}
    assert compare(tmp_path, [opened()], without).differing == len([n for n in NEW.values() if n])
    other_day = {**cells, ("2026-03-02", *town[1:]): Counter({"cases": 1})}
    assert [one.where for one in compare(tmp_path, [opened()], other_day).shown] == [
        "2026-03-02 town 110101001 in 110101"
    ]
    compare(tmp_path, [opened()], cells)
    path = tmp_path / "scores.daily.jsonl"
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join([*lines, next(line for line in lines if unit[2] in line)]))
    with ScoreAudit(BEIJING) as audit:
        audit.recompute(tmp_path / "case.events.jsonl")
        assert {one.where for one in audit.compare_cells(path).shown} == {
            " ".join((*unit[:3], "in", unit[3]))
        }


def test_a_city_without_cases_has_no_scores(tmp_path: Path) -> None:
    assert compare(tmp_path, [], {}) == Comparison(compared=0, differing=0, shown=())
    assert compare(tmp_path, [], of_everybody(NEW)).differing == 4 * len(NEW)


def test_differences_are_cut_and_counted(tmp_path: Path) -> None:
    lives = [opened(f"c-{number}", category=f"kind-{number}") for number in range(50)]
    found = compare(tmp_path, lives, {})
    assert len(found.shown) == 20
    assert found.differing == len(NEW) * (50 + 3)


def test_files_that_are_missing_or_broken_are_named(tmp_path: Path) -> None:
    events = tmp_path / "case.events.jsonl"
    with ScoreAudit(BEIJING) as audit:
        with pytest.raises(HubError, match=r"no case\.events\.jsonl"):
            audit.recompute(events)
        events.write_text('{"case_id": "c-1", "seq": 0\n')
        with pytest.raises(HubError, match=r"can't read .*case\.events\.jsonl"):
            audit.recompute(events)


def of_unit(unit: str, counts: Mapping[str, int]) -> dict[Cell, Counter[str]]:
    return {(DAY, "unit", unit, "110101"): Counter(counts)}


def bin_of(seconds: float) -> int:
    """The bin by its definition: the least k with gamma to the k not below the value."""
    gamma, index = 1.01 / 0.99, 0
    while gamma**index < seconds:
        index += 1
    return index
