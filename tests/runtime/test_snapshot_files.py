"""A snapshot on the disk: used where it fits, refused where it does not, never half written."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from tests.runtime.row_changes import NOON, SEEN, STEP

from hub.contracts.case_memory import SeenSignal
from hub.flow import put
from hub.runtime.packed import Layout
from hub.runtime.packing import Sink, pack
from hub.runtime.snapshots import (
    MAX_AGE_S,
    SnapshotPlace,
    SnapshotUnfit,
    Unfit,
    clear_unfinished,
    identity_of,
    read_snapshot,
    snapshot_place,
    write_snapshot,
)
from hub.runtime.state import PartitionState

ROW = SeenSignal(case_id="x", time=NOON, forget_at=NOON)


@pytest.fixture
def place(tmp_path: Path) -> SnapshotPlace:
    return snapshot_place(tmp_path, "0", "hub.test.changelog", 3, "the identity")


@pytest.fixture
def state() -> PartitionState:
    state = PartitionState(STEP)
    state.apply(put(SEEN, f"key {number}", ROW) for number in range(100))
    state.flush()
    return state


def packing(state: PartitionState) -> Callable[[Sink], Layout]:
    return lambda sink: pack(sink, state.base, state.changes_in(state.freeze()), state.index_tables)


def unfit(place: SnapshotPlace, first: int = 0, end: int = 100) -> Unfit:
    with pytest.raises(SnapshotUnfit) as refused:
        read_snapshot(place, first, end)
    return refused.value.why


def test_what_is_written_is_read_again(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))
    snapshot = read_snapshot(place, 0, 42)
    restored = PartitionState(STEP)
    restored.settle(snapshot.state)
    assert snapshot.offset == 42
    assert list(restored.rows(SEEN)) == list(state.rows(SEEN))
    assert [entry.name for entry in place.path.parent.iterdir()] == ["3.snapshot"]


def test_no_snapshot_is_missing(place: SnapshotPlace) -> None:
    assert unfit(place) is Unfit.MISSING


def test_any_byte_that_is_wrong_is_noticed(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))
    whole = place.path.read_bytes()
    for at in range(0, len(whole), 61):
        place.path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert unfit(place) is Unfit.TORN
    for length in (0, 1, 19, 20, len(whole) // 2, len(whole) - 1):
        place.path.write_bytes(whole[:length])
        assert unfit(place) is Unfit.TORN


def test_a_snapshot_of_other_rules_is_not_used(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))
    assert unfit(replace(place, identity="another")) is Unfit.OTHER


@pytest.mark.parametrize(("first", "end"), [(0, 41), (43, 100)])
def test_a_snapshot_must_lie_within_its_changelog(
    place: SnapshotPlace, state: PartitionState, first: int, end: int
) -> None:
    write_snapshot(place, 42, packing(state))
    assert unfit(place, first, end) is Unfit.AHEAD


@pytest.mark.parametrize("later", [MAX_AGE_S + 1, -3600.0])
def test_a_snapshot_that_is_too_old_or_of_the_future_is_not_used(
    place: SnapshotPlace, state: PartitionState, monkeypatch: pytest.MonkeyPatch, later: float
) -> None:
    write_snapshot(place, 42, packing(state))
    now = time.time() + later
    monkeypatch.setattr("hub.runtime.snapshots.time.time", lambda: now)
    assert unfit(place) is Unfit.OLD


def test_a_file_that_cannot_be_read_is_no_end(place: SnapshotPlace) -> None:
    place.path.mkdir(parents=True)
    assert unfit(place) is Unfit.UNREADABLE


def test_a_full_disk_leaves_the_snapshot_that_was_there(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))

    def fill(sink: Sink) -> Layout:
        sink.write(b"a beginning")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(OSError, match="No space"):
        write_snapshot(place, 43, fill)
    assert read_snapshot(place, 0, 100).offset == 42
    assert [entry.name for entry in place.path.parent.iterdir()] == ["3.snapshot"]


def test_what_a_killed_worker_left_is_removed(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))
    (place.path.parent / "3.0.tmp").write_bytes(b"half a")
    (place.path.parent / "3.1.tmp").write_bytes(b"another worker is writing")
    clear_unfinished(place)
    clear_unfinished(place)
    assert sorted(entry.name for entry in place.path.parent.iterdir()) == ["3.1.tmp", "3.snapshot"]


def test_rows_are_for_the_hub_alone(place: SnapshotPlace, state: PartitionState) -> None:
    write_snapshot(place, 42, packing(state))
    assert place.path.parent.stat().st_mode & 0o077 == 0


def test_an_identity_changes_with_all_that_rows_and_indexes_depend_on() -> None:
    identities = {
        identity_of(STEP, "topic", "id", "rules"),
        identity_of(STEP, "other", "id", "rules"),
        identity_of(STEP, "topic", "anew", "rules"),
        identity_of(STEP, "topic", "id", "another city"),
        identity_of(replace(STEP, tables=STEP.tables[:1]), "topic", "id", "rules"),
        identity_of(replace(STEP, groups=()), "topic", "id", "rules"),
        identity_of(replace(STEP, dues=()), "topic", "id", "rules"),
    }
    assert len(identities) == 7
    assert identity_of(STEP, "topic", "id", "rules") in identities
