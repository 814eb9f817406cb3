"""What a case counts for, with its lead and with the units that objected to it or were summoned."""

from hub.contracts.cases import Stage
from hub.contracts.scores import CaseScore, ScoreCounts, ScorePart, UnitDispute
from hub.contracts.trusted import trusted

SHORTEST_S = 1.0
"""No handling takes less, seconds: the sketch of handling times is logarithmic."""

_make_counts = trusted(ScoreCounts)
_make_part = trusted(ScorePart)


def parts_of(row: CaseScore) -> tuple[ScorePart, ...]:
    """One part per unit, the lead's first; none of a case that was joined to another."""
    if row.stage is Stage.JOINED:
        return ()
    shared = {
        "cases": 1,
        "signals": row.signals,
        "appeals": row.appeals,
        "exclusion_asked": int(row.exclusion_asked),
    }
    if row.stage is Stage.INVALID:
        return (_make_part(unit=row.lead_unit, counts=_make_counts(**shared, invalid=1)),)
    if row.excluded:
        return (_make_part(unit=row.lead_unit, counts=_make_counts(**shared, excluded=1)),)
    own = next((one for one in row.disputes if one.unit == row.lead_unit), None)
    disputes = {} if own is None else _of_dispute(own)
    counts = _make_counts(**shared, **_assessed(row), **disputes)
    lead = _make_part(unit=row.lead_unit, counts=counts, handling_s=handling_s(row))
    others = (one for one in row.disputes if one is not own)
    return (lead, *(_make_part(unit=one.unit, counts=_make_counts(**_of_dispute(one))) for one in others))


def handling_s(row: CaseScore) -> float | None:
    """Seconds from a case's first signal until it was resolved, else closed; None while it is open."""
    done = row.resolved or row.closed
    if row.stage is not Stage.CLOSED or done is None:
        return None
    return max((done - row.opened).total_seconds(), SHORTEST_S)


def _assessed(row: CaseScore) -> dict[str, int]:
    closed = row.stage is Stage.CLOSED
    unreached = closed and row.called and not row.reached
    unsolved = unreached and row.unreached_counts
    return {
        "assessed": 1,
        "open": int(not closed),
        "closed": int(closed),
        "overdue": int(row.overdue),
        "escalated": int(row.escalated),
        "reopened": int(row.reopened),
        "repeat": int(row.repeat),
        "hazards": int(row.hazard),
        "hazards_closed": int(row.hazard and closed),
        "asked": int(row.contacted is not None),
        "contacted": int(row.contacted is True),
        "asked_solved": int(row.solved is not None or unsolved),
        "solved": int(row.solved is True),
        "asked_satisfied": int(row.satisfied is not None or unsolved),
        "satisfied": int(row.satisfied is True),
        "unreached": int(unreached),
    }


def _of_dispute(one: UnitDispute) -> dict[str, int]:
    return {
        "objected": one.objected,
        "upheld": one.upheld,
        "rejected": one.rejected,
        "summoned": one.summoned,
        "arrived": one.arrived,
        "arrived_late": one.arrived_late,
    }
