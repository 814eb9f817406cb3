"""Records that a step handles at once, where that says what one after the other would."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple

from hub.contracts.fields import Contract
from hub.flow import Arrival, Origin, Outcome, Put, State, Step
from hub.runtime.record import Record


class Readable(NamedTuple):
    """A record that could be read, and the time that it shows."""

    record: Record
    body: Contract
    arrival: Arrival
    origin: Origin
    shown: datetime | None


class Stretch(NamedTuple):
    """Readable records in order, each with the log time that it is handled at."""

    records: tuple[Readable, ...]
    nows: tuple[datetime, ...]


def next_stretch(
    read: Sequence[Readable | None], start: int, most: int, now: datetime, due: datetime | None
) -> Stretch:
    """The records from ``start`` on, ``most`` at most, up to one that is unreadable or whose clock reaches
    ``due``, when the first row wants its turn."""
    records, nows = [], []
    for one in islice(read, start, start + most):
        if one is None:
            break
        if one.shown is not None and one.shown > now:
            if due is not None and due <= one.shown:
                break
            now = one.shown
        records.append(one)
        nows.append(now)
    return Stretch(tuple(records), tuple(nows))


def told_at_once(step: Step, state: State, stretch: Stretch) -> Sequence[Outcome]:
    """Outcomes of the first records of a stretch; none where a fault or a clock wants smaller stretches.

    The step works ahead of the clock: a row that it puts may come due amid the very records that it saw.
    """
    if step.handle_many is None or not stretch.records:
        return ()
    items = [(one.body, one.arrival) for one in stretch.records]
    try:
        outcomes = step.handle_many(state, items, stretch.nows)
    except Exception:  # whatever it is, one by one shows whose it is
        return ()
    return outcomes if not outcomes or _none_due(step, outcomes, stretch.nows[len(outcomes) - 1]) else ()


def _none_due(step: Step, outcomes: Sequence[Outcome], last: datetime) -> bool:
    if not step.dues:
        return True
    due_of = {index.table.name: index.due for index in step.dues}
    for outcome in outcomes:
        for change in outcome.changes:
            if isinstance(change, Put) and change.table.name in due_of:
                due = due_of[change.table.name](change.row)
                if due is not None and due <= last:
                    return False
    return True
