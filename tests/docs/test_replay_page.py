"""docs/replay.md is a contract: its tables name the fields that a replay writes, no more and no less."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.docs.pages import PROJECT, text_of

from hub.cli import main
from hub.contracts.cases import CaseMember, CaseState
from hub.replay.files import OUTPUT_TOPICS

PAGE = text_of(PROJECT / "docs" / "replay.md")

TICKETS: tuple[dict[str, Any], ...] = (
    {"id": "1", "category": "water.supply.burst", "place": {"point": {"lon": 116.4074, "lat": 39.9142}}},
    {"id": "2", "category": "water.supply.burst", "place": {"point": {"lon": 116.4075, "lat": 39.9142}}},
    {"id": "2", "category": "water.supply.burst", "place": {"point": {"lon": 116.4075, "lat": 39.9142}}},
    {"id": "3", "category": "noise", "place": {"point": {"lon": 2.35, "lat": 48.85}}},
    {"id": "4", "category": "noise", "place": {}, "unheard": "of"},
)


def fields_after(heading: str) -> list[set[str]]:
    """The fields that the tables under a heading name, table by table."""
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    tables = re.findall(r"\| field \| holds \|\n\|---\|---\|\n((?:\|.*\n)+)", section)
    return [set(re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)) for table in tables]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("replay")
    rows = [{"source": "desk", "reported_at": "2026-03-01T08:00:00Z", **ticket} for ticket in TICKETS]
    (folder / "tickets.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    words = [
        "replay",
        "--city",
        "beijing",
        "--out",
        str(folder / "out"),
        f"{folder / 'tickets.jsonl'}:hotline",
    ]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    return folder / "out"


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_page_names_every_file(out: Path) -> None:
    written = {path.name for path in out.iterdir()}
    assert written == {name for name in written if name in PAGE}
    assert {f"{topic}.jsonl" for topic in OUTPUT_TOPICS} <= written


def test_cases_have_the_fields_that_the_page_names(out: Path) -> None:
    case_fields, member_fields = fields_after("cases.jsonl")
    assert case_fields == {*CaseState.model_fields}
    assert member_fields == {*CaseMember.model_fields}
    (case,) = lines(out / "cases.jsonl")
    assert {*case} == case_fields
    assert [{*member} for member in case["members"]] == [member_fields, member_fields]
    assert [member["source_id"] for member in case["members"]] == ["1", "2"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", case["opened"])


def test_rejected_have_the_fields_that_the_page_names(out: Path) -> None:
    (fields,) = fields_after("rejected.jsonl")
    rejected = lines(out / "rejected.jsonl")
    assert [{*row} for row in rejected] == [fields, fields]
    assert {(row["source"], row["source_id"], row["reason"]) for row in rejected} == {
        ("desk", "3", "outside_city"),
        ("tickets.jsonl", "line 5", "invalid_field"),
    }


def test_the_summary_has_the_fields_that_the_page_names(out: Path) -> None:
    (fields,) = fields_after("summary.json")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert {*summary} == fields
    assert summary["ledger"]["desk"] == {
        "received": 4, "accepted": 2, "rejected": 1, "duplicate": 1, "late": 0, "dead": 0,
    }  # fmt: skip
    assert summary["ledger"]["tickets.jsonl"]["rejected"] == 1
    assert (summary["rows"], summary["cases"], summary["merges"]) == (5, 1, 1)


def test_the_facts_of_the_run_have_the_fields_that_the_page_names(out: Path) -> None:
    (fields,) = fields_after("run.json")
    assert {*json.loads((out / "run.json").read_text(encoding="utf-8"))} == fields


def test_the_tape_begins_and_ends_as_the_page_says(out: Path) -> None:
    with gzip.open(out / "tape.jsonl.gz", "rt", encoding="utf-8") as tape:
        head, *_, foot = (json.loads(line) for line in tape)
    assert (head["city"], head["format"]) == ("beijing", "hub-tape-1")
    assert foot["received"] == {"desk": 4}
