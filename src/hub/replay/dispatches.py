"""What became of each dispatch, told by case events: who was asked first, who took the case, how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

from hub.contracts.cases import CaseEvent, EventKind, Stage

_DONE = frozenset({EventKind.RESOLVED, EventKind.CLOSED})
_DISPUTED = frozenset({Stage.OBJECTED, Stage.CONSULTING})


@dataclass(slots=True)
class Dispatched:
    """One case as it was dispatched first, and what was ruled on that."""

    case_id: str
    category: str
    town: str
    district: str
    lead: str
    at: datetime
    objections: int = 0
    taker: str | None = None
    """The unit that a ruling sent the case to and that signed for it; None where no ruling moved it."""
    taken: datetime | None = None
    done: datetime | None = None
    disputed: timedelta = timedelta(0)
    """How long it was objected or in consultation."""
    reclassified: bool = False
    """Whether a ruling said that it is of another category: then the catalogue was not at fault."""

    @property
    def overturned(self) -> bool:
        """Whether the catalogue sent it to the wrong unit, as a ruling has it."""
        return self.taker is not None and self.taker != self.lead and not self.reclassified


@dataclass(slots=True)
class _Moment:
    stage: Stage
    at: datetime
    routed: bool


class Dispatches:
    """Takes the events of any number of cases, each case's in order."""

    def __init__(self) -> None:
        self._cases: dict[str, Dispatched] = {}
        self._last: dict[str, _Moment] = {}

    @classmethod
    def of(cls, events: Iterable[CaseEvent]) -> "Dispatches":
        """What became of the dispatches that events tell of."""
        found = cls()
        for event in events:
            found.take(event)
        return found

    @property
    def cases(self) -> Mapping[str, Dispatched]:
        """The dispatched cases by id; without those solved on the spot."""
        return MappingProxyType(self._cases)

    def take(self, event: CaseEvent) -> None:
        """One event."""
        kinds = frozenset(move.kind for move in event.moves)
        if event.seq == 0 and EventKind.DISPATCHED in kinds and event.stage is Stage.DISPATCHED:
            self._begin(event)
            return
        case, last = self._cases.get(event.case_id), self._last.get(event.case_id)
        if case is None or last is None:
            return
        case.objections += len(kinds & {EventKind.OBJECTED, EventKind.HANDED_BACK})
        if last.stage in _DISPUTED and event.stage not in _DISPUTED:
            case.disputed += event.at - last.at
        case.reclassified = case.reclassified or event.category != case.category
        routed = EventKind.ROUTED in kinds and EventKind.REOPENED not in kinds
        if EventKind.ACCOUNTABLE in kinds and last.routed:
            case.taker, case.taken = event.lead_unit, event.at
        if kinds & _DONE and case.done is None:
            case.done = event.at
        if EventKind.REOPENED in kinds:
            case.done = None
        still = last.stage in _DISPUTED and event.stage in _DISPUTED
        self._last[event.case_id] = _Moment(
            event.stage,
            last.at if still else event.at,
            routed or (last.routed and EventKind.ACCOUNTABLE not in kinds),
        )

    def _begin(self, event: CaseEvent) -> None:
        self._cases[event.case_id] = Dispatched(
            event.case_id, event.category, event.town, event.district, event.lead_unit or "", event.at
        )
        self._last[event.case_id] = _Moment(event.stage, event.at, routed=False)
