"""`hub patterns people` prints what a replay's events tell, and never a group of few."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner
from tests.domain.patterns.test_people import helped
from tests.scenarios.brook import PACK
from tests.verify.told import NOON

from hub.cli import main
from hub.contracts.reasons import Reason


def test_it_prints_groups_that_are_large_enough(tmp_path: Path) -> None:
    told = [helped(number, "MILL", "water.burst", Reason.NEEDS_HELP, NOON) for number in range(3)]
    told += [helped(9, "MILL", "noise", Reason.KNOWN_TO_NEED_HELP, NOON)]
    told += [helped(number, "HEATH", "noise", Reason.NEEDS_HELP, NOON) for number in range(2)]
    lines = [json.dumps({"id": "x", "type": "CaseEvent", **one.model_dump(mode="json")}) for one in told]
    (tmp_path / "case.events.jsonl").write_text("\n".join(lines) + "\n")

    def rows(by: str) -> list[dict[str, object]]:
        asked = ["patterns", "people", "--city", str(PACK), "--month", "2026-03", "--in", str(tmp_path)]
        result = CliRunner().invoke(main, [*asked, "--by", by, "--format", "json"])
        assert result.exit_code == 0, result.output
        found: list[dict[str, object]] = json.loads(result.output)
        return found

    hidden = {"people": None, "cases": None, "note": "fewer than 3, or hidden beside such a group"}
    assert rows("town") == [
        {"town": "HEATH", "name": "Heath", **hidden},
        {"town": "MILL", "name": "Mill", **hidden},
    ]
    told += [helped(number, "HEATH", "noise", Reason.NEEDS_HELP, NOON) for number in (7, 8)]
    lines = [json.dumps({"id": "x", "type": "CaseEvent", **one.model_dump(mode="json")}) for one in told]
    (tmp_path / "case.events.jsonl").write_text("\n".join(lines) + "\n")
    shown = {"note": ""}
    assert rows("town") == [
        {"town": "HEATH", "name": "Heath", "people": 4, "cases": 4, **shown},
        {"town": "MILL", "name": "Mill", "people": 3, "cases": 4, **shown},
    ]
    assert [row["category"] for row in rows("category") if row["people"] is None] == []
