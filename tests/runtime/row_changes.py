"""A step with two tables, random changes of its rows, and what a state must then show."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from hub import topics
from hub.contracts.case_memory import Observation, SeenSignal
from hub.contracts.reasons import Reason
from hub.flow import Change, Delete, DueIndex, GroupIndex, Outcome, Step, Table, by_due, by_group, put
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


def apply_to(rows: Rows, change: Change) -> None:
    """Do to plain rows what a change does."""
    if isinstance(change, Delete):
        rows.pop((change.table.name, change.key), None)
    else:
        assert isinstance(change.row, SeenSignal | Observation)
        rows[change.table.name, change.key] = change.row


def same(state: PartitionState, rows: Rows) -> None:
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
