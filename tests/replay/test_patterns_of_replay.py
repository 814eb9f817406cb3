"""From tickets to the month's topic: a replay writes the daily scores that `hub patterns` reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.scenarios.brook import PACK

from hub.cli import main

START = datetime(2026, 1, 31, 12, tzinfo=UTC)


def tickets() -> Iterator[dict[str, object]]:
    """Two months that bring bills to two towns each day, and noise: three times as much from March on."""
    for day in range(60):
        at = START + timedelta(days=day)
        several = 3 if at.month >= 3 else 1
        for town in ("MILL", "HEATH"):
            yield ticket(f"b{day}-{town}", at, "bill", town)
            for number in range(several):
                later = at + timedelta(hours=number * 3)
                yield ticket(f"n{day}-{number}-{town}", later, "noise", town)


def ticket(name: str, at: datetime, category: str, town: str) -> dict[str, object]:
    return {
        "source": "hotline",
        "id": name,
        "reported_at": at.isoformat(),
        "category": category,
        "place": {"code": town},
    }


def test_a_month_of_tickets_becomes_a_ranking(tmp_path: Path) -> None:
    file, out = tmp_path / "tickets.jsonl", tmp_path / "out"
    file.write_text("".join(json.dumps(one) + "\n" for one in tickets()))
    replayed = CliRunner().invoke(
        main, ["replay", "--city", str(PACK), "--runner", "memory", f"{file}:hotline", "--out", str(out)]
    )
    assert replayed.exit_code == 0, replayed.output
    words = [
        "patterns",
        "topics",
        "--city",
        str(PACK),
        "--month",
        "2026-03",
        "--in",
        str(out),
        "--format",
        "json",
    ]
    told = CliRunner().invoke(main, [*words, "--level", "leaf"])
    assert told.exit_code == 0, told.output
    noise, bills = json.loads(told.stdout)
    assert (noise["category"], noise["appeals"], noise["against"]) == ("noise", 3 * 2 * 31, "2026-02")
    assert noise["expected"] == pytest.approx(2 * 31)
    assert (bills["category"], bills["appeals"], bills["growth"]) == ("bill", 2 * 31, 1.0)
    assert noise["districts"] == 2.0
