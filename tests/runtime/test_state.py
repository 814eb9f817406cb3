"""A partition's rows: what is read is what was written, indexes tell the truth, a restore brings all back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub import topics
from hub.contracts.cases import Observation, SeenSignal
from hub.contracts.reasons import Reason
from hub.flow import Change, Delete, DueIndex, GroupIndex, Outcome, Step, Table, by_due, by_group, put
from hub.runtime import state as state_module
from hub.runtime.state import PartitionState, RowKey

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEN = Table("seen", SeenSignal)
SIGHTED = Table("sighted", Observation)
BY_CASE = GroupIndex("by_case", SEEN, lambda row: tuple(row.case_id or ""))
SEEN_DUE = DueIndex(SEEN, lambda row: row.forget_at if row.case_id else None)
SIGHTED_DUE = DueIndex(SIGHTED, lambda row: row.forget_at)
STEP = Step(
    "test",
    (topics.SIGNALS,),
    (),
    lambda *_: Outcome(Reason.FORWARDED),
    "a test",
    tables=(SEEN, SIGHTED),
    groups=by_group(BY_CASE),
    dues=(*by_due(SEEN_DUE), *by_due(SIGHTED_DUE)),
)

KEYS = st.sampled_from(["a", "b", "\x1f", "signal\x1fs\x1f1", "王"])
TIMES = st.integers(0, 3).map(lambda hours: NOON + timedelta(hours=hours))
SEEN_ROWS = st.builds(
    SeenSignal, case_id=st.sampled_from([None, "x", "y", "xy", "xyz"]), time=TIMES, forget_at=TIMES
)
SIGHTED_ROWS = st.builds(Observation, seen=st.just((NOON,)), forget_at=TIMES)
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(put, st.just(SEEN), KEYS, SEEN_ROWS),
    st.builds(put, st.just(SIGHTED), KEYS, SIGHTED_ROWS),
    st.builds(Delete, st.sampled_from([SEEN, SIGHTED]), KEYS),
)
BATCHES = st.lists(st.lists(CHANGES, max_size=6), max_size=6)

Rows = dict[RowKey, SeenSignal | Observation]


@given(BATCHES)
def test_reading_gives_what_was_written(batches: list[list[Change]]) -> None:
    state, rows = PartitionState(STEP), Rows()
    for batch in batches:
        for change in batch:
            state.apply((change,))
            _apply(rows, change)
            _same(state, rows)
        state.flush()
        _same(state, rows)


@given(BATCHES)
def test_what_is_restored_is_what_was_held(batches: list[list[Change]]) -> None:
    state, logged, rows = PartitionState(STEP), dict[RowKey, bytes | None](), Rows()
    for batch in batches:
        state.apply(batch)
        for change in batch:
            _apply(rows, change)
        logged.update(state.flush())
    restored = PartitionState(STEP)
    for key, data in logged.items():
        restored.load(key, data)
    _same(restored, rows)
    assert restored.flush() == [], "what was restored need not be logged again"


@given(BATCHES)
def test_a_batch_logs_each_row_once_and_only_what_changed(batches: list[list[Change]]) -> None:
    state = PartitionState(STEP)
    for batch in batches:
        state.apply(batch)
        touched = {(change.table.name, change.key) for change in batch}
        flushed = state.flush()
        assert {key for key, _ in flushed} == touched
        assert len(flushed) == len(touched)
        assert state.flush() == []


def test_rows_that_are_not_at_hand_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_module, "DECODED_ROWS", 2)
    state = PartitionState(STEP)
    rows = {f"key {n}": SeenSignal(case_id="x", time=NOON, forget_at=NOON) for n in range(9)}
    state.apply(put(SEEN, key, row) for key, row in rows.items())
    state.flush()
    state.apply(
        (Delete(SEEN, "key 3"), put(SEEN, "key 5", rows["key 5"].model_copy(update={"case_id": "y"})))
    )
    state.flush()
    assert [key for key, _ in state.scan(BY_CASE, "x")] == [f"key {n}" for n in (0, 1, 2, 4, 6, 7, 8)]
    assert [key for key, _ in state.scan(BY_CASE, "y")] == ["key 5"]
    assert len(state) == 8


def test_a_silenced_row_is_due_again_once_it_changes() -> None:
    state = PartitionState(STEP)
    row = SeenSignal(case_id="x", time=NOON, forget_at=NOON)
    state.apply((put(SEEN, "a", row), put(SEEN, "b", row)))
    state.silence(SEEN, "a")
    assert state.first_due() == (NOON, SEEN, "b")
    state.apply((put(SEEN, "a", row),))
    assert state.first_due() == (NOON, SEEN, "a")


def _apply(rows: Rows, change: Change) -> None:
    if isinstance(change, Delete):
        rows.pop((change.table.name, change.key), None)
    else:
        assert isinstance(change.row, SeenSignal | Observation)
        rows[change.table.name, change.key] = change.row


def _same(state: PartitionState, rows: Rows) -> None:
    """Every way to look at a state shows these rows."""
    assert len(state) == len(rows)
    for table in (SEEN, SIGHTED):
        wanted = sorted((key, row) for (name, key), row in rows.items() if name == table.name)
        assert list(state.rows(table)) == wanted
    seen = {key: row for (_, key), row in rows.items() if isinstance(row, SeenSignal)}
    for group in "xyz?":
        wanted_keys = sorted(key for key, row in seen.items() if group in (row.case_id or ""))
        assert [key for key, _ in state.scan(BY_CASE, group)] == wanted_keys
    dues = [(row.forget_at, SEEN.name, key) for key, row in seen.items() if row.case_id]
    dues += [(row.forget_at, t, key) for (t, key), row in rows.items() if isinstance(row, Observation)]
    first = state.first_due()
    assert (None if first is None else (first[0], first[1].name, first[2])) == min(dues, default=None)
