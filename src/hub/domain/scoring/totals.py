"""The totals step: changes of what cases count for become the sums of each day, by subject."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile
from typing import cast

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.contracts.scores import ScoreCell, ScoreChange
from hub.domain.scoring.cells import Name, Sums, cell_key, deltas_of
from hub.flow import Arrival, Emit, Outcome, State, Table, put

DAILY = Table("daily", ScoreCell)
"""The sums of a day, by key of the cell."""

AT_ONCE = 5_000
"""Changes taken at once, at most: each cell is read and said once for all that change it."""


def handle(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """One change of what a case counts for."""
    if not isinstance(body, ScoreChange):
        return Outcome(Reason.WRONG_CONTRACT, detail=f"totals take no {type(body).__name__}")
    return handle_many(state, ((body, arrival),), (now,))[0]


def handle_many(
    state: State, items: Sequence[tuple[Contract, Arrival]], _: Sequence[datetime]
) -> Sequence[Outcome]:
    """As ``handle`` of one after the other, but each cell is said once, with the last change to it."""
    bodies = (body for body, _ in items)
    changes = [cast("ScoreChange", body) for body in takewhile(_is_change, bodies)]
    sums: dict[Name, Sums] = {}
    last: dict[Name, int] = {}
    for number, change in enumerate(changes):
        for name, delta in deltas_of(change):
            known = sums.get(name)
            if known is None:
                known = sums[name] = Sums(state.get(DAILY, cell_key(name)))
            known.add(delta)
            last[name] = number
    said: defaultdict[int, list[Name]] = defaultdict(list)
    for name, number in last.items():
        said[number].append(name)
    return [
        _outcome(change, {name: sums[name] for name in said.get(n, ())}) for n, change in enumerate(changes)
    ]


def _is_change(body: Contract) -> bool:
    return isinstance(body, ScoreChange)


def _outcome(change: ScoreChange, cells: dict[Name, Sums]) -> Outcome:
    emits, rows = [], []
    for name, sums in cells.items():
        cell, key = sums.cell(name), cell_key(name)
        emits.append(Emit(topics.SCORES_DAILY, key, f"{key}#{cell.changes}", change.at, cell))
        rows.append(put(DAILY, key, cell))
    return Outcome(Reason.COUNTED, tuple(emits), tuple(rows))
