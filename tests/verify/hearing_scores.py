"""Writes the files that scores are recomputed from as the hub says events and cells, and compares them."""

from __future__ import annotations

import gzip
from pathlib import Path

from hub import topics
from hub.citypack.city import City
from hub.cli.scores_verify import facts_of
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Contract
from hub.contracts.scores import ScoreCell
from hub.verify.scores import Comparison, ScoreAudit

SAID = (topics.EVENTS, topics.SCORES_DAILY)
"""What it hears."""


class ScoreFiles:
    """Two files in a folder: all events, without the words of their moves, and the newest of each cell."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / f"{topics.EVENTS}.jsonl.gz"
        self._cells = folder / f"{topics.SCORES_DAILY}.jsonl"
        self._open = gzip.GzipFile(self._events, "w", 1)
        self._newest: dict[tuple[str, str, str, str], str] = {}

    def hear(self, value: Contract) -> None:
        """Take one record of case.events or scores.daily."""
        match value:
            case CaseEvent():
                line = value.model_dump_json(exclude={"moves": {"__all__": {"detail"}}})
                self._open.write(line.encode() + b"\n")
            case ScoreCell():
                self._newest[value.day, value.by, value.subject, value.district] = value.model_dump_json()

    def compare(self, city: City) -> Comparison:
        """Close both files, and compare what was heard with what comes of the events."""
        self._open.close()
        self._cells.write_text("".join(f"{line}\n" for line in self._newest.values()), encoding="utf-8")
        with ScoreAudit(facts_of(city)) as audit:
            audit.recompute(self._events)
            return audit.compare_cells(self._cells)
