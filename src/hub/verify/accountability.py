"""Replays the events of cases: whole lives in order, one accountable unit at each moment, legal stages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from hub.contracts.cases import CaseEvent, CaseState, EventKind, Stage
from hub.verify.violations import Violation, ViolationKind

_NEXT: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.RECEIVED: frozenset({Stage.DISPATCHED, Stage.CLOSED}),
        Stage.DISPATCHED: frozenset({Stage.SIGNED_FOR, Stage.CLOSED}),
        Stage.SIGNED_FOR: frozenset({Stage.IN_WORK, Stage.RESOLVED, Stage.CLOSED}),
        Stage.IN_WORK: frozenset({Stage.RESOLVED, Stage.CLOSED}),
        Stage.RESOLVED: frozenset({Stage.CLOSED}),
    }
)
"""Where a case may go from each stage. Written down here again, so that a mistake in the rules shows."""

_FIRST = frozenset({Stage.RECEIVED, Stage.DISPATCHED, Stage.CLOSED})

_MADE_BY: Mapping[Stage, EventKind] = MappingProxyType(
    {
        Stage.DISPATCHED: EventKind.DISPATCHED,
        Stage.SIGNED_FOR: EventKind.SIGNED_FOR,
        Stage.IN_WORK: EventKind.STARTED,
        Stage.RESOLVED: EventKind.RESOLVED,
        Stage.CLOSED: EventKind.CLOSED,
    }
)
"""The move that must be told where a case enters a stage."""

_MOVES_LEAD = frozenset({EventKind.DISPATCHED, EventKind.SIGNED_FOR})


@dataclass(frozen=True, slots=True)
class _Moment:
    """Where a case was after its last event."""

    seq: int
    at: datetime
    stage: Stage
    lead: str | None


class CaseLives:
    """Takes events of any number of cases, each case's in order, and tells what is wrong with them."""

    def __init__(self) -> None:
        self._last: dict[str, _Moment] = {}

    def __len__(self) -> int:
        return len(self._last)

    def unaccountable(self) -> int:
        """Open cases without an accountable unit, as of the last event; must be 0."""
        return sum(1 for last in self._last.values() if last.stage is not Stage.CLOSED and not last.lead)

    def take(self, event: CaseEvent) -> Iterator[Violation]:
        """Check one event against the life of its case so far."""
        before = self._last.get(event.case_id)
        self._last[event.case_id] = _Moment(event.seq, event.at, event.stage, event.lead_unit)
        problems = [*_order(before, event), *_lead(before, event), *_stage(before, event)]
        for kind, found in problems:
            yield Violation(kind, f"case {event.case_id} event {event.seq}", found)

    def compare(self, states: Iterable[CaseState], *, complete: bool) -> Iterator[Violation]:
        """Check the newest states against the lives; ``complete`` says that every case must have one.

        A state older than the last event is passed: the case has moved on since.
        """
        seen = set()
        for state in states:
            seen.add(state.case_id)
            yield from self._compare(state)
        if complete:
            for case_id in sorted(self._last.keys() - seen):
                yield Violation(ViolationKind.STATE_MISSING, f"case {case_id}", "has events but no state")

    def _compare(self, state: CaseState) -> Iterator[Violation]:
        where = f"case {state.case_id} state {state.seq}"
        last = self._last.get(state.case_id)
        if last is None or last.seq < state.seq:
            told = "none" if last is None else f"{last.seq}"
            yield Violation(ViolationKind.STATE_WITHOUT_EVENT, where, f"last event told: {told}")
        elif last.seq == state.seq and (last.stage, last.lead) != (state.stage, state.lead_unit):
            found = f"{state.stage}, lead {state.lead_unit}; event {last.stage}, lead {last.lead}"
            yield Violation(ViolationKind.STATE_DIFFERS, where, found)


def check_events(events: Iterable[CaseEvent]) -> list[Violation]:
    """Everything that is wrong with the lives that events tell, each case's events in order."""
    lives = CaseLives()
    return [violation for event in events for violation in lives.take(event)]


Problems = Iterator[tuple[ViolationKind, str]]


def _order(before: _Moment | None, event: CaseEvent) -> Problems:
    if before is None:
        if event.seq > 0:
            yield ViolationKind.SEQ_GAP, "no event came before"
        if all(move.kind is not EventKind.OPENED for move in event.moves):
            yield ViolationKind.LIFE_NOT_BEGUN, "the first event does not open the case"
        return
    if event.seq <= before.seq:
        yield ViolationKind.SEQ_REPEATED, f"event {before.seq} came before"
    elif event.seq > before.seq + 1:
        yield ViolationKind.SEQ_GAP, f"event {before.seq} came before"
    if event.at < before.at:
        yield (
            ViolationKind.TIME_WENT_BACK,
            f"at {event.at:%Y-%m-%d %H:%M:%S}, after {before.at:%Y-%m-%d %H:%M:%S}",
        )


def _lead(before: _Moment | None, event: CaseEvent) -> Problems:
    if event.stage is not Stage.CLOSED and not event.lead_unit:
        yield ViolationKind.NO_LEAD, f"{event.stage} without an accountable unit"
    if event.lead_unit and event.lead_unit in event.assist_units:
        yield ViolationKind.LEAD_ALSO_ASSISTS, f"unit {event.lead_unit} is named in both roles"
    told = any(move.kind in _MOVES_LEAD for move in event.moves)
    if before is not None and before.lead != event.lead_unit and not told:
        yield ViolationKind.LEAD_CHANGED_SILENTLY, f"from {before.lead} to {event.lead_unit}"


def _stage(before: _Moment | None, event: CaseEvent) -> Problems:
    was = None if before is None else before.stage
    if was is Stage.CLOSED:
        yield ViolationKind.MOVED_AFTER_CLOSE, f"{', '.join(move.kind for move in event.moves)}"
        return
    if event.stage is was:
        return
    allowed = _FIRST if was is None else _NEXT.get(was, frozenset())
    if event.stage not in allowed:
        yield ViolationKind.STAGE_FORBIDDEN, f"from {was or 'nothing'} to {event.stage}"
    move = _MADE_BY.get(event.stage)
    if move is not None and all(told.kind is not move for told in event.moves):
        yield ViolationKind.STAGE_UNEXPLAINED, f"from {was or 'nothing'} to {event.stage} without {move}"
