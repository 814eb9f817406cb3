"""Cells of the daily scores, written as a replay writes them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from hub import topics
from hub.contracts.scores import ScoreBy, ScoreCell, ScoreCounts


def cell(day: date, subject: str, district: str, by: ScoreBy = ScoreBy.CATEGORY, **counts: int) -> ScoreCell:
    """A day's sums for one subject."""
    return ScoreCell(
        day=day.isoformat(),
        by=by,
        subject=subject,
        district=district,
        changes=1,
        counts=ScoreCounts(**counts),
        handling=(),
    )


def write_cells(folder: Path, cells: Iterable[ScoreCell]) -> Path:
    """Write them into a folder; the folder."""
    lines = [json.dumps({"id": "x", "type": "x", **one.model_dump(mode="json")}) for one in cells]
    (folder / f"{topics.SCORES_DAILY}.jsonl").write_text("\n".join(lines) + "\n")
    return folder
