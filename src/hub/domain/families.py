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
    hazards,
    look_back,
    membership,
    objection,
    pauses,
    whistle,
    work,
)
from hub.domain.escalation import Consequence
from hub.domain.moves import Move

MOVES: Mapping[ActionKind, Move] = MappingProxyType(
    {
        move.action: move
        for move in (
            *work.MOVES,
            *escalation.MOVES,
            *callback.MOVES,
            *look_back.MOVES,
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

REINSPECTIONS: Mapping[ActionKind, Move] = MappingProxyType(
    {move.action: move for move in (hazards.STILL_THERE, hazards.IN_ORDER)}
)
"""What an inspector who looks again does."""

CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType(
    {
        **escalation.CONSEQUENCES,
        **hazards.CONSEQUENCES,
        **callback.CONSEQUENCES,
        **look_back.CONSEQUENCES,
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
    return (REINSPECTIONS if action.feed is Feed.INSPECTION else MOVES).get(action.kind)
