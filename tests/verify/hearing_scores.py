"""Writes the files that scores are recomputed from as the hub says events and cells, and compares them."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Protocol

from hub import topics
from hub.citypack.city import City
from hub.cli.scores_verify import facts_of
from hub.contracts.cases import CaseEvent
from hub.contracts.registry import VERSIONS
from hub.runtime.codec import decode_trusted
from hub.verify.scores import Comparison, ScoreAudit

SAID = (topics.EVENTS, topics.SCORES_DAILY)
"""What it hears."""


class Said(Protocol):
    """A record that the hub wrote, or is about to write."""

    @property
    def topic(self) -> str: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...


class ScoreFiles:
    """Two files in a folder: all events, and the newest of each cell."""

    def __init__(self, folder: Path) -> None:
        self._events = folder / f"{topics.EVENTS}.jsonl.gz"
        self._cells = folder / f"{topics.SCORES_DAILY}.jsonl"
        self._open = gzip.GzipFile(self._events, "w", 1)
        self._newest: dict[bytes | None, bytes | None] = {}

    def hear(self, said: Said) -> None:
        """Take one record of any topic."""
        if said.topic == topics.EVENTS:
            value = decode_trusted("CaseEvent", VERSIONS["CaseEvent"], said.value or b"")
            assert isinstance(value, CaseEvent)
            self.hear_event(value)
        elif said.topic == topics.SCORES_DAILY:
            self._newest[said.key] = said.value

    def hear_event(self, event: CaseEvent) -> None:
        """Take one event that was decoded already."""
        self._open.write(event.model_dump_json(exclude_defaults=True).encode() + b"\n")

    def compare(self, city: City) -> Comparison:
        """Close both files, and compare what was heard with what comes of the events."""
        self._open.close()
        with self._cells.open("w", encoding="utf-8") as file:
            for value in self._newest.values():
                cell = decode_trusted("ScoreCell", VERSIONS["ScoreCell"], value or b"")
                file.write(cell.model_dump_json(exclude_defaults=True) + "\n")
        with ScoreAudit(facts_of(city)) as audit:
            audit.recompute(self._events)
            return audit.compare_cells(self._cells)
