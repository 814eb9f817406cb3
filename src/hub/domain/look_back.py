"""Look-back 回头看: some closed cases are looked at again later; what is not in order is reopened."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.domain.clocks import without
from hub.domain.escalation import Consequence, Ringing
from hub.domain.moves import Acting, Actor, Change, Move, told
from hub.domain.reopening import reopened


def look_back(acting: Acting, case: Case) -> Change:
    """Somebody looked again after it was closed: all is well, or the case is open again one level up.

    Where it may not be reopened any more it stays closed, and the event says so.
    """
    looked = without(case, ClockKind.LOOK_BACK)
    if acting.terms.passed:
        passed = told(EventKind.LOOKED_BACK, Reason.LOOK_BACK_PASSED, unit=acting.action.unit)
        return Change(looked, (passed,))
    again = reopened(acting.city, case, acting.now, Reason.LOOK_BACK_FAILED, up=True)
    stays = f"stays closed: reopened {case.reopened} time(s), as often as a case may be"
    detail = stays if again is None else ""
    failed = told(EventKind.LOOKED_BACK, Reason.LOOK_BACK_FAILED, detail, acting.action.unit)
    if again is None:
        return Change(looked, (failed,))
    return again._replace(moves=(failed, *again.moves))


def not_looked(ringing: Ringing, case: Case) -> Change:
    """Nobody looked in time: the breach is told, and the case is archived in its time."""
    return Change(without(case, ClockKind.LOOK_BACK), ())


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.LOOK_BACK: not_looked})

MOVES = (
    Move(
        ActionKind.LOOK_BACK,
        frozenset({Stage.CLOSED}),
        (Stage.DISPATCHED, Stage.IN_WORK),
        EventKind.LOOKED_BACK,
        Actor.CENTRE_OR_TOWN,
        look_back,
        needs=("passed",),
    ),
)
