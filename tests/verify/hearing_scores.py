"""Writes the files that scores are recomputed from as the hub says events and cells, and compares them."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from hub import topics
from hub.citypack.city import City
from hub.cli.scores_told import told_rates
from hub.cli.scores_verify import facts_of
from hub.contracts.cases import CaseEvent
from hub.contracts.registry import VERSIONS
from hub.contracts.scores import ScoreCell
from hub.runtime.codec import decode_trusted, encode
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
        self._newest: dict[str, bytes] = {}

    def hear(self, said: Said) -> None:
        """Take one record of any topic."""
        if said.topic == topics.EVENTS:
            value = decode_trusted("CaseEvent", VERSIONS["CaseEvent"], said.value or b"")
            assert isinstance(value, CaseEvent)
            self.hear_event(value)
        elif said.topic == topics.SCORES_DAILY:
            self._newest[(said.key or b"").decode()] = said.value or b""

    def hear_cell(self, cell: ScoreCell) -> None:
        """Take a cell that was decoded already; it replaces the one before."""
        self._newest[f"{cell.day}|{cell.by}|{cell.subject}|{cell.district}"] = encode(cell)

    def hear_event(self, event: CaseEvent) -> None:
        """Take one event that was decoded already."""
        self._open.write(event.model_dump_json(exclude_defaults=True).encode() + b"\n")

    def compare(self, city: City) -> tuple[Comparison, Comparison]:
        """Close both files, and compare cells, and the rates that are made of them, with what events give."""
        self._open.close()
        with self._cells.open("w", encoding="utf-8") as file:
            file.writelines(f"{cell.model_dump_json(exclude_defaults=True)}\n" for cell in self._sorted())
        with ScoreAudit(facts_of(city)) as audit:
            audit.recompute(self._events)
            told = told_rates(city, self._sorted)
            return audit.compare_cells(self._cells), audit.compare_rates(told)

    def _sorted(self) -> Iterator[ScoreCell]:
        """The newest cells by key, which begins with the day."""
        for key in sorted(self._newest):
            cell = decode_trusted("ScoreCell", VERSIONS["ScoreCell"], self._newest[key])
            assert isinstance(cell, ScoreCell)
            yield cell
