"""Boston's half year of real requests: its scores are those that its case events give, counted in SQL."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.figures import Tell

from hub.cli import main


@pytest.mark.soak
def test_scores_of_half_a_year_of_boston_are_those_recomputed(
    shared_data: Callable[[str], Path], tmp_path: Path, tell: Tell
) -> None:
    requests = shared_data("tickets/boston311-2015-h1.csv.gz")
    ran = CliRunner().invoke(
        main, ["replay", "--city", "boston", "--out", str(tmp_path), f"{requests}:boston311"]
    )
    assert ran.exit_code == 0, ran.output
    checked = CliRunner().invoke(main, ["scores", "verify", str(tmp_path)])
    for line in checked.output.splitlines():
        tell(line)
    assert checked.exit_code == 0, checked.output
    assert "city boston: 54,0" in checked.output
