"""What a case counts for, with its lead and with the units that objected to it or were summoned."""

from hub.contracts.cases import Stage
from hub.contracts.scores import CaseScore, ScorePart
from hub.contracts.trusted import trusted
from hub.domain.scoring.counts import NOTHING, counts_of

SHORTEST_S = 1.0
"""No handling takes less, seconds: the sketch of handling times is logarithmic."""

_JOINED, _INVALID, _CLOSED = Stage.JOINED, Stage.INVALID, Stage.CLOSED
_make_part = trusted(ScorePart)


def parts_of(row: CaseScore, *, unreached_counts: bool) -> tuple[ScorePart, ...]:
    """One part per unit, the lead's first; none of a case that was joined to another.

    ``unreached_counts``: whether a case whose citizen was called in vain counts as one that is not solved.
    """
    if row.stage is _JOINED:
        return ()
    counts = {
        **NOTHING,
        "cases": 1,
        "signals": row.signals,
        "appeals": row.appeals,
        "exclusion_asked": int(row.exclusion_asked),
    }
    if row.stage is _INVALID or row.excluded:
        counts["invalid" if row.stage is _INVALID else "excluded"] = 1
        return (_make_part(unit=row.lead_unit, counts=counts_of(counts)),)
    _assess(row, counts, unreached_counts)
    others = []
    for one in row.disputes:
        disputes = {name: count for name, count in one.__dict__.items() if name != "unit"}
        if one.unit == row.lead_unit:
            counts.update(disputes)
        else:
            others.append(_make_part(unit=one.unit, counts=counts_of({**NOTHING, **disputes})))
    lead = _make_part(unit=row.lead_unit, counts=counts_of(counts), handling_s=handling_s(row))
    return (lead, *others)


def handling_s(row: CaseScore) -> float | None:
    """Seconds from a case's first signal until it was resolved, else closed; None while it is open."""
    done = row.resolved or row.closed
    if row.stage is not _CLOSED or done is None:
        return None
    return max((done - row.opened).total_seconds(), SHORTEST_S)


def _assess(row: CaseScore, counts: dict[str, int], unreached_counts: bool) -> None:
    """Add what only an assessed case counts for."""
    closed = row.stage is _CLOSED
    unreached = closed and row.called and not row.reached
    unsolved = unreached and unreached_counts
    counts["assessed"] = 1
    counts["closed" if closed else "open"] = 1
    counts["overdue"] = int(row.overdue)
    counts["escalated"] = int(row.escalated)
    counts["reopened"] = int(row.reopened)
    counts["repeat"] = int(row.repeat)
    counts["hazards"] = int(row.hazard)
    counts["hazards_closed"] = int(row.hazard and closed)
    counts["asked"] = int(row.contacted is not None)
    counts["contacted"] = int(row.contacted is True)
    counts["asked_solved"] = int(row.solved is not None or unsolved)
    counts["solved"] = int(row.solved is True)
    counts["asked_satisfied"] = int(row.satisfied is not None or unsolved)
    counts["satisfied"] = int(row.satisfied is True)
    counts["unreached"] = int(unreached)
