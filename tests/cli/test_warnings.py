"""`hub warnings` lists warnings of a replay's folder, shows one in words, counts verdicts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.domain.warnings.watched import Watched, after
from tests.scenarios.brook import PACK

from hub import topics
from hub.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A replay's folder with one orange warning and one less grave."""
    town = Watched()
    for number in range(12):
        town.say(after(1, minutes=3 * number))
    for number in range(4):
        town.say(after(50, minutes=2 * number), "paving", cell="0200-0200")
    lines = [one.model_dump_json() for one in town.warnings.values()]
    (tmp_path / f"{topics.WARNINGS}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return tmp_path


def _said(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["warnings", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_list_takes_a_colour_and_those_that_go_on(folder: Path) -> None:
    every = json.loads(_said("--in", str(folder), "--format", "json"))
    assert [one["category"] for one in every] == ["paving", "water.burst"]
    grave = json.loads(_said("--in", str(folder), "--format", "json", "--colour", "orange"))
    assert [one["signals"] for one in grave] == [12]
    assert json.loads(_said("--in", str(folder), "--format", "json", "--district", "EAST")) == []
    active = json.loads(_said("--in", str(folder), "--format", "json", "--active"))
    assert [one["category"] for one in active] == ["paving"]


def test_one_warning_is_shown_in_words(folder: Path) -> None:
    listed = json.loads(_said("--in", str(folder), "--format", "json", "--colour", "orange"))
    told = _said("show", listed[0]["warning"], "--in", str(folder), "--city", str(PACK))
    assert "Burst main (water.burst)" in told
    assert "12 complaints and reports since 2026-03-02 01:00 UTC" in told
    assert "right (came_true)" in told


def test_a_warning_that_is_not_there_is_said_so(folder: Path) -> None:
    result = CliRunner().invoke(main, ["warnings", "show", "W-0", "--in", str(folder)])
    assert result.exit_code != 0


def test_verdicts_are_counted_by_colour(folder: Path) -> None:
    rows = {
        row["colour"]: row for row in json.loads(_said("verdicts", "--in", str(folder), "--format", "json"))
    }
    assert (rows["orange"]["right"], rows["orange"]["precision"]) == (1, 1.0)
    assert sum(row["unknown"] for row in rows.values()) == 1
