"""Escalation 提级: what happens when a limit of the work passes; one level up, as far as the city's cap."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from hub.citypack.city import City
from hub.contracts.cases import Case, CaseMove, Clock, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.clocks import without
from hub.domain.entitlement import asked_unit
from hub.domain.members import mark_overdue
from hub.domain.moves import HELD, Acting, Actor, CaseRules, Change, Move, Refusal, told
from hub.flow import State


class Ringing(NamedTuple):
    """A clock of a case that is over, and log time."""

    rules: CaseRules
    state: State
    clock: Clock
    at: datetime

    @property
    def city(self) -> City:
        """The city."""
        return self.rules.city


Consequence = Callable[[Ringing, Case], Change]
"""``consequence(ringing, case)``: what happens to a case when one of its clocks is over.

The case comes with that clock over (no due time); without it the stage's clock starts anew.
"""


def raised(city: City, case: Case, reason: Reason, why: str = "") -> tuple[Case, tuple[CaseMove, ...]]:
    """The case watched over one level higher 督办, and the move; as it is at the cap or the top.

    ``why`` is what the unit above reads besides, readable.
    """
    above = unit_above(city, case)
    if above is None or case.level >= city.settings.cases.escalation_cap:
        return case, ()
    move = told(EventKind.ESCALATED, reason, f"level {case.level + 1}, to {above}{why and f'; {why}'}", above)
    return altered(case, level=case.level + 1, supervisor=above), (move,)


def is_raised(moves: Iterable[CaseMove]) -> bool:
    """Whether a case was raised among these moves: at its dispatch one level is enough for many reasons."""
    return any(move.kind is EventKind.ESCALATED for move in moves)


def unit_above(city: City, case: Case) -> str | None:
    """The unit above whoever watches over the case now, or must sign for it; never its lead."""
    start = case.supervisor or asked_unit(case)
    superiors = city.superiors_of(start) if start else ()
    return next((unit for unit in superiors if unit != case.lead_unit), None)


def unsigned(ringing: Ringing, case: Case) -> Change:
    """Nobody signed in time: one level up, and the limit to sign begins anew."""
    after, moves = raised(ringing.city, case, Reason.LIMIT_PASSED)
    return Change(without(after, ClockKind.SIGN_FOR) if moves else after, moves)


def overdue(ringing: Ringing, case: Case) -> Change:
    """The limit to resolve has passed: signals that are late are marked, the case goes one level up."""
    members = tuple(mark_overdue(member, ringing.at) for member in case.members)
    return Change(*raised(ringing.city, altered(case, members=members), Reason.LIMIT_PASSED))


def remind(ringing: Ringing, case: Case) -> Change:
    """Nothing has happened for long: one level up; at the cap everybody above is told again."""
    after, moves = raised(ringing.city, case, Reason.NOTHING_HAPPENED)
    reminded = told(EventKind.REMINDED, Reason.NOTHING_HAPPENED, f"{case.stage} since {case.since:%Y-%m-%d}")
    return Change(without(after, ClockKind.REMIND), moves or (reminded,))


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType(
    {ClockKind.SIGN_FOR: unsigned, ClockKind.RESOLVE: overdue, ClockKind.REMIND: remind}
)


def escalate(acting: Acting, case: Case) -> Change | Refusal:
    """A unit raises the case one level by hand 提级."""
    after, moves = raised(acting.city, case, Reason.ALLOWED_MOVE)
    if not moves:
        return Refusal(Reason.AT_THE_TOP, f"escalate: level {case.level} is as high as this case goes")
    return Change(after, moves)


MOVES = (
    Move(
        ActionKind.ESCALATE,
        HELD | {Stage.DISPATCHED, Stage.WHISTLED},
        (),
        EventKind.ESCALATED,
        Actor.TOWN,
        escalate,
    ),
)
