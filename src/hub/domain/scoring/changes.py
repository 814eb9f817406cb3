"""The scores step: a case's events become changes of what it counts for."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hub import topics
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.scores import CaseScore, ScoreChange, ScorePart
from hub.contracts.trusted import altered, trusted
from hub.domain.scoring.counts import by_name
from hub.domain.scoring.facts import REMEMBERED, ScoreRules, row_after
from hub.domain.scoring.parts import parts_of
from hub.flow import Arrival, Delete, DueIndex, Emit, Origin, Outcome, State, Table, put

SCORED = Table("scored", CaseScore)
"""What is known of each case, by its id."""

SCORED_DUE = DueIndex(SCORED, lambda row: row.forget_at)

_make_change = trusted(ScoreChange)
_UNCHANGED = Outcome(Reason.COUNTED)


def time_shown(body: Contract, _: Arrival) -> datetime | None:
    """The log time that a case's event shows."""
    return body.at if isinstance(body, CaseEvent) else None


def origin_of(_: Contract, arrival: Arrival) -> Origin:
    """The ledger counts feeds; what steps hand on it does not."""
    return Origin(arrival.topic, arrival.source, arrival.arrived, counted=False)


def handle(rules: ScoreRules, state: State, body: Contract, _: Arrival, __: datetime) -> Outcome:
    """One event of a case: its row, and what it counts for now where that is something else."""
    if not isinstance(body, CaseEvent):
        return Outcome(Reason.WRONG_CONTRACT, detail=f"scores take no {type(body).__name__}")
    before = state.get(SCORED, body.case_id)
    if before is None and body.seq > 0:
        detail = f"case_id: was over {REMEMBERED / timedelta(days=1):.0f} days ago and is forgotten"
        return Outcome(Reason.OLDER_THAN_MEMORY, detail=detail)
    facts = row_after(rules, before, body)
    if before is not None and before.__dict__ == facts.__dict__:
        return _UNCHANGED
    parts = parts_of(facts, unreached_counts=rules.unreached_counts)
    after = altered(facts, parts=parts)
    changed = put(SCORED, body.case_id, after)
    return Outcome(Reason.COUNTED, tuple(_changes(before, after, body)), (changed,))


def fire(_: ScoreRules, __: State, table: Table[Contract], key: str, ___: datetime) -> Outcome:
    """A case has been over for so long that nothing about it changes any more."""
    return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))


def _changes(before: CaseScore | None, after: CaseScore, event: CaseEvent) -> Iterator[Emit]:
    """What the case counted for and counts for now: in two records where it is elsewhere now."""
    if before is None or _place(before) == _place(after):
        was = () if before is None else before.parts
        if not _same(was, after.parts):
            yield _change(after, event, was, after.parts, "")
        return
    if before.parts:
        yield _change(before, event, before.parts, (), "/left")
    if after.parts:
        yield _change(after, event, (), after.parts, "")


def _same(one: tuple[ScorePart, ...], other: tuple[ScorePart, ...]) -> bool:
    """Whether parts are equal: as their own comparison says, in a fifth of its time."""
    return len(one) == len(other) and all(
        a.unit == b.unit and a.handling_s == b.handling_s and by_name(a.counts) == by_name(b.counts)
        for a, b in zip(one, other, strict=True)
    )


def _place(row: CaseScore) -> tuple[str, str, str, str]:
    return row.district, row.town, row.category, row.day


def _change(
    row: CaseScore,
    event: CaseEvent,
    before: tuple[ScorePart, ...],
    after: tuple[ScorePart, ...],
    suffix: str,
) -> Emit:
    change = _make_change(
        case_id=event.case_id,
        seq=event.seq,
        at=event.at,
        district=row.district,
        town=row.town,
        category=row.category,
        day=row.day,
        before=before,
        after=after,
    )
    name = f"{event.case_id}/{event.seq}{suffix}"
    return Emit(topics.SCORE_CASES, row.district, name, event.at, change, event.case_id)
