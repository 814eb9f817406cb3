"""hub city: what people see and the exit codes they get."""

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from hub.cli.city import city

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
