"""Lives of cases for tests of scores, and the files that a replay writes of them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from tests.verify.told import LEAD, NOON

from hub.contracts.action_terms import Answers
from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.reasons import Reason

Cell = tuple[str, str, str, str]
"""Day, kind of subject, subject, district."""

DAY = "2026-03-01"
PLACE = {"district": "110101", "town": "110101001", "category": "water"}


class Life:
    """One case, told event by event; what is not said stays as it was."""

    def __init__(self, case_id: str = "110101001-a", opened: datetime = NOON, **facts: object) -> None:
        self._case_id = case_id
        self._facts: dict[str, object] = {
            "stage": Stage.DISPATCHED, "lead_unit": LEAD, "signals": 1, "appeals": 1, **PLACE, **facts,
        }  # fmt: skip
        self._facts["opened"] = opened
        self.events: list[CaseEvent] = []

    def then(
        self,
        *moves: EventKind | CaseMove,
        after: timedelta = timedelta(minutes=1),
        by: str | None = None,
        clock: str | None = None,
        answers: Answers | None = None,
        **facts: object,
    ) -> Life:
        """The next event: its moves, the unit that acted or the clock that rang, and what is new."""
        self._facts |= facts
        at = self.events[-1].at + after if self.events else self._facts["opened"]
        told = {
            "case_id": self._case_id,
            "seq": len(self.events),
            "at": at,
            "source": "clock" if clock else "hotline-12345",
            "source_id": clock or f"T-{len(self.events)}",
            "actor": by,
            "moves": tuple(move if isinstance(move, CaseMove) else _told(move) for move in moves),
            "answers": answers,
            **self._facts,
        }
        self.events.append(CaseEvent.model_validate(told))
        return self


def _told(kind: EventKind) -> CaseMove:
    return CaseMove(kind=kind, reason=Reason.ALLOWED_MOVE)


def about(kind: EventKind, unit: str, reason: Reason = Reason.ALLOWED_MOVE) -> CaseMove:
    """A move about a unit."""
    return CaseMove(kind=kind, reason=reason, unit=unit)


def opened(case_id: str = "110101001-a", at: datetime = NOON, **facts: object) -> Life:
    """A case that was opened and dispatched."""
    return Life(case_id, at, **facts).then(EventKind.OPENED, EventKind.DISPATCHED)


def closed(life: Life, after: timedelta = timedelta(hours=1)) -> Life:
    """The same case, resolved so long after its last event, and closed a day later."""
    life.then(EventKind.RESOLVED, after=after, stage=Stage.RESOLVED)
    return life.then(EventKind.CLOSED, after=timedelta(days=1), stage=Stage.CLOSED)


def of_everybody(
    counts: Mapping[str, int], unit: str | None = LEAD, day: str = DAY
) -> dict[Cell, Counter[str]]:
    """The same counts for the usual district, town and category, and for a unit."""
    district = PLACE["district"]
    subjects = {"district": district, "town": PLACE["town"], "category": PLACE["category"], "unit": unit}
    return {
        (day, kind, subject, district): Counter(counts)
        for kind, subject in subjects.items()
        if subject is not None
    }


def write_events(folder: Path, lives: Iterable[Life]) -> None:
    """The file of case events as `hub replay` writes it."""
    lines = [
        {"id": f"{event.case_id}/{event.seq}", "type": "CaseEvent", **event.model_dump(mode="json")}
        for life in lives
        for event in life.events
    ]
    _write(folder / "case.events.jsonl", lines)


def write_cells(folder: Path, cells: Mapping[Cell, Mapping[str, int]]) -> None:
    """The file of daily scores as `hub replay` writes it; a count named by a number is a bin's."""
    lines = []
    for (day, by, subject, district), figures in sorted(cells.items()):
        counts = {name: number for name, number in figures.items() if not name.startswith("bin ")}
        bins = [
            {"index": int(name.removeprefix("bin ")), "count": number}
            for name, number in figures.items()
            if name.startswith("bin ")
        ]
        key = f"{day}|{by}|{subject}|{district}"
        lines.append(
            {
                "id": key,
                "type": "ScoreCell",
                "day": day,
                "by": by,
                "subject": subject,
                "district": district,
                "changes": 1,
                "counts": counts,
                "handling": bins,
            }
        )
    _write(folder / "scores.daily.jsonl", lines)


def _write(path: Path, lines: Iterable[Mapping[str, object]]) -> None:
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
