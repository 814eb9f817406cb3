"""`hub bench` where there are no benchmarks: an installed package holds none."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

import hub
from hub.cli import main


def test_without_a_checkout_it_says_where_the_benchmarks_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hub, "__file__", str(tmp_path / "lib" / "site" / "hub" / "__init__.py"))
    result = CliRunner().invoke(main, ["bench", "route", "--quick"])
    assert result.exit_code == 2
    assert "from a checkout" in result.output
