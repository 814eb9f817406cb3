"""`hub scores`: boards as table, CSV and JSON, and the cases behind a figure."""

from __future__ import annotations

import csv
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.domain.scoring.lives import event, rules
from tests.domain.scoring.rows import ARRIVAL, Rows

from hub.cli import main
from hub.contracts.action_terms import Answers
from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.fields import EARLIEST, Contract
from hub.domain.scoring import changes, totals
from hub.flow import Emit

HAPPY = {"lighting": 11, "water": 12, "roads": 3}
"""Cases of each unit, all closed by a happy citizen but the first one of each unit."""


def _lives() -> list[CaseEvent]:
    told = []
    for unit, cases in HAPPY.items():
        for number in range(cases):
            answers = Answers(reached=True, contacted=True, solved=number > 0, satisfied=number > 0)
            case: dict[str, Any] = {"case_id": f"{unit}-{number:02}", "lead_unit": unit}
            told.append(event(0, EventKind.OPENED, **case))
            told.append(event(1, EventKind.CLOSED, minutes=120, stage=Stage.CLOSED, answers=answers, **case))
    return told


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of scores that a replay of these lives writes."""
    out, rows = tmp_path_factory.mktemp("out"), Rows()
    said: dict[str, list[Emit]] = {"scores.cases": [], "scores.daily": [], "iot.alarms": []}
    for one in _lives():
        scored = changes.handle(rules(), rows, one, ARRIVAL, EARLIEST)
        rows.apply(scored.changes)
        said["scores.cases"] += scored.emits
        for change in scored.emits:
            summed = totals.handle(rows, change.value, ARRIVAL, EARLIEST)
            rows.apply(summed.changes)
            said["scores.daily"] += summed.emits
    for topic, emits in said.items():
        lines = (_line(emit.value) for emit in emits)
        (out / f"{topic}.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return out


def _line(body: Contract) -> str:
    return json.dumps(body.model_dump(mode="json"), sort_keys=True)


def run(folder: Path, *words: str, code: int = 0) -> str:
    result = CliRunner().invoke(main, ["scores", "--city", "beijing", "--in", str(folder), *words])
    assert result.exit_code == code, result.output
    return result.output


def test_units_are_ranked_and_who_has_too_few_cases_is_named(folder: Path) -> None:
    text = run(folder)
    assert "2026-03, by unit" in text
    assert text.index("water") < text.index("lighting")
    assert "No place, fewer than 10 assessed cases: roads" in text
    assert "–" in text


def test_csv_has_every_figure(folder: Path) -> None:
    rows = {row["subject"]: row for row in csv.DictReader(StringIO(run(folder, "--format", "csv")))}
    assert [rows[unit]["place"] for unit in HAPPY] == ["2", "1", ""]
    assert rows["roads"]["unranked"] == "too_few"
    assert rows["water"]["solved"] == "11"
    assert float(rows["water"]["resolution"]) == pytest.approx(11 / 12)
    assert rows["water"]["per_10k"] == rows["water"]["arrival"] == ""


@pytest.mark.parametrize("period", ["2026-03-02", "2026-W10", "2026-03"])
@pytest.mark.parametrize("by", ["city", "district", "town", "category"])
def test_whatever_it_is_asked_by_the_sum_is_the_same(folder: Path, by: str, period: str) -> None:
    (row,) = json.loads(run(folder, "--by", by, "--period", period, "--format", "json"))
    assert (row["cases"], row["closed"], row["satisfied"]) == (26, 26, 23)
    assert row["score"] == pytest.approx(20 + 80 * 23 / 26)
    assert (row["per_10k"] is None) is (by == "category")


def test_another_period_is_empty(folder: Path) -> None:
    assert json.loads(run(folder, "--period", "2026-04", "--format", "json")) == []
    assert json.loads(run(folder, "--district", "110105", "--format", "json")) == []


def test_a_figure_opens_down_to_its_cases(folder: Path) -> None:
    found = json.loads(run(folder, "--why", "water", "--format", "json"))
    assert found["unsolved"] == {"water-00": 1}
    assert len(found["solved"]) == 11
    assert sum(found["cases"].values()) == 12
    table = run(folder, "--why", "lighting")
    assert "lighting-00" in table
    assert "and 6 more" in table
    text = run(folder, "--by", "district", "--why", "110101", "--figure", "unsatisfied", "--format", "csv")
    assert [row["case"] for row in csv.DictReader(StringIO(text))] == ["lighting-00", "roads-00", "water-00"]


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("--period", "March"), "--period March is none"),
        (("--district", "999999"), "no district 999999"),
        (("--figure", "overdue"), "goes with --why"),
        (("--why", "nobody"), "No case counts for unit nobody"),
        (("--why", "water", "--figure", "overdue"), "No case counts for overdue"),
    ],
)
def test_what_can_t_be_told_is_answered_with_a_fix(
    folder: Path, words: tuple[str, ...], problem: str
) -> None:
    text = run(folder, *words, code=2)
    assert problem in text
    assert "Fix:" in text


def test_a_folder_without_scores_is_named(tmp_path: Path) -> None:
    (tmp_path / "scores.daily.jsonl").write_text("")
    assert "There are no scores by unit" in run(tmp_path, code=2)
