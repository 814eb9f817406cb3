"""A partition's rows: what is read is what was written, indexes tell the truth, a restore brings all back."""

from __future__ import annotations

import pytest
from hypothesis import given
from tests.runtime.row_changes import BATCHES, BY_CASE, NOON, SEEN, STEP, Rows, apply_to, same

from hub.contracts.case_memory import SeenSignal
from hub.flow import Change, Delete, put
from hub.runtime import state as state_module
from hub.runtime.state import PartitionState, RowKey


@given(BATCHES)
def test_reading_gives_what_was_written(batches: list[list[Change]]) -> None:
    state, rows = PartitionState(STEP), Rows()
    for batch in batches:
        for change in batch:
            state.apply((change,))
            apply_to(rows, change)
            same(state, rows)
        state.flush()
        same(state, rows)


@given(BATCHES)
def test_what_is_restored_is_what_was_held(batches: list[list[Change]]) -> None:
    state, logged, rows = PartitionState(STEP), dict[RowKey, bytes | None](), Rows()
    for batch in batches:
        state.apply(batch)
        for change in batch:
            apply_to(rows, change)
        logged.update(state.flush())
    restored = PartitionState(STEP)
    for key, data in logged.items():
        restored.load(key, data)
    same(restored, rows)
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
