"""hub city: what people see and the exit codes they get."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from hub.cli.city import city
from hub.cli.city_limits import LAYERS
from hub.contracts.fields import LimitLayer
from hub.errors import HubError

WritePack = Callable[..., Path]


def test_check_says_that_a_pack_is_good(write_pack: WritePack) -> None:
    result = CliRunner().invoke(city, ["check", str(write_pack())])
    assert result.exit_code == 0
    assert "no mistakes" in result.output
    assert "towns" in result.output


def test_check_shows_every_mistake_and_exits_1(write_pack: WritePack) -> None:
    folder = write_pack("towns.csv", "N2,Lake,N,2000", "N2,Lake,Nn,many")
    result = CliRunner().invoke(city, ["check", str(folder)])
    assert result.exit_code == 1
    for said in ("towns.csv:3", "residents", "'many'", "write a whole number", "1 mistake(s)"):
        assert said in result.output


def test_show_and_list_know_the_packaged_cities() -> None:
    listed = CliRunner().invoke(city, ["list"])
    assert "beijing\t北京市" in listed.output
    shown = CliRunner().invoke(city, ["show", "beijing"])
    assert shown.exit_code == 0
    assert "东城区" in shown.output
    assert "simulated" in shown.output


def test_build_beijing_refuses_a_folder_without_tables(tmp_path: Path) -> None:
    result = CliRunner().invoke(
        city, ["build-beijing", "--divisions", str(tmp_path), "--out", str(tmp_path / "o")]
    )
    assert result.exit_code != 0
    assert "lacks beijing-districts.csv" in str(result.exception)


def test_limits_show_what_says_so_and_when_they_end(write_pack: WritePack) -> None:
    arguments = ["--category", "noise", "--level", "town", "--start", "2026-03-06T16:00"]
    result = CliRunner().invoke(city, ["limits", str(write_pack()), *arguments])
    assert result.exit_code == 0, result.output
    said = {cells[0]: cells[1:] for cells in _rows(result.output)}
    # Friday 16:00: two working hours are left of the day, two are on Monday.
    by_row = ["4", "working time", "75%", LAYERS[LimitLayer.CATEGORY_LEVEL_ROW], "at the town office"]
    assert said["sign_for"] == [*by_row, "Mon 2026-03-09 10:00", "Mon 2026-03-09 11:00"]
    assert said["callback"][0] == "48"
    assert said["callback"][3] == LAYERS[LimitLayer.KIND_ROW]
    assert said["resolve"][3] == LAYERS[LimitLayer.URGENCY]
    assert said["review"][3] == LAYERS[LimitLayer.DEFAULT]


def test_limits_of_a_category_that_has_none(write_pack: WritePack) -> None:
    result = CliRunner().invoke(city, ["limits", str(write_pack()), "--category", "burst"])
    said = {cells[0]: cells[1:] for cells in _rows(result.output)}
    assert said["sign_for"][0] == "none"
    assert said["sign_for"][3] == LAYERS[LimitLayer.CATEGORY]


def test_limits_of_an_unknown_category_are_refused(write_pack: WritePack) -> None:
    result = CliRunner().invoke(city, ["limits", str(write_pack()), "--category", "thunder"])
    assert isinstance(result.exception, HubError)
    assert "has no category thunder" in str(result.exception)


def test_every_layer_has_its_words() -> None:
    assert set(LAYERS) == set(LimitLayer) - {LimitLayer.UNKNOWN}


def _rows(output: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("│")[1:-1]] for line in output.splitlines() if "│" in line]
