"""`hub evaluate` on a part of Beijing for half a day: figures that fall if joins or dispatch get worse."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import main

SMALL = ("evaluate", "--seeds", "21", "--district", "110101", "--days", "1.2", "--judge-from", "0.4")


@pytest.fixture(scope="module")
def figures(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], dict[str, Any]]:
    file: Path = tmp_path_factory.mktemp("evaluate") / "figures.json"
    result = CliRunner().invoke(main, [*SMALL, "--json", str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert "right at first" in result.output
    return {(row["section"], row["name"]): row for row in json.loads(file.read_text("utf-8"))}


def value(row: dict[str, Any], name: str) -> float:
    found = row["figures"][name]["value"]
    assert isinstance(found, float)
    return found


def test_joins_are_mostly_right(figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    total = figures["joins", "total"]
    assert total["count"] > 500
    assert value(total, "precision") > 0.75
    assert value(total, "fair recall") > 0.8
    assert value(total, "recall") <= value(total, "fair recall")


def test_cases_are_led_by_the_right_unit(figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    total = figures["dispatch", "total"]
    assert value(total, "right at first") > 0.98
    assert value(total, "right finally") > 0.95


def test_sensors_out_of_their_limits_are_told_of(figures: dict[tuple[str, str], dict[str, Any]]) -> None:
    assert value(figures["sensors", "total"], "recall") > 0.6
    assert value(figures["alarms", "total"], "precision") > 0.8


@pytest.mark.parametrize(
    ("arguments", "wrong"),
    [
        (("--days", "2", "--judge-from", "2"), "Nothing is left to judge"),
        (("--seeds", "1;2"), "no list of seeds"),
        (("--district", "999"), "no district 999"),
    ],
)
def test_a_mistake_is_named(arguments: tuple[str, ...], wrong: str) -> None:
    result = CliRunner().invoke(main, ["evaluate", *arguments])
    assert result.exit_code != 0
    assert wrong in result.output
