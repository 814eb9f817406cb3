"""`hub verify DIR` and `hub ledger --from DIR`: the files of a replay, whole and tampered with."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.verify.told import life, state_of

from hub.cli import main
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Contract
from hub.errors import HubError
from hub.verify.replay_dir import verify_replay
from hub.verify.violations import ViolationKind

K = ViolationKind
EVENTS = "case.events.jsonl"
LEDGER = {
    "call-centre": {"received": 9, "accepted": 5, "rejected": 1, "duplicate": 1, "late": 1, "dead": 1},
    "grid": {"received": 0, "accepted": 0, "rejected": 0, "duplicate": 0, "late": 0, "dead": 0},
}


def line(value: Contract, **more: str) -> str:
    return json.dumps({**more, **value.model_dump(mode="json")})


def of_the_record(event: CaseEvent) -> str:
    return line(event, id=f"{event.case_id}/{event.seq}", type="CaseEvent")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """What `hub replay` writes, without fault."""
    events = [*life("110101001-a"), *life("110101001-b")[:4]]
    states = [state_of(life("110101001-a")[-1]), state_of(life("110101001-b")[3])]
    summary = {"cases": 2, "ledger": LEDGER, "topics": {"case.events": len(events)}}
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    (tmp_path / EVENTS).write_text("".join(of_the_record(event) + "\n" for event in events))
    (tmp_path / "cases.jsonl").write_text("".join(line(state) + "\n" for state in states))
    return tmp_path


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(main, args)
    return result.exit_code, result.output


def edit(path: Path, change: Callable[[str], str]) -> None:
    path.write_text(change(path.read_text()))


def test_a_replay_without_fault_passes(folder: Path) -> None:
    assert not verify_replay(folder).violations
    code, output = run("verify", str(folder))
    assert code == 0
    assert "11 events of 2 cases: ok" in output


@pytest.mark.parametrize(
    ("name", "old", "new", "kind"),
    [
        ("summary.json", '"received": 9', '"received": 10', K.RECORDS_LOST),
        ("summary.json", '"duplicate": 1', '"duplicate": 2', K.RECORDS_DOUBLED),
        ("summary.json", '"case.events": 11', '"case.events": 12', K.LINES_MISSING),
        (EVENTS, '"stage": "signed_for"', '"stage": "received"', K.STAGE_FORBIDDEN),
        (EVENTS, '"lead_unit": "water-office"', '"lead_unit": null', K.NO_LEAD),
        (EVENTS, '"seq": 1', '"sec": 1', K.LINE_UNREADABLE),
        (EVENTS, "{", "", K.LINE_UNREADABLE),
        (EVENTS, "{", "[", K.LINE_UNREADABLE),
        ("cases.jsonl", '"stage": "closed"', '"stage": "resolved"', K.STATE_DIFFERS),
        ("cases.jsonl", '"case_id": "110101001-a"', '"case_id": "110101001-x"', K.STATE_MISSING),
        ("cases.jsonl", '"seq": 6', '"seq": 7', K.STATE_WITHOUT_EVENT),
    ],
)
def test_a_planted_mistake_is_found(folder: Path, name: str, old: str, new: str, kind: ViolationKind) -> None:
    edit(folder / name, lambda text: text.replace(old, new, 1))
    assert kind in {violation.kind for violation in verify_replay(folder).violations}
    code, output = run("verify", str(folder))
    assert code == 1
    assert kind in output


def test_many_violations_are_cut_on_the_screen_and_whole_in_json(folder: Path) -> None:
    edit(folder / EVENTS, lambda text: text.replace('"lead_unit": "water-office"', '"lead_unit": null'))
    code, output = run("verify", str(folder))
    assert code == 1
    assert "no_lead and 5 more; see --json" in output
    code, output = run("verify", str(folder), "--json")
    assert code == 1
    found = json.loads(output)
    assert not found["passed"]
    lives = next(check for check in found["checks"] if check["name"] == "accountability")
    assert sum(each["kind"] == "no_lead" for each in lives["violations"]) == 10


def test_the_ledger_of_a_replay(folder: Path) -> None:
    code, output = run("ledger", "--from", str(folder))
    assert code == 0
    assert "call-centre" in output
    assert "balanced" in output


def test_the_ledger_of_one_source_is_judged_alone(folder: Path) -> None:
    edit(folder / "summary.json", lambda text: text.replace('"received": 0', '"received": 3'))
    assert run("ledger", "--from", str(folder))[0] == 1
    assert run("ledger", "--from", str(folder), "--source", "call-centre")[0] == 0
    code, output = run("ledger", "--from", str(folder), "--source", "grid", "--json")
    assert code == 1
    found = json.loads(output)
    assert [row["imbalance"] for row in found["rows"]] == [3]
    assert [each["kind"] for each in found["violations"]] == ["records_lost"]


def test_a_folder_that_is_no_replay_is_an_error_with_its_fix(tmp_path: Path) -> None:
    with pytest.raises(HubError, match=r"summary\.json"):
        verify_replay(tmp_path)
    (tmp_path / "summary.json").write_text('{"ledger": {"a": {"received": -1}}}')
    with pytest.raises(HubError, match=r"ledger\.a\.received"):
        verify_replay(tmp_path)
    assert run("verify", str(tmp_path))[0] == 2
