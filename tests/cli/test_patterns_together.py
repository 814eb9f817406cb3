"""`hub patterns together` on a folder of case events: what it prints, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from click.testing import CliRunner, Result

from hub import topics
from hub.cli import main
from hub.contracts.cases import CaseEvent, Stage
from hub.contracts.fields import Feed

NOISE = "pollution.noise.site"


def hub(*words: str) -> Result:
    return CliRunner().invoke(main, ["patterns", *words])


def night_works(folder: Path) -> Path:
    """Case events of 40 cells: in 12 of them noise and digging meet by night, elsewhere taxis come alone."""
    chance, lines = Random(7), list[str]()
    for cell_number in range(40):
        told = (NOISE, "event.site.digging") if cell_number < 12 else ("road.transit.taxi",)
        for night in (night for night in range(40) if chance.random() < 0.25):
            place = f"110101001001{cell_number:03d}"
            lines += [signal(len(lines) + more, code, place, night, more) for more, code in enumerate(told)]
    (folder / f"{topics.EVENTS}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def signal(number: int, category: str, place: str, night: int, minutes: int) -> str:
    happened = datetime(2026, 3, 1, 14, minutes, tzinfo=UTC) + timedelta(days=night)
    event = CaseEvent(
        case_id=f"110101001-{number}", seq=0, at=happened, source="s", source_id=str(number),
        feed=Feed.HOTLINE, moves=(), stage=Stage.DISPATCHED, lead_unit="u",
        district="110101", town="110101001", cell=place,
        category=category, happened=happened, signal_category=category,
    )  # fmt: skip
    return json.dumps({"id": str(number), "type": "CaseEvent", **event.model_dump(mode="json")})


def test_what_goes_together_is_told_with_hours_and_towns(tmp_path: Path) -> None:
    words = ("together", "--city", "beijing", "--in", str(night_works(tmp_path)), "--format", "json")
    result = hub(*words)
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    assert row["categories"] == f"event.site.digging + {NOISE}"
    assert row["slots"] > 90
    assert row["places"] == 12
    assert row["lift"] > 2
    assert row["q"] < 0.01
    assert row["hours"] == f"21-03:{row['slots']}"
    assert row["towns"] == f"110101001:{row['slots']}"
    assert "1 found" in result.stderr


def test_days_without_signals_are_refused(tmp_path: Path) -> None:
    words = ("together", "--city", "beijing", "--in", str(night_works(tmp_path)), "--from", "2027-01-01")
    result = hub(*words)
    assert result.exit_code != 0
    assert "no signals" in result.output
