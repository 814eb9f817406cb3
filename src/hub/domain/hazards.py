"""Hazards 隐患: looked at again, raised with a joint plan 提级整治, and more urgent beside complaints."""

from collections.abc import Mapping
from itertools import islice
from types import MappingProxyType

from hub.citypack.city import City
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind, HazardGrade
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain import escalation, work
from hub.domain.escalation import Consequence, Ringing, raised
from hub.domain.members import is_complaint, is_hazard, mark_overdue
from hub.domain.moves import OPEN, Acting, Actor, Change, Move, Refusal, told
from hub.domain.reopening import open_again, signals_again
from hub.domain.tables import CASES_BY_CELL, Near, near_group
from hub.flow import State

NEAR_AT_MOST = 20
"""How many cases of its cell one case raises when it opens: more in one cell say nothing more."""

_DONE = frozenset({Stage.RESOLVED, Stage.COSIGNING, Stage.CLOSED})


def still_there(acting: Acting, case: Case) -> Change:
    """An inspector looked again and the hazard is still there; what was said to be done is to be done again.

    As often as the city allows it fails; then it is raised a level with a joint plan, each time it fails.
    """
    city, failed = acting.city, case.failed + 1
    looked = told(EventKind.REINSPECTED, Reason.REINSPECTION_FAILED, f"failed {failed} time(s)")
    after = altered(case, failed=failed)
    moves: tuple[CaseMove, ...] = (looked,)
    if case.stage not in _DONE:
        members = signals_again(city, case, acting.now, acting.action.signal)
        after = altered(after, members=members)
    else:
        after = open_again(city, after, acting.now, acting.action.signal)
        moves += (told(EventKind.REOPENED, Reason.REINSPECTION_FAILED, f"was {case.stage}"),)
    if failed >= city.settings.cases.failed_inspections:
        after, more = with_joint_plan(city, after, Reason.FAILED_TOO_OFTEN)
        moves += more
    return Change(after, moves)


def in_order(acting: Acting, case: Case) -> Change | Refusal:
    """An inspector looked again and the hazard is rectified: its signal is closed, with the last its case.

    Where the unit had said so before, it is noted.
    """
    looked = told(EventKind.REINSPECTED, Reason.REINSPECTION_PASSED)
    change = work.close_signal(acting, case)
    if isinstance(change, Change):
        return change._replace(moves=(looked, *change.moves))
    return Change(case, (looked,)) if case.stage in _DONE else change


STILL_THERE = Move(
    ActionKind.PROGRESS,
    OPEN | {Stage.CLOSED},
    (Stage.IN_WORK,),
    EventKind.REINSPECTED,
    Actor.SOURCE,
    still_there,
)
"""What an inspector who looks again and finds the hazard still there tells its case."""

IN_ORDER = Move(
    ActionKind.CLOSE_SIGNAL,
    OPEN,
    (Stage.CLOSED,),
    EventKind.REINSPECTED,
    Actor.SOURCE,
    in_order,
)
"""What an inspector who looks again and finds the hazard rectified tells its case."""


def with_joint_plan(city: City, case: Case, reason: Reason) -> tuple[Case, tuple[CaseMove, ...]]:
    """The case raised a level, with the units of the city's joint plan as assistants; and the moves."""
    after, moves = raised(city, case, reason)
    there = {case.lead_unit, case.proposed_unit, *case.assist_units}
    called = tuple(unit for unit in city.settings.cases.hazard_plan_units if unit not in there)
    if not called:
        return after, moves
    plan = told(EventKind.JOINT_PLAN, reason, f"joint plan with {', '.join(called)}")
    return altered(after, assist_units=(*after.assist_units, *called)), (*moves, plan)


def overdue(ringing: Ringing, case: Case) -> Change:
    """A hazard that was not rectified in time is raised with a joint plan; others go one level up."""
    if not is_hazard(case):
        return escalation.overdue(ringing, case)
    members = tuple(mark_overdue(member, ringing.at) for member in case.members)
    return Change(*with_joint_plan(ringing.city, altered(case, members=members), Reason.HAZARD_OVERDUE))


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType({ClockKind.RESOLVE: overdue})


def with_signal(city: City, state: State, before: Case | None, change: Change) -> Change:
    """What its newest signal brings a case besides: a first major hazard, complaints beside a hazard."""
    return _near(state, before, _major(city, before, change))


def _major(city: City, before: Case | None, change: Change) -> Change:
    """A major hazard is raised from the start; a second one in the same case changes nothing."""
    *earlier, newest = change.case.members
    if newest.hazard is not HazardGrade.MAJOR or any(m.hazard is HazardGrade.MAJOR for m in earlier):
        return change
    after, moves = with_joint_plan(city, change.case, Reason.MAJOR_HAZARD)
    return change._replace(case=after, moves=(*change.moves, *moves))


def _near(state: State, before: Case | None, change: Change) -> Change:
    """A hazard and complaints or alarms that are open in one cell raise each other, each pair once.

    A pair meets when the later of the two comes to be what it is: with its first signal of that kind.
    """
    if is_hazard(change.case) and not (before and is_hazard(before)):
        return _raise_each_other(state, change, Near.COMPLAINT)
    if is_complaint(change.case) and not (before and is_complaint(before)):
        return _raise_each_other(state, change, Near.HAZARD)
    return change


_BECAUSE_OF = {Near.HAZARD: Reason.HAZARD_NEAR, Near.COMPLAINT: Reason.COMPLAINTS_NEAR}
_OTHER = {Near.HAZARD: Near.COMPLAINT, Near.COMPLAINT: Near.HAZARD}


def _raise_each_other(state: State, change: Change, kind: Near) -> Change:
    """The case raised once by each case of a kind in its cell, and each of them by it."""
    case = change.case
    if case.cell is None:
        return change
    found = (other for _, other in state.scan(CASES_BY_CELL, near_group(kind, case.cell)))
    others = tuple(islice((other for other in found if other.case_id != case.case_id), NEAR_AT_MOST))
    if not others:
        return change
    return change._replace(
        case=altered(case, priority=case.priority + len(others)),
        moves=(*change.moves, *(_raised(kind, other.case_id) for other in others)),
        others=tuple((other, _raised_by(_OTHER[kind], other, case.case_id)) for other in others),
        other_case=change.other_case or others[0].case_id,
    )


def _raised_by(kind: Near, case: Case, other: str) -> Change:
    return Change(altered(case, priority=case.priority + 1), (_raised(kind, other),), other_case=other)


def _raised(kind: Near, other: str) -> CaseMove:
    return told(EventKind.RAISED, _BECAUSE_OF[kind], f"{kind} in the same cell: case {other}")
