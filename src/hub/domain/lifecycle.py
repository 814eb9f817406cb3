"""The moves of a case: which action leads from which stage to which, and who may make it. Data, not code."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from hub.citypack.city import City
from hub.contracts.cases import Case, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Feed
from hub.contracts.reasons import Reason
from hub.contracts.signals import CaseAction


class Actor(StrEnum):
    """Who may make a move."""

    LEAD = "lead"
    LEAD_OR_ASSIST = "lead or assist"
    LEAD_OR_CENTRE = "lead or hotline centre"
    SOURCE = "publisher of the signal"


@dataclass(frozen=True, slots=True)
class Move:
    """One row of the table of moves; ``to`` is None where the stage stays."""

    action: ActionKind
    allowed_in: frozenset[Stage]
    to: Stage | None
    event: EventKind
    actor: Actor


OPEN_STAGES = frozenset({Stage.RECEIVED, Stage.DISPATCHED, Stage.SIGNED_FOR, Stage.IN_WORK, Stage.RESOLVED})
_HELD = frozenset({Stage.SIGNED_FOR, Stage.IN_WORK})

MOVES: Mapping[ActionKind, Move] = MappingProxyType(
    {
        move.action: move
        for move in (
            Move(
                ActionKind.SIGN_FOR,
                frozenset({Stage.DISPATCHED}),
                Stage.SIGNED_FOR,
                EventKind.SIGNED_FOR,
                Actor.LEAD,
            ),
            Move(
                ActionKind.START, frozenset({Stage.SIGNED_FOR}), Stage.IN_WORK, EventKind.STARTED, Actor.LEAD
            ),
            Move(ActionKind.PROGRESS, _HELD, None, EventKind.PROGRESSED, Actor.LEAD_OR_ASSIST),
            Move(ActionKind.RESOLVE, _HELD, Stage.RESOLVED, EventKind.RESOLVED, Actor.LEAD),
            Move(
                ActionKind.CLOSE,
                frozenset({Stage.RESOLVED}),
                Stage.CLOSED,
                EventKind.CLOSED,
                Actor.LEAD_OR_CENTRE,
            ),
            Move(ActionKind.CLOSE_SIGNAL, OPEN_STAGES, None, EventKind.SIGNAL_CLOSED, Actor.SOURCE),
        )
    }
)

STILL_THERE = Move(ActionKind.PROGRESS, OPEN_STAGES, None, EventKind.PROGRESSED, Actor.SOURCE)
"""What an inspector who looks again and finds the hazard still there tells its case."""


def refusal_of(city: City, case: Case, action: CaseAction) -> tuple[Reason, str] | None:
    """Why an action may not move a case, or None if it may."""
    again = action.feed is Feed.INSPECTION and action.kind is ActionKind.PROGRESS
    move = STILL_THERE if again else MOVES.get(action.kind)
    if move is None:
        return Reason.STAGE_FORBIDS, f"action {action.kind} does not move cases"
    if case.stage not in move.allowed_in:
        stages = ", ".join(sorted(move.allowed_in))
        return Reason.STAGE_FORBIDS, f"{action.kind} is allowed in {stages}; the case is {case.stage}"
    if not _may_act(city, case, action, move.actor):
        return (
            Reason.NOT_THE_LEAD,
            f"{action.kind} may be done by the {move.actor}; the lead is {case.lead_unit}",
        )
    return None


def _may_act(city: City, case: Case, action: CaseAction, actor: Actor) -> bool:
    match actor:
        case Actor.LEAD:
            return action.unit is not None and action.unit == case.lead_unit
        case Actor.LEAD_OR_ASSIST:
            return action.unit is not None and action.unit in (case.lead_unit, *case.assist_units)
        case Actor.LEAD_OR_CENTRE:
            return action.unit is not None and action.unit in (case.lead_unit, city.settings.catch_all_unit)
        case Actor.SOURCE:
            return action.signal is not None and action.signal.source == action.source
