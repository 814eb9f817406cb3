"""The Grafana boards: complete in both languages, linked to each other, asking for metrics that exist."""

from __future__ import annotations

import json
import re

import pytest
from deploy.grafana.boards import BOARDS
from deploy.grafana.boards.build import DASHBOARDS, as_json
from deploy.grafana.boards.panels import Board, Panel
from prometheus_client import CollectorRegistry

from hub.metrics import HubMetrics

CHINESE = re.compile(r"[\u4e00-\u9fff]")
PROCESS = {"process_resident_memory_bytes"}
"""What prometheus-client says of every process."""


PANELS = [(board, panel) for board in BOARDS for row in board.rows for panel in row.panels]


def named(panel: tuple[Board, Panel]) -> str:
    return f"{panel[0].uid} {panel[1].zh}"


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_the_file_that_grafana_reads_is_current(board: Board) -> None:
    written = (DASHBOARDS / f"{board.uid}.json").read_text("utf-8")
    assert written == as_json(board) + "\n", "run `make boards`"
    made = json.loads(written)
    ids = [panel["id"] for panel in made["panels"]]
    assert len(set(ids)) == len(ids)
    assert made["uid"] == board.uid


def test_there_is_no_file_of_another_board() -> None:
    assert {path.stem for path in DASHBOARDS.iterdir()} == {board.uid for board in BOARDS}


@pytest.mark.parametrize("shown", PANELS, ids=named)
def test_a_panel_says_what_it_shows(shown: tuple[Board, Panel]) -> None:
    _, panel = shown
    assert CHINESE.search(panel.zh)
    assert CHINESE.search(panel.about_zh)
    assert not CHINESE.search(panel.about_en)
    assert panel.about_en.endswith(".")
    assert panel.unit
    assert panel.steps[0].above is None, "the lowest colour has no limit"
    assert panel.queries


@pytest.mark.parametrize("shown", PANELS, ids=named)
def test_a_panel_asks_for_metrics_that_there_are(shown: tuple[Board, Panel]) -> None:
    rows = {row.name: row for row in HubMetrics(CollectorRegistry()).rows}
    for query in shown[1].queries:
        names = re.findall(r"\b(?:hub|process)_[a-z0-9_]+", query.expr)
        assert names, query.expr
        for name in names:
            assert name in rows or name in PROCESS or name.removesuffix("_bucket") in rows, name


@pytest.mark.parametrize("shown", PANELS, ids=named)
def test_a_click_opens_a_board_with_its_choice(shown: tuple[Board, Panel]) -> None:
    board, panel = shown
    if not panel.down_to:
        return
    target = next(other for other in BOARDS if other.uid == panel.down_to)
    for choice in target.choices:
        assert f"by ({choice.label}" in panel.queries[0].expr, "its series carry the label that is chosen"
    (made,) = (
        one
        for one in json.loads(as_json(board))["panels"]
        if one["title"] == panel.zh and "fieldConfig" in one
    )
    (link,) = made["fieldConfig"]["defaults"]["links"]
    assert link["url"].startswith(f"/d/{panel.down_to}?")
