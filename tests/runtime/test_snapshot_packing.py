"""A packed base under a state changes nothing of what is read, and a batch can be undone."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.row_changes import (
    BATCHES,
    BY_CASE,
    CHANGES,
    NOON,
    SEEN,
    STEP,
    Rows,
    apply_to,
    same,
)

from hub.contracts.case_memory import SeenSignal
from hub.flow import Change, put
from hub.runtime.packed import PackedState
from hub.runtime.packing import NOTHING, RowChange, Sink, pack
from hub.runtime.state import Changed, PartitionState, RowKey

Act = Callable[["Life"], None]


class Life:
    """A state that lives through batches, aborts and packings, beside plain rows that do the same."""

    def __init__(self) -> None:
        self.state = PartitionState(STEP)
        self.rows = Rows()
        self.logged: dict[RowKey, bytes | None] = {}
        self.frozen: tuple[Changed, PackedState] | None = None

    def commit(self, batch: list[Change]) -> None:
        self.state.apply(batch)
        for change in batch:
            apply_to(self.rows, change)
        self.logged.update(self.state.flush())

    def abort(self, batch: list[Change]) -> None:
        self.state.apply(batch)
        list(self.state.scan(BY_CASE, "x"))
        self.state.first_due()
        self.state.flush()
        self.state.roll_back()

    def abort_amid(self, batch: list[Change]) -> None:
        self.state.apply(batch)
        self.state.roll_back()

    def pack(self) -> None:
        changed = self.state.freeze()
        self.frozen = changed, packed(self.state, changed)

    def settle(self) -> None:
        if self.frozen is not None:
            changed, base = self.frozen
            self.state.settle(base, changed)
            self.frozen = None


def packed(state: PartitionState, changed: Changed) -> PackedState:
    file = io.BytesIO()
    layout = pack(Sink(file), state.base, state.changes_in(changed), state.index_tables)
    return PackedState(file.getvalue(), layout)


BATCH = st.lists(CHANGES, max_size=6)
ACTS: st.SearchStrategy[Act] = st.one_of(
    BATCH.map(lambda batch: lambda life: life.commit(batch)),
    BATCH.map(lambda batch: lambda life: life.abort(batch)),
    BATCH.map(lambda batch: lambda life: life.abort_amid(batch)),
    st.just(Life.pack),
    st.just(Life.settle),
)


@given(st.lists(ACTS, max_size=12))
def test_a_state_reads_the_same_whenever_it_is_packed_or_rolled_back(acts: list[Act]) -> None:
    life = Life()
    for act in acts:
        act(life)
        same(life.state, life.rows)
        assert life.state.size() == (
            len(life.rows),
            sum(len(data) for data in life.logged.values() if data is not None),
        )


@given(BATCHES, BATCHES)
def test_a_base_and_the_tail_are_the_whole_changelog(
    before: list[list[Change]], after: list[list[Change]]
) -> None:
    life = Life()
    for batch in before:
        life.commit(batch)
    base = packed(life.state, life.state.freeze())
    life.logged.clear()
    for batch in after:
        life.commit(batch)
    restored = PartitionState(STEP)
    restored.settle(base)
    for key, data in life.logged.items():
        restored.load(key, data)
    same(restored, life.rows)
    assert restored.size() == life.state.size()
    assert restored.flush() == [], "what was restored need not be logged again"


@given(BATCHES)
def test_rows_of_the_changelog_are_packed_at_once(batches: list[list[Change]]) -> None:
    life = Life()
    for batch in batches:
        life.commit(batch)
    restored, file = PartitionState(STEP), io.BytesIO()
    layout = pack(Sink(file), NOTHING, restored.pack_of(life.logged), restored.index_tables)
    restored.settle(PackedState(file.getvalue(), layout))
    same(restored, life.rows)
    assert restored.changed == 0


def test_a_silenced_row_of_the_base_stays_silent_until_it_changes() -> None:
    life = Life()
    row = SeenSignal(case_id="x", time=NOON, forget_at=NOON)
    later = row.model_copy(update={"forget_at": NOON + timedelta(hours=1)})
    life.commit([put(SEEN, "a", row), put(SEEN, "b", later)])
    life.pack()
    life.settle()
    life.state.silence(SEEN, "a")
    assert life.state.first_due() == (later.forget_at, SEEN, "b")
    life.state.roll_back()
    assert life.state.first_due() == (NOON, SEEN, "a")
    life.state.silence(SEEN, "a")
    life.commit([put(SEEN, "a", row)])
    assert life.state.first_due() == (NOON, SEEN, "a")


def test_a_thousand_rows_are_found_each_by_its_key() -> None:
    def rows() -> Iterator[RowChange]:
        for number in range(1_000):
            yield RowChange(f"key {number:04}".encode(), f"row {number}".encode(), None, ())

    file = io.BytesIO()
    layout = pack(Sink(file), NOTHING, {"seen": rows()}, {})
    base = PackedState(file.getvalue(), layout)
    assert all(base.get("seen", f"key {number:04}") == f"row {number}".encode() for number in range(1_000))
    assert all(base.get("seen", f"key {number}") is None for number in range(1_000, 3_000))
    assert base.size() == (1_000, sum(len(f"row {number}") for number in range(1_000)))
