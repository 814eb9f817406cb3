"""A clock of a case whose time has come: it warns, or it is over and has its consequence."""

from datetime import datetime

from hub.contracts.cases import Case, Clock, ClockKind, EventKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.case_log import CLOCK, Cause, archived, told_of
from hub.domain.clocks import due_clock, is_missed
from hub.domain.escalation import Ringing
from hub.domain.families import CONSEQUENCES
from hub.domain.moves import CaseRules, Change, told
from hub.flow import Outcome, State


def ring(rules: CaseRules, state: State, case: Case, now: datetime) -> Outcome:
    """The clock of a case that is due now; a breach and its consequence are one event."""
    clock, over = due_clock(case, now)
    if clock.kind is ClockKind.ARCHIVE:
        return archived(case)
    at = max(now, case.changed)
    rung = altered(clock, due=None if over else clock.due, warn_at=None)
    after = altered(case, clocks=tuple(rung if one is clock else one for one in case.clocks))
    if over:
        change = CONSEQUENCES[clock.kind](Ringing(rules, state, clock, at), after)
        if is_missed(case, clock.kind):
            breached = told(EventKind.BREACHED, Reason.LIMIT_PASSED, _limit(clock))
            change = change._replace(moves=(breached, *change.moves))
    else:
        change = Change(after, (told(EventKind.WARNED, Reason.WARN_SHARE_REACHED, _limit(clock)),))
    cause = Cause(CLOCK, f"{clock.kind}/{change.moves[0].kind}", at, clock=clock.kind)
    return told_of(rules.city, case, change, cause)


def _limit(clock: Clock) -> str:
    return f"limit to {clock.kind.replace('_', ' ')}: {clock.due:%Y-%m-%d %H:%M:%S} UTC"
