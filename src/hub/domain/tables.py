"""What the cases step keeps of each town, and how it finds it again."""

from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.cases import ENDED, Case, ClosedCase, Observation, RefusedActions, SeenSignal, Stage
from hub.domain.members import signals_of
from hub.flow import DueIndex, GroupIndex, Table

CASES = Table("cases", Case)
SEEN = Table("seen", SeenSignal)
REFUSED = Table("refused", RefusedActions)
OBSERVATIONS = Table("observations", Observation)
ARCHIVED = Table("archived", ClosedCase)
"""Cases that are over and can't come back, by id; the others that are over are in CASES still."""

MEMORY = timedelta(days=30)
"""How long a signal or action is known again after its case was closed, in log time."""

ONE_MS = timedelta(milliseconds=1)


def signal_key(source: str, source_id: str) -> str:
    """Key of a signal's identity."""
    return f"signal\x1f{source}\x1f{source_id}"


def place_group(affinity: str, place: str) -> str:
    """Group of the open cases of one kind of matter in one cell, or at one exact place."""
    return f"{affinity}\x1f{place}"


def closed_group(category: str, place: str) -> str:
    """Group of the cases of a category closed a short while ago in one cell, or at one exact place."""
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
        places = {m.cell for m in case.members if m.cell} | {m.site for m in case.members if m.site}
        if case.stage is Stage.CLOSED:
            return tuple(closed_group(case.category, place) for place in sorted(places))
        if case.stage in _DONE:
            return ()  # what comes after the work was done is a new matter
        affinity = city.affinity_of(case.category)
        return tuple(place_group(affinity, place) for place in sorted(places))

    return GroupIndex("cases_by_place", CASES, groups)


CASES_DUE = DueIndex(CASES, next_due)
SEEN_DUE = DueIndex(SEEN, lambda seen: seen.forget_at)
REFUSED_DUE = DueIndex(REFUSED, lambda refused: refused.forget_at)
ARCHIVED_DUE = DueIndex(ARCHIVED, lambda closed: closed.forget_at)
OBSERVATIONS_DUE = DueIndex(OBSERVATIONS, lambda observation: observation.forget_at)
