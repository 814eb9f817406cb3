"""Sums of cells: however events are cut into batches, they equal what the final rows of the cases say."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.scoring.lives import cities_of_cases, event, rules
from tests.domain.scoring.rows import ARRIVAL, Rows

from hub.contracts.cases import CaseEvent, EventKind
from hub.contracts.fields import EARLIEST, Contract
from hub.contracts.reasons import Reason
from hub.contracts.scores import CaseScore, ScoreBy, ScoreCell, ScoreChange
from hub.domain.scoring import changes, totals
from hub.domain.scoring.cells import Name, Sums, deltas_of
from hub.domain.scoring.counts import by_name
from hub.domain.scoring.facts import row_after
from hub.domain.scoring.handling import bin_of
from hub.domain.scoring.merging import merge
from hub.domain.scoring.parts import parts_of
from hub.flow import Arrival, Outcome, Put

Sum = tuple[Mapping[str, int], Mapping[int, int]]


def changes_of(events: Sequence[CaseEvent]) -> list[ScoreChange]:
    """What the scores step says of events, one after the other."""
    state, told = Rows(), []
    for one in events:
        outcome = changes.handle(rules(), state, one, ARRIVAL, EARLIEST)
        state.apply(outcome.changes)
        told += [emit.value for emit in outcome.emits]
    assert all(isinstance(change, ScoreChange) for change in told)
    return [change for change in told if isinstance(change, ScoreChange)]


def cells_in_batches(told: Sequence[ScoreChange], cuts: Sequence[int]) -> tuple[Rows, dict[str, ScoreCell]]:
    """The rows and the newest cell of each key, with changes taken so many at once."""
    state, newest, start = Rows(), {}, 0
    for size in [*cuts, len(told)]:
        batch: list[tuple[Contract, Arrival]] = [(change, ARRIVAL) for change in told[start : start + size]]
        start += size
        for outcome in totals.handle_many(state, batch, [EARLIEST] * len(batch)):
            state.apply(outcome.changes)
            for emit in outcome.emits:
                assert isinstance(emit.value, ScoreCell)
                newest[emit.key] = emit.value
    return state, newest


def recomputed(events: Sequence[CaseEvent]) -> Mapping[Name, Sum]:
    """The sums of what each case counts for after its last event."""
    rows: dict[str, CaseScore] = {}
    for one in events:
        rows[one.case_id] = row_after(rules(), rows.get(one.case_id), one)
    counts: defaultdict[Name, Counter[str]] = defaultdict(Counter)
    bins: defaultdict[Name, Counter[int]] = defaultdict(Counter)
    for row in rows.values():
        for part in parts_of(row, unreached_counts=False):
            names = [
                (row.day, ScoreBy.DISTRICT, row.district, row.district),
                (row.day, ScoreBy.TOWN, row.town, row.district),
                (row.day, ScoreBy.CATEGORY, row.category, row.district),
                *([] if part.unit is None else [(row.day, ScoreBy.UNIT, part.unit, row.district)]),
            ]
            for name in names:
                counts[name].update(by_name(part.counts))
                if part.handling_s is not None:
                    bins[name][bin_of(part.handling_s)] += 1
    return {name: (dict(found), dict(bins[name])) for name, found in counts.items()}


def sum_of(cell: ScoreCell) -> Sum:
    return dict(by_name(cell.counts)), {one.index: one.count for one in cell.handling}


@given(cities_of_cases(), st.lists(st.integers(0, 5), max_size=10))
def test_the_newest_cells_are_what_a_recomputation_says(events: list[CaseEvent], cuts: list[int]) -> None:
    state, newest = cells_in_batches(changes_of(events), cuts)
    found = {
        (cell.day, cell.by, cell.subject, cell.district): sum_of(cell)
        for cell in newest.values()
        if any(by_name(cell.counts).values())
    }
    wanted = {name: sums for name, sums in recomputed(events).items() if any(sums[0].values())}
    assert found == wanted
    assert {key: row for (_, key), row in state.rows.items()} == newest


@given(cities_of_cases(), st.lists(st.integers(1, 5), max_size=10))
def test_many_at_once_say_in_the_end_what_one_by_one_does(events: list[CaseEvent], cuts: list[int]) -> None:
    told = changes_of(events)
    one_by_one = cells_in_batches(told, [1] * len(told))
    assert cells_in_batches(told, cuts)[1] == one_by_one[1]
    single = Rows()
    for change in told:
        single.apply(totals.handle(single, change, ARRIVAL, EARLIEST).changes)
    assert single.rows == one_by_one[0].rows


@given(cities_of_cases())
def test_what_is_taken_out_leaves_nothing(events: list[CaseEvent]) -> None:
    sums: defaultdict[Name, Sums] = defaultdict(Sums)
    for change in changes_of(events):
        back = change.model_copy(update={"before": change.after, "after": change.before})
        for name, delta in (*deltas_of(change), *deltas_of(back)):
            sums[name].add(delta)
    assert all(not any(one.counts.values()) and not one.handling for one in sums.values())


@given(cities_of_cases())
@settings(max_examples=30)
def test_a_town_s_cells_add_up_to_its_district_s(events: list[CaseEvent]) -> None:
    _, newest = cells_in_batches(changes_of(events), [])
    by = {kind: merge(cell for cell in newest.values() if cell.by is kind) for kind in ScoreBy}
    assert by[ScoreBy.TOWN] == by[ScoreBy.DISTRICT] == by[ScoreBy.CATEGORY]


@given(cities_of_cases())
@settings(max_examples=30)
def test_changes_of_a_case_hang_together(events: list[CaseEvent]) -> None:
    last: dict[tuple[str, str, str, str, str], object] = {}
    for change in changes_of(events):
        place = (change.case_id, change.district, change.town, change.category, change.day)
        assert change.before == last.get(place, ())
        assert change.before != change.after
        last[place] = change.after


def test_an_event_that_counts_for_nothing_new_changes_nothing() -> None:
    state = Rows()
    first = event(0, EventKind.OPENED)
    state.apply(_handled(state, first).changes)
    outcome = _handled(state, event(1, EventKind.PROGRESSED, minutes=3))
    assert (outcome.emits, outcome.changes, outcome.reason) == ((), (), Reason.COUNTED)


def test_an_event_of_a_case_that_is_forgotten_is_too_late() -> None:
    outcome = _handled(Rows(), event(7, EventKind.LOOKED_BACK))
    assert outcome.reason is Reason.OLDER_THAN_MEMORY
    assert not outcome.emits


def test_a_row_that_is_due_is_forgotten() -> None:
    fire = partial(changes.fire, rules(), Rows())
    (change,) = fire(changes.SCORED, "C-1", datetime.max.replace(tzinfo=EARLIEST.tzinfo)).changes
    assert not isinstance(change, Put)
    assert change.key == "C-1"


def _handled(state: Rows, one: CaseEvent) -> Outcome:
    return changes.handle(rules(), state, one, ARRIVAL, EARLIEST)
