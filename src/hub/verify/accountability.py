"""Replays the events of cases: whole lives in order, one accountable unit at each moment, legal stages."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from hub.contracts.cases import CaseEvent, CaseState, EventKind, Stage
from hub.verify.violations import Violation, ViolationKind

_OVER = frozenset({Stage.CLOSED, Stage.JOINED, Stage.INVALID})
_WORK = frozenset({Stage.SIGNED_FOR, Stage.IN_WORK})
_AFTER_WORK = frozenset(
    {
        Stage.RESOLVED,
        Stage.COSIGNING,
        Stage.SUSPENDED,
        Stage.WHISTLED,
        Stage.OBJECTED,
        Stage.CONSULTING,
        Stage.DISPATCHED,
    }
)

_NEXT: Mapping[Stage, frozenset[Stage]] = MappingProxyType(
    {
        Stage.RECEIVED: _OVER | {Stage.DISPATCHED},
        Stage.DISPATCHED: _OVER | {Stage.SIGNED_FOR, Stage.OBJECTED, Stage.CONSULTING},
        Stage.SIGNED_FOR: _OVER | _AFTER_WORK | {Stage.IN_WORK},
        Stage.IN_WORK: _OVER | _AFTER_WORK,
        Stage.OBJECTED: _OVER | _WORK | {Stage.DISPATCHED, Stage.CONSULTING},
        Stage.CONSULTING: _OVER | _WORK | {Stage.DISPATCHED},
        Stage.WHISTLED: _OVER | _WORK,
        Stage.SUSPENDED: _OVER | _WORK,
        Stage.COSIGNING: _OVER | _WORK | {Stage.RESOLVED},
        Stage.RESOLVED: _OVER | {Stage.IN_WORK, Stage.DISPATCHED},
        Stage.CLOSED: frozenset({Stage.IN_WORK, Stage.DISPATCHED}),
        Stage.JOINED: frozenset(Stage) - {Stage.UNKNOWN, Stage.INVALID},
        Stage.INVALID: frozenset(),
    }
)
"""Where a case may go from each stage. Written down here again, so that a mistake in the rules shows."""

_FIRST = frozenset({Stage.RECEIVED, Stage.DISPATCHED, Stage.CLOSED})

_BACK_TO_WORK = frozenset(
    {
        EventKind.OBJECTION_REJECTED,
        EventKind.CONSULTED,
        EventKind.RESUMED,
        EventKind.REOPENED,
        EventKind.RESTORED,
        EventKind.QUORUM_REACHED,
        EventKind.WHISTLE_ENDED,
        EventKind.COSIGN_REFUSED,
    }
)

_MADE_BY: Mapping[Stage, frozenset[EventKind]] = MappingProxyType(
    {
        Stage.DISPATCHED: _BACK_TO_WORK | {EventKind.DISPATCHED, EventKind.ROUTED},
        Stage.SIGNED_FOR: _BACK_TO_WORK | {EventKind.SIGNED_FOR},
        Stage.IN_WORK: _BACK_TO_WORK | {EventKind.STARTED},
        Stage.OBJECTED: frozenset({EventKind.OBJECTED, EventKind.HANDED_BACK, EventKind.RESTORED}),
        Stage.CONSULTING: frozenset({EventKind.CONVENED, EventKind.RESTORED}),
        Stage.WHISTLED: frozenset({EventKind.WHISTLED, EventKind.RESTORED}),
        Stage.SUSPENDED: frozenset({EventKind.SUSPENDED, EventKind.RESTORED}),
        Stage.COSIGNING: frozenset({EventKind.RESOLVED, EventKind.RESTORED}),
        Stage.RESOLVED: frozenset({EventKind.RESOLVED, EventKind.COSIGNED, EventKind.RESTORED}),
        Stage.CLOSED: frozenset({EventKind.CLOSED}),
        Stage.JOINED: frozenset({EventKind.JOINED_TO}),
        Stage.INVALID: frozenset({EventKind.INVALIDATED}),
    }
)
"""The moves of which one must be told where a case enters a stage."""

_COMES_BACK: Mapping[Stage, EventKind] = MappingProxyType(
    {Stage.CLOSED: EventKind.REOPENED, Stage.JOINED: EventKind.RESTORED}
)
"""What alone brings a case back that is over."""

_AFTERWARDS = frozenset(
    {
        EventKind.LOOK_BACK_DUE,
        EventKind.LOOKED_BACK,
        EventKind.EXCLUSION_ASKED,
        EventKind.EXCLUDED,
        EventKind.EXCLUSION_REFUSED,
        EventKind.GRADED,
        EventKind.WARNED,
        EventKind.BREACHED,
        EventKind.CASE_JOINED,
        EventKind.SPLIT_OFF,
    }
)
"""What may still happen to a case that is over without bringing it back."""

_MOVES_LEAD = frozenset({EventKind.DISPATCHED, EventKind.ACCOUNTABLE})


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
        return sum(1 for last in self._last.values() if last.stage not in _OVER and not last.lead)

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
    if event.stage not in _OVER and not event.lead_unit:
        yield ViolationKind.NO_LEAD, f"{event.stage} without an accountable unit"
    if event.lead_unit and event.lead_unit in event.assist_units:
        yield ViolationKind.LEAD_ALSO_ASSISTS, f"unit {event.lead_unit} is named in both roles"
    told = any(move.kind in _MOVES_LEAD for move in event.moves)
    if before is not None and before.lead != event.lead_unit and not told:
        yield ViolationKind.LEAD_CHANGED_SILENTLY, f"from {before.lead} to {event.lead_unit}"


def _stage(before: _Moment | None, event: CaseEvent) -> Problems:
    was = None if before is None else before.stage
    told = frozenset(move.kind for move in event.moves)
    if event.stage not in _OVER and event.next_due is None:
        yield ViolationKind.NO_DEADLINE, f"{event.stage} without a clock that runs"
    if was in _OVER and not _may_happen_after(was, event.stage, told):
        yield ViolationKind.MOVED_AFTER_CLOSE, f"{was}: {', '.join(sorted(told))}"
        return
    if event.stage is was:
        return
    allowed = _FIRST if was is None else _NEXT.get(was, frozenset())
    if event.stage not in allowed:
        yield ViolationKind.STAGE_FORBIDDEN, f"from {was or 'nothing'} to {event.stage}"
    wanted = _MADE_BY.get(event.stage, told)
    if not wanted & told:
        yield (
            ViolationKind.STAGE_UNEXPLAINED,
            f"from {was or 'nothing'} to {event.stage} without {' or '.join(sorted(wanted))}",
        )


def _may_happen_after(was: Stage, now: Stage, told: frozenset[EventKind]) -> bool:
    """Whether a case that was over may go on like this."""
    if now is was:
        return told <= _AFTERWARDS
    return _COMES_BACK.get(was) in told
