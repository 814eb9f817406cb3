"""What the cases step keeps of each town, and how it finds it again."""

from datetime import datetime, timedelta
from enum import StrEnum

from hub.citypack.city import City
from hub.contracts.case_memory import ClosedCase, Observation, RefusedActions, SeenSignal
from hub.contracts.cases import ENDED, Case, Stage
from hub.contracts.past_appeals import PastAppeals
from hub.contracts.standing import TownStanding
from hub.domain.members import is_complaint, is_hazard, signals_of
from hub.flow import DueIndex, GroupIndex, Table

CASES = Table("cases", Case)
SEEN = Table("seen", SeenSignal)
REFUSED = Table("refused", RefusedActions)
OBSERVATIONS = Table("observations", Observation)
PAST_APPEALS = Table("past_appeals", PastAppeals)
STANDINGS = Table("standings", TownStanding)
ARCHIVED = Table("archived", ClosedCase)
"""Cases that are over and can't come back, by id; the others that are over are in CASES still."""

MEMORY = timedelta(days=30)
"""How long a signal or action is known again after its case was closed, in log time."""

ONE_MS = timedelta(milliseconds=1)


def signal_key(source: str, source_id: str) -> str:
    """Key of a signal's identity."""
    return f"signal\x1f{source}\x1f{source_id}"


def standing_key(key_town: str, town: str) -> str:
    """Key of what a town's log remembers of how a town stands."""
    return f"{key_town}\x1f{town}"


def place_group(affinity: str, place: str) -> str:
    """Group of the open cases of one kind of matter in one cell, or at one exact place."""
    return f"{affinity}\x1f{place}"


def closed_group(category: str, place: str) -> str:
    """Group of the closed cases with a signal of a category in one cell, or at one exact place."""
    return f"closed\x1f{category}\x1f{place}"


def next_due(case: Case) -> datetime | None:
    """When the next clock of a case warns or is breached; a limit is passed one millisecond after it."""
    times = [clock.warn_at for clock in case.clocks if clock.warn_at]
    times += [clock.due + ONE_MS for clock in case.clocks if clock.due]
    return min(times, default=None)


def _signals(case: Case) -> tuple[str, ...]:
    return tuple(signal_key(m.source, m.source_id) for m in signals_of(case))


CASES_BY_SIGNAL = GroupIndex("cases_by_signal", CASES, _signals)


_DONE = ENDED | {Stage.RESOLVED, Stage.COSIGNING}


def cases_by_place(city: City) -> GroupIndex[Case]:
    """Cases by kind of matter (closed ones by category) and the cells and exact places of their signals."""

    def groups(case: Case) -> tuple[str, ...]:
        if case.stage is Stage.CLOSED:
            of_signals = {(m.category, place) for m in case.members for place in (m.cell, m.site) if place}
            return tuple(closed_group(*one) for one in sorted(of_signals))
        places = {m.cell for m in case.members if m.cell} | {m.site for m in case.members if m.site}
        if case.stage in _DONE:
            return ()  # what comes after the work was done is a new matter
        affinity = city.affinity_of(case.category)
        return tuple(place_group(affinity, place) for place in sorted(places))

    return GroupIndex("cases_by_place", CASES, groups)


class Near(StrEnum):
    """What a case is to others in its cell."""

    HAZARD = "hazard"
    COMPLAINT = "complaint or alarm"


def near_group(kind: Near, cell: str) -> str:
    """Group of the open hazards, or of the open complaints and alarms, whose first signal lies in a cell."""
    return f"{kind.name}\x1f{cell}"


def _near(case: Case) -> tuple[str, ...]:
    if case.cell is None or case.stage in _DONE:
        return ()
    if is_hazard(case):
        return (near_group(Near.HAZARD, case.cell),)
    return (near_group(Near.COMPLAINT, case.cell),) if is_complaint(case) else ()


CASES_BY_CELL = GroupIndex("cases_by_cell", CASES, _near)

CASES_DUE = DueIndex(CASES, next_due)
SEEN_DUE = DueIndex(SEEN, lambda seen: seen.forget_at)
REFUSED_DUE = DueIndex(REFUSED, lambda refused: refused.forget_at)
ARCHIVED_DUE = DueIndex(ARCHIVED, lambda closed: closed.forget_at)
OBSERVATIONS_DUE = DueIndex(OBSERVATIONS, lambda observation: observation.forget_at)
PAST_APPEALS_DUE = DueIndex(PAST_APPEALS, lambda past: past.forget_at)
