"""What the cases step keeps of each town, and how it finds it again."""

from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.cases import Case, Observation, SeenSignal, Stage
from hub.flow import DueIndex, GroupIndex, Table

CASES = Table("cases", Case)
SEEN = Table("seen", SeenSignal)
OBSERVATIONS = Table("observations", Observation)

MEMORY = timedelta(days=30)
"""How long a signal or action is known again after its case was closed, in log time."""

ONE_MS = timedelta(milliseconds=1)


def signal_key(source: str, source_id: str) -> str:
    """Key of a signal's identity."""
    return f"signal\x1f{source}\x1f{source_id}"


def action_key(source: str, source_id: str) -> str:
    """Key of an action's identity."""
    return f"action\x1f{source}\x1f{source_id}"


def closed_key(case_id: str) -> str:
    """Key under which a closed case is remembered."""
    return f"closed\x1f{case_id}"


def place_group(affinity: str, place: str) -> str:
    """Group of the open cases of one kind of matter in one cell, or at one exact place."""
    return f"{affinity}\x1f{place}"


def next_due(case: Case) -> datetime | None:
    """When the next clock of a case warns or is breached; a limit is passed one millisecond after it."""
    times = [clock.warn_at for clock in case.clocks if clock.warn_at]
    times += [clock.due + ONE_MS for clock in case.clocks if clock.due]
    return min(times, default=None)


CASES_BY_SIGNAL = GroupIndex(
    "cases_by_signal", CASES, lambda case: tuple(signal_key(m.source, m.source_id) for m in case.members)
)


def cases_by_place(city: City) -> GroupIndex[Case]:
    """Open cases by kind of matter and the cells and exact places of their signals."""

    def groups(case: Case) -> tuple[str, ...]:
        if case.stage is Stage.RESOLVED:
            return ()  # what comes after the work was done is a new matter
        affinity = city.affinity_of(case.category)
        places = {m.cell for m in case.members if m.cell} | {m.site for m in case.members if m.site}
        return tuple(place_group(affinity, place) for place in sorted(places))

    return GroupIndex("cases_by_place", CASES, groups)


CASES_DUE = DueIndex(CASES, next_due)
SEEN_DUE = DueIndex(SEEN, lambda seen: seen.forget_at)
OBSERVATIONS_DUE = DueIndex(OBSERVATIONS, lambda observation: observation.forget_at)
