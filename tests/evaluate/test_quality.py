"""The figures of docs/quality.md, measured again: as good as the page says, a little chance granted."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from hub.cli import main

pytestmark = [pytest.mark.soak, pytest.mark.timeout(3_600)]

COMMAND = "evaluate --district 110101 --seeds 11,12 --days 18 --judge-from 14"


@pytest.fixture(scope="module")
def totals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    file: Path = tmp_path_factory.mktemp("quality") / "figures.json"
    result = CliRunner().invoke(main, [*COMMAND.split(), "--json", str(file)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    rows = json.loads(file.read_text("utf-8"))
    return {row["section"]: row["figures"] for row in rows if row["name"] == "total"}


@pytest.mark.parametrize(
    ("section", "figure", "least"),
    [
        ("joins", "precision", 0.92),
        ("joins", "fair F1", 0.88),
        ("dispatch", "right at first", 0.99),
        ("dispatch", "right finally", 0.97),
        ("troubles warned of", "recall", 0.87),
        ("troubles warned of", "lead, min", 30),
        ("warnings raised", "precision", 0.79),
        ("associations", "precision", 1.0),
        ("sensors", "recall", 0.95),
        ("alarms", "precision", 0.95),
    ],
)
def test_what_the_hub_says_is_as_good_as_the_page_says(
    totals: dict[str, dict[str, Any]], section: str, figure: str, least: float
) -> None:
    value = totals[section][figure]["value"]
    assert value is not None
    assert value >= least
