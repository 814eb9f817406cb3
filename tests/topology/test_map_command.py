"""`hub map` shows every step, edge and topic in each format, or one box with its topics."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from hub.cli import main
from hub.flow import Edge, Step
from hub.topics import TOPICS


def run(*arguments: str) -> str:
    result = CliRunner().invoke(main, ["map", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("form", ["text", "mermaid", "json"])
def test_every_box_and_topic_is_on_the_map(form: str, boxes: tuple[Step | Edge, ...]) -> None:
    shown = run("--format", form)
    for name in (*(box.name for box in boxes), *TOPICS, "hub.cases.changelog"):
        assert name in shown


def test_json_says_all_that_a_topic_declares() -> None:
    data = json.loads(run("--format", "json"))
    by_name = {topic["name"]: topic for topic in data["topics"]}
    assert by_name["city.signals"] == {
        "name": "city.signals",
        "contracts": {"Signal": 1, "CaseAction": 1, "TownStatus": 1, "ClockTick": 1},
        "key": "town that owns the case",
        "owner": "hub",
        "readers": ["cases", "verifier"],
        "partitions": "HUB_PARTITIONS",
        "retention_days": 400,
        "compacted": False,
        "grade": "confidential",
        "envelope": "internal",
        "feed": False,
        "purpose": "The one ordered log of each town: all that can change a case",
    }


def test_one_step_comes_with_its_topics_alone() -> None:
    data = json.loads(run("--format", "json", "--step", "cases"))
    (box,) = data["boxes"]
    assert box["kind"] == "core"
    assert box["tables"] == {
        "cases": "Case",
        "seen": "SeenSignal",
        "refused": "RefusedActions",
        "observations": "Observation",
        "archived": "ClosedCase",
        "past_appeals": "PastAppeals",
        "standings": "TownStanding",
    }
    assert {topic["name"] for topic in data["topics"]} == {*box["sources"], *box["sinks"], box["changelog"]}


def test_a_picture_of_one_step_leaves_nothing_out() -> None:
    assert "cases --> topic_dead_letters" in run("--format", "mermaid", "--step", "cases")
    assert "cases --> topic_dead_letters" not in run("--format", "mermaid")


def test_an_unknown_step_is_answered_with_the_known_ones() -> None:
    result = CliRunner().invoke(main, ["map", "--step", "whistle"])
    assert result.exit_code == 2
    assert "whistle" in result.stderr
    assert "intake_hotline" in result.stderr


def test_every_topic_is_drawn_once(boxes: tuple[Step | Edge, ...]) -> None:
    lines = [line.strip() for line in run("--format", "mermaid").splitlines()]
    ids = [line.split("[", 1)[0] for line in lines if line.startswith("topic_") and "[(" in line]
    named = {topic for box in boxes for topic in (*box.sources, *box.sinks)}
    changelogs = [box for box in boxes if isinstance(box, Step) and box.stateful]
    assert len(ids) == len(set(ids)) == len(named) + len(changelogs)
