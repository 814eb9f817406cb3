"""`hub scores verify`: what it says of a replay's folder, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.scenarios.brook import PACK
from tests.verify.scored import DAY, closed, of_everybody, opened, write_cells, write_events
from tests.verify.test_scores import DONE, NEW

from hub.cli import main

CELLS = {key: counts + of_everybody(DONE)[key] for key, counts in of_everybody({**NEW, "signals": 3}).items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What a replay of two cases writes."""
    write_events(tmp_path, [opened("c-1", signals=3), closed(opened("c-2"))])
    write_cells(tmp_path, CELLS)
    return tmp_path


def run(*args: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["scores", "verify", "--city", str(PACK), *map(str, args)])
    return result.exit_code, result.output


def test_scores_without_fault_pass(folder: Path) -> None:
    code, output = run(folder)
    assert code == 0
    assert "2 cases, 4 cells" in output
    assert "28 counts and bins of days: ok" in output
    assert "rates, scores and places of weeks and months: ok" in output


def test_a_difference_is_told_with_its_place(folder: Path) -> None:
    cells = {**CELLS, (DAY, "town", "110101001", "110101"): {"cases": 2}}
    write_cells(folder, cells)
    code, output = run(folder)
    assert code == 1
    assert f"{DAY} town 110101001 in 110101, signals: said 0, recomputed 4" in output
    code, output = run(folder, "--json")
    assert code == 1
    assert json.loads(output)["cells"]["differing"] == 6


def test_a_missing_file_is_named_with_what_to_do(folder: Path) -> None:
    (folder / "scores.daily.jsonl").unlink()
    code, output = run(folder)
    assert code == 2
    assert "no scores.daily.jsonl" in output
    assert "replay it again" in output


def test_a_line_that_is_no_cell_is_an_error(folder: Path) -> None:
    cells = {**CELLS, (DAY, "town", "110101001", "110101"): {"cases": -2}}
    write_cells(folder, cells)
    code, output = run(folder)
    assert code == 2
    assert "scores.daily.jsonl has a line that is no ScoreCell" in output
