"""All moves and consequences, each family's its own: the table of moves, as data."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.cases import ClockKind
from hub.contracts.feeds import ActionKind
from hub.contracts.fields import Feed
from hub.contracts.signals import CaseAction
from hub.domain import (
    callback,
    consultation,
    escalation,
    exclusion,
    membership,
    objection,
    pauses,
    whistle,
    work,
)
from hub.domain.escalation import Consequence
from hub.domain.hazards import STILL_THERE
from hub.domain.moves import Move

MOVES: Mapping[ActionKind, Move] = MappingProxyType(
    {
        move.action: move
        for move in (
            *work.MOVES,
            *escalation.MOVES,
            *membership.MOVES,
            *objection.MOVES,
            *consultation.MOVES,
            *whistle.MOVES,
            *pauses.MOVES,
            *exclusion.MOVES,
        )
    }
)
"""The table of moves: what is not in it moves no case."""

CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType(
    {
        **escalation.CONSEQUENCES,
        **callback.CONSEQUENCES,
        **objection.CONSEQUENCES,
        **consultation.CONSEQUENCES,
        **whistle.CONSEQUENCES,
        **pauses.CONSEQUENCES,
        **exclusion.CONSEQUENCES,
    }
)
"""What happens when a limit passes. Every clock that a case can have is here, but the archive's."""


def move_of(action: CaseAction) -> Move | None:
    """The row of the table for an action, or None."""
    if action.feed is Feed.INSPECTION and action.kind is ActionKind.PROGRESS:
        return STILL_THERE
    return MOVES.get(action.kind)
