"""The `hub` command itself: quick help, kind errors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from click.testing import CliRunner

from hub import __version__, cli
from hub.errors import HubError

_LIST_AND_TELL_WHAT_WAS_IMPORTED = """
import sys
from click.testing import CliRunner
from hub.cli import COMMANDS, main

words = CliRunner().invoke(main, ["--help"]).output.split()
assert all(name in words and help.split()[0] in words for name, (_, help) in COMMANDS.items()), words
print(*sorted({"rich", "faust", "pydantic", "confluent_kafka"} & set(sys.modules)))
"""


def test_help_lists_every_command_without_importing_one() -> None:
    line = [sys.executable, "-c", _LIST_AND_TELL_WHAT_WAS_IMPORTED]
    assert subprocess.run(line, check=True, capture_output=True, text=True).stdout.split() == []


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_in_the_table_explains_itself(name: str) -> None:
    result = CliRunner().invoke(cli.main, [name, "--help"])
    assert result.exit_code == 0, result.output
    assert "Usage:" in result.output


def test_the_version_is_the_packages() -> None:
    assert __version__ in CliRunner().invoke(cli.main, ["--version"]).output


def test_an_unknown_command_is_a_usage_error() -> None:
    result = CliRunner().invoke(cli.main, ["brokr"])
    assert result.exit_code == 2
    assert "No such command" in result.output


@click.command()
def failing() -> None:
    """Fail in our own words."""
    raise HubError("the pump is off", fix="switch it on")


def test_our_own_errors_are_words_not_tracebacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pump", SimpleNamespace(failing=failing))
    monkeypatch.setitem(cli.COMMANDS, "failing", ("pump:failing", "Fail."))
    result = CliRunner().invoke(cli.main, ["failing"])
    assert result.exit_code == 2
    assert result.stderr == "Error: the pump is off\nFix:   switch it on\n"
    assert result.stdout == ""


def test_broker_status_of_an_empty_place_is_3(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["broker", "status", "--data", str(tmp_path / "kafka")])
    assert result.exit_code == 3
    assert "none running" in result.output


def test_broker_down_of_an_empty_place_is_fine(tmp_path: Path) -> None:
    result = CliRunner().invoke(cli.main, ["broker", "down", "--data", str(tmp_path / "kafka")])
    assert (result.exit_code, result.output) == (0, "no broker runs here\n")
