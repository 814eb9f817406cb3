"""Callback 回访: the centre asks the citizen; where nobody wants a call, or none comes, the case closes."""

from collections.abc import Mapping
from types import MappingProxyType

from hub.contracts.cases import Case, ClockKind, EventKind
from hub.contracts.reasons import Reason
from hub.domain.endings import closed
from hub.domain.escalation import Consequence, Ringing
from hub.domain.members import wants_callback
from hub.domain.moves import Change, told


def unasked(ringing: Ringing, case: Case) -> Change:
    """The time for a callback is over: the case closes, and it shows whether somebody waited for one."""
    reason = Reason.CALLBACK_MISSED if wants_callback(case) else Reason.NO_CALLBACK_WANTED
    return Change(closed(case, ringing.at), (told(EventKind.CLOSED, reason),))


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.CALLBACK: unasked})
