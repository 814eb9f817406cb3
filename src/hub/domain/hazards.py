"""Hazards 隐患: what an inspector finds again, or finds in order."""

from hub.contracts.cases import Case, EventKind
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.domain.moves import OPEN, Acting, Actor, Change, Move, told


def still_there(acting: Acting, case: Case) -> Change:
    """An inspector looked again and the hazard is still there."""
    return Change(case, (told(EventKind.PROGRESSED, Reason.ALLOWED_MOVE, "still there"),))


STILL_THERE = Move(ActionKind.PROGRESS, OPEN, (), EventKind.PROGRESSED, Actor.SOURCE, still_there)
"""What an inspector who looks again and finds the hazard still there tells its case."""
