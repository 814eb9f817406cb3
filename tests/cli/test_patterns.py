"""`hub patterns` on a folder of daily scores: what it prints, in which form, and what it refuses."""

from __future__ import annotations

import csv
import json
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tests.cli.score_cells import cell, write_cells
from tests.scenarios.brook import PACK

from hub.citypack import load
from hub.cli import main
from hub.contracts.scores import ScoreBy

_load_once = cache(load.load_city)

NOISE, HEAT = "pollution.noise.site", "heating.supply.cold-home"


@pytest.fixture(autouse=True)
def cities_are_loaded_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call of a command would read all files of the pack again."""
    monkeypatch.setattr(load, "load_city", _load_once)


def winter(folder: Path) -> Path:
    """Two months of Beijing in which complaints about cold homes grow threefold in two districts."""
    cells = []
    for offset in range(59):
        day = date(2015, 1, 1) + timedelta(days=offset)
        cells.append(cell(day, NOISE, "110101", appeals=10, assessed=10))
        appeals = 9 if day.month == 2 else 3
        cells += [cell(day, HEAT, district, appeals=appeals, assessed=3) for district in ("110105", "110108")]
    return write_cells(folder, cells)


def hub(*words: str) -> Result:
    return CliRunner().invoke(main, ["patterns", *words])


def test_topics_are_ranked_with_what_is_behind_them(tmp_path: Path) -> None:
    result = hub(
        "topics", "--city", "beijing", "--month", "2015-02", "--in", str(winter(tmp_path)), "--format", "json"
    )
    assert result.exit_code == 0, result.output
    rows = json.loads(result.output)
    assert [(row["level"], row["rank"], row["category"]) for row in rows] == [
        ("group", 1, "heating.supply"),
        ("group", 2, "pollution.noise"),
        ("leaf", 1, HEAT),
        ("leaf", 2, NOISE),
    ]
    heat = rows[2]
    assert (heat["name"], heat["appeals"], heat["districts"]) == ("室温不达标", 504, 2.0)
    assert heat["expected"] == 168
    assert heat["against"] == "2015-01"


def test_topics_of_a_district_as_csv_and_as_a_table(tmp_path: Path) -> None:
    words = [
        "topics",
        "--city",
        "beijing",
        "--month",
        "2015-02",
        "--in",
        str(winter(tmp_path)),
        "--district",
        "110105",
    ]
    rows = list(csv.DictReader(hub(*words, "--format", "csv", "--level", "leaf").output.splitlines()))
    assert [(row["category"], row["appeals"], row["districts"]) for row in rows] == [(HEAT, "252", "")]
    table = hub(*words).output
    assert "Topics of 2015-02, 110105" in table
    assert "252" in table


def test_what_is_not_there_is_said_with_a_fix(tmp_path: Path) -> None:
    words = ["topics", "--city", "beijing", "--in", str(winter(tmp_path)), "--month"]
    for more, said in (
        (["2015-02", "--district", "999"], "has no district 999"),
        (["2014-02"], "No category has 30 appeals in 2014-02"),
        (["February"], "is no month: write it as 2015-02"),
    ):
        result = hub(*words, *more)
        assert result.exit_code != 0
        assert said in result.output
    write_cells(tmp_path, [cell(date(2015, 2, 1), "110101", "110101", ScoreBy.DISTRICT, appeals=1)])
    assert "There are no daily scores by category" in hub(*words, "2015-02").output


def spring(folder: Path, fewer: float) -> Path:
    """Sixteen weeks in which eight matters go on alike; of cold homes there are fewer in the last four."""
    others = [
        "pollution.noise.site", "road.surface.pothole", "cityscape.waste.piled", "housing.repair.leak",
        "market.food.unclean", "power.supply.outage", "service.health.hospital", "building.illegal.new",
    ]  # fmt: skip
    cells = []
    for week in range(16):
        day = date(2015, 1, 5) + timedelta(weeks=week)
        share = fewer if week >= 12 else 1.0
        cells.append(cell(day, HEAT, "110105", appeals=round(60 * share) + week % 3))
        cells += [
            cell(day, name, "110105", appeals=50 + number + week % 2) for number, name in enumerate(others)
        ]
    last = date(2015, 1, 5) + timedelta(weeks=16, days=-1)
    return write_cells(folder, [*cells, cell(last, HEAT, "110105", appeals=1)])


def test_an_effect_is_told_with_its_interval_and_controls(tmp_path: Path) -> None:
    words = [
        "effect",
        "--city",
        "beijing",
        "--category",
        HEAT,
        "--since",
        "2015-03-30",
        "--in",
        str(spring(tmp_path, 0.5)),
    ]
    told = json.loads(hub(*words, "--format", "json").output)
    assert told["low"] <= told["change"] <= told["high"] < 0
    assert told["change"] == pytest.approx(-0.48, abs=0.04)
    assert (told["before_from"], told["after_until"]) == ("2015-01-05", "2015-04-26")
    assert len(told["controls"]) == 8
    table = hub(*words).output
    assert "against comparable categories, 95 % between" in table
    assert "Compared with 8 categories" in table


def test_an_effect_needs_time_and_whole_weeks(tmp_path: Path) -> None:
    words = ["effect", "--city", "beijing", "--category", "停暖", "--in", str(spring(tmp_path, 1)), "--since"]
    for more, said in (
        (["2015-04-20"], "The scores do not reach 2015-05-17"),
        (["2015-01-12"], "less than 4 weeks before"),
        (["2015-03-30", "--window", "30"], "must be whole weeks"),
        (["2015-03-30"], "has fewer than"),
    ):
        assert said in hub(*words, *more).output


def troubled(folder: Path) -> Path:
    """One town of Beijing with many appeals of which half are solved, beside all the others at rest."""
    ends = [date(2015, 1, 1), date(2015, 1, 31)]
    cells = []
    for town in _load_once("beijing").towns.values():
        trouble = town.code == "110105001"
        counts = (
            {"appeals": 9_000, "asked_solved": 100, "solved": 50}
            if trouble
            else {"appeals": 50, "asked_solved": 40, "solved": 39}
        )
        cells += [cell(day, town.code, town.district, ScoreBy.TOWN, **counts) for day in ends]
    return write_cells(folder, cells)


def test_towns_under_remediation_are_told_with_reasons(tmp_path: Path) -> None:
    words = ["remediation", "--city", "beijing", "--month", "2015-01", "--in", str(troubled(tmp_path))]
    (row,) = json.loads(hub(*words, "--format", "json").output)
    assert (row["town"], row["verdict"], row["since"]) == ("110105001", "enters", "2015-01")
    assert "times the city's per resident (1.5 is many); 50.0% of 200 call it solved (too few" in row["why"]
    everyone = list(csv.DictReader(hub(*words, "--all", "--format", "csv").output.splitlines()))
    assert len(everyone) == 343
    assert everyone[0]["verdict"] == "enters"
    assert {row["verdict"] for row in everyone[1:]} == {"out"}
    missing = hub(*words[:4], "2015-02", *words[5:])
    assert "The scores do not know the whole of 2015-02" in missing.output


def households(folder: Path) -> Path:
    """Two months of Beijing: of the urban districts one has thrice as many broken promises of landlords."""
    cells = []
    for day in (date(2015, 1, 1), date(2015, 1, 31), date(2015, 2, 1), date(2015, 2, 28)):
        for district, appeals in (("110105", 3_000), ("110106", 580), ("110107", 160), ("110108", 900)):
            cells.append(cell(day, "housing.property.service", district, appeals=appeals, assessed=1))
    return write_cells(folder, cells)


def test_needs_are_told_by_district_and_the_weak_ones_marked(tmp_path: Path) -> None:
    words = ["needs", "--city", "beijing", "--month", "2015-02", "--in", str(households(tmp_path))]
    rows = json.loads(hub(*words, "--format", "json").output)
    assert len(rows) == 16 * 12
    weak = [row for row in rows if row["weak"]]
    assert [(row["district"], row["need"], row["zone"]) for row in weak] == [("110105", "housing", "urban")]
    assert weak[0]["index"] == pytest.approx(100 * 28 / 31, abs=0.1)
    assert weak[0]["months"] == {"2015-02": weak[0]["index"]}
    assert "物业管理诉求" in weak[0]["why"]
    assert "Needs in 2015-02, against 2015-01" in hub(*words, "--weak").output
    for more, said in (
        (["--base", "2014-12"], "know 2015-01 to 2015-02 whole, and not 2014-12"),
        (["--base", "2015-02..2015-01"], "ends before it begins"),
        (["--district", "999"], "has no district 999"),
    ):
        assert said in hub(*words, *more).output


def test_a_pack_without_needs_says_so(tmp_path: Path) -> None:
    words = ["needs", "--city", str(PACK), "--month", "2015-02", "--in", str(households(tmp_path))]
    assert "states no needs" in hub(*words).output
