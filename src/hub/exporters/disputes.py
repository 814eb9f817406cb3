"""Counts objections 派单异议 and what became of them, by the unit that objected and the category. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from hub.contracts.cases import ENDED, CaseEvent, EventKind


class Outcome(StrEnum):
    """What happened to an objection."""

    OBJECTED = "objected"
    HANDED_BACK = "handed_back"
    UPHELD = "upheld"
    REJECTED = "rejected"
    OVERTURNED = "overturned"
    """Another unit has signed for the case since."""


_OUTCOMES: Mapping[EventKind, Outcome] = MappingProxyType(
    {
        EventKind.OBJECTED: Outcome.OBJECTED,
        EventKind.HANDED_BACK: Outcome.HANDED_BACK,
        EventKind.OBJECTION_UPHELD: Outcome.UPHELD,
        EventKind.OBJECTION_REJECTED: Outcome.REJECTED,
    }
)


class Dispute(NamedTuple):
    """Who objected, to a case of which category, and how it went."""

    unit: str
    category: str
    outcome: Outcome


@dataclass(slots=True)
class _Objected:
    unit: str
    category: str
    routed: bool


class Disputes:
    """Takes case events in order; memory grows with the open cases that were objected to."""

    def __init__(self) -> None:
        self.counts: Counter[Dispute] = Counter()
        self._open: dict[str, _Objected] = {}

    def take(self, event: CaseEvent) -> None:
        """One event. What is upheld counts in the category that was objected to."""
        case = self._open.get(event.case_id)
        for move in event.moves:
            outcome = _OUTCOMES.get(move.kind)
            if outcome in (Outcome.OBJECTED, Outcome.HANDED_BACK):
                unit = move.unit or ""
                case = self._open[event.case_id] = _Objected(unit, event.category, routed=False)
            if case is None:
                continue
            if outcome is not None:
                self.counts[Dispute(case.unit, case.category, outcome)] += 1
            elif move.kind is EventKind.ROUTED:
                case.routed = True
            elif move.kind is EventKind.ACCOUNTABLE and case.routed:
                self.counts[Dispute(case.unit, case.category, Outcome.OVERTURNED)] += 1
                case.routed = False
        if event.stage in ENDED:
            self._open.pop(event.case_id, None)
