"""Brings partitions' rows back when they are taken over, and keeps snapshots so that this stays short."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from pathlib import Path

import structlog
from confluent_kafka import KafkaError, Message

from hub.flow import Step
from hub.runtime.changelog import Progress, Rows, Tail, Tell, bounds, tails, topic_id
from hub.runtime.packed import Layout, PackedState
from hub.runtime.packing import NOTHING, Sink, pack
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
from hub.runtime.state import Changed, PartitionState

log = structlog.get_logger("hub.core")

PACKED_ROWS = 10_000
"""So many rows of a changelog are packed at once, which takes less memory; fewer are sooner loaded."""

LEAVING_RECORDS = 10_000
"""A worker that stops writes snapshots where so many records of the changelog would have to be read."""

RETRY_S = 60.0
"""How long a worker waits before it tries again to write where that failed."""

REFRESH_S = MAX_AGE_S / 2
"""A snapshot is written again at this age, for there is an age at which it is no longer used."""

At = tuple[str, int]


@dataclass(frozen=True, slots=True)
class SnapshotConfig:
    """Where snapshots lie and how long a tail of the changelog, in records, a partition may have.

    ``rules`` names what the steps were built from beside their code, e.g. the digest of a city pack.
    """

    folder: Path
    records: int
    rules: str


class SnapshotResult(StrEnum):
    """What came of a snapshot."""

    WRITTEN = "written"
    FAILED = "failed"
    USED = "used"
    IGNORED = "ignored"


OnSnapshot = Callable[[str, SnapshotResult], None]
"""Hears the step and what came of a snapshot of one of its partitions."""


@dataclass(slots=True)
class _Kept:
    """A partition's rows, and how far its changelog and its snapshot reach."""

    step: str
    state: PartitionState
    place: SnapshotPlace | None
    position: int = 0
    written: int = 0
    logged: int | None = None
    since: float = field(default_factory=time.monotonic)

    @property
    def tail(self) -> int:
        """Changelog records that a restore would have to read."""
        return self.position - self.written


@dataclass(frozen=True, slots=True)
class _Job:
    """A snapshot that is being written in its own thread: what it packs and up to which offset."""

    kept: _Kept
    base: PackedState
    changed: Changed
    offset: int
    began: float
    result: Future[PackedState]


class StateKeeper:
    """Keeps the rows of a loop's partitions. All calls come from the loop's thread, between transactions."""

    def __init__(
        self,
        brokers: str,
        slot: str,
        config: SnapshotConfig | None,
        tell: Tell | None = None,
        on_snapshot: OnSnapshot | None = None,
    ) -> None:
        self._brokers = brokers
        self._slot = slot
        self._config = config
        self._tell = tell
        self._on_snapshot = on_snapshot
        self._kept: dict[At, _Kept] = {}
        self._job: _Job | None = None
        self._not_before = 0.0
        self._leaving = False
        self._writer: ThreadPoolExecutor | None = None

    def restore(self, step: Step, topic: str, states: Mapping[int, PartitionState]) -> int:
        """Fill empty states with the committed rows of their partitions; how many rows they hold then.

        ``topic`` is the changelog's full name. Raises KafkaException where it can't be read to its end.
        """
        progress = Progress(step.name, self._tell)
        reach = bounds(self._brokers, topic, states)
        identity = self._identity(step, topic)
        spans = {}
        for partition, state in states.items():
            first, end = reach[partition]
            place = None
            if self._config is not None:
                place = snapshot_place(self._config.folder, self._slot, topic, partition, identity)
            kept = _Kept(step.name, state, place, first, first)
            self._kept[step.sources[0], partition] = kept
            self._use_snapshot(kept, first, end)
            spans[partition] = kept.written, end
        for partition, tail in tails(self._brokers, topic, spans, progress):
            self._load(self._kept[step.sources[0], partition], tail)
        return sum(state.size()[0] for state in states.values())

    def logs(self, at: At) -> Callable[[KafkaError | None, Message], None]:
        """Notes where the last row of a batch went on the changelog: for its delivery report."""
        return partial(_note, self._kept[at])

    def committed(self, places: Iterable[At]) -> None:
        """What was logged of these partitions is committed."""
        for at in places:
            kept = self._kept.get(at)
            if kept is not None and kept.logged is not None:
                kept.position, kept.logged = kept.logged, None

    def turn(self) -> None:
        """Take up a snapshot that is written, begin another that is due. Milliseconds at most."""
        if self._config is None:
            return
        if self._job is not None:
            if not self._job.result.done():
                return
            self._take_up(self._job)
            self._job = None
        now = time.monotonic()
        if now < self._not_before:
            return
        for kept in self._kept.values():
            if kept.tail >= self._config.records or now - kept.since >= REFRESH_S:
                self._job = self._begin(kept)
                return

    def drop(self, at: At) -> None:
        """A partition is no longer ours."""
        if not self._leaving:
            self._kept.pop(at, None)

    def clear(self) -> None:
        """None of the partitions is ours any more."""
        if not self._leaving:
            self._kept.clear()

    def hold(self) -> None:
        """The loop leaves its group with all committed: partitions are kept for `leave`."""
        self._leaving = True

    def leave(self) -> None:
        """A worker stops for good: write what would take long to read again, and end the writer."""
        if self._job is not None:
            self._take_up(self._job)
            self._job = None
        for kept in self._kept.values():
            if kept.place is not None and kept.tail >= LEAVING_RECORDS:
                self._take_up(self._begin(kept))
        if self._writer is not None:
            self._writer.shutdown()
            self._writer = None
        self._kept.clear()
        self._leaving = False

    def _identity(self, step: Step, topic: str) -> str:
        if self._config is None:
            return ""
        return identity_of(step, topic, topic_id(self._brokers, topic), self._config.rules)

    def _use_snapshot(self, kept: _Kept, first: int, end: int) -> None:
        if kept.place is None:
            return
        clear_unfinished(kept.place)
        try:
            snapshot = read_snapshot(kept.place, first, end)
        except SnapshotUnfit as unfit:
            if unfit.why is not Unfit.MISSING:
                log.warning(
                    "snapshot_ignored",
                    step=kept.step,
                    file=str(kept.place.path),
                    why=unfit.why,
                    fix=_FIXES[unfit.why],
                )
                self._say(kept, SnapshotResult.IGNORED)
            return
        kept.state.settle(snapshot.state)
        kept.position = kept.written = snapshot.offset
        self._say(kept, SnapshotResult.USED)

    def _load(self, kept: _Kept, tail: Tail) -> None:
        state, settled = kept.state, kept.state.base is not NOTHING
        if not settled and len(tail.rows) >= PACKED_ROWS:
            self._pack(kept, tail)
        else:
            for key, data in tail.rows.items():
                if settled or data is not None:
                    state.load(key, data)
        kept.position = tail.end

    def _pack(self, kept: _Kept, tail: Tail) -> None:
        """Index rows on their way into a snapshot, or into memory where none can be written."""
        state = kept.state
        if kept.place is not None:
            try:
                state.settle(write_snapshot(kept.place, tail.end, partial(_pack_rows, state, tail.rows)))
                kept.written = tail.end
                self._say(kept, SnapshotResult.WRITTEN)
                return
            except (OSError, OverflowError) as fault:
                self._failed(kept, fault)
        memory = io.BytesIO()
        layout = _pack_rows(state, tail.rows, Sink(memory))
        state.settle(PackedState(memory.getvalue(), layout))

    def _begin(self, kept: _Kept) -> _Job:
        assert kept.place is not None, "without a folder nothing is written"
        if self._writer is None:
            self._writer = ThreadPoolExecutor(1, thread_name_prefix="snapshots")
        state, changed, offset = kept.state, kept.state.freeze(), kept.position
        packs = partial(_pack_changes, state, state.base, changed)
        began = time.monotonic()
        result = self._writer.submit(write_snapshot, kept.place, offset, packs)
        return _Job(kept, state.base, changed, offset, began, result)

    def _take_up(self, job: _Job) -> None:
        """Once a snapshot is written, hold only what changed since it was begun."""
        kept = job.kept
        kept.since = time.monotonic()
        try:
            written = job.result.result()
        except (OSError, OverflowError) as fault:
            self._failed(kept, fault)
            return
        self._say(kept, SnapshotResult.WRITTEN)
        log.info(
            "snapshot_written", step=kept.step, rows=len(written), seconds=round(kept.since - job.began, 2)
        )
        self._not_before = 0.0
        kept.written = job.offset
        if kept.state.base is job.base:
            kept.state.settle(written, job.changed)

    def _failed(self, kept: _Kept, fault: OSError | OverflowError) -> None:
        self._say(kept, SnapshotResult.FAILED)
        if not self._not_before:  # once; the count goes on
            log.warning(
                "snapshot_failed",
                step=kept.step,
                error=getattr(fault, "strerror", None) or str(fault),
                fix="give HUB_DATA room and leave to write; until then a restart reads the whole changelog",
            )
        self._not_before = time.monotonic() + RETRY_S

    def _say(self, kept: _Kept, result: SnapshotResult) -> None:
        if self._on_snapshot is not None:
            self._on_snapshot(kept.step, result)


_FIXES = {
    Unfit.TORN: "none needed, it is written again; a disk that often does this wants a look",
    Unfit.OTHER: "none needed after an update or a change of the city pack or topics",
    Unfit.OLD: "none needed after so long a pause; else set the machine's clock",
    Unfit.AHEAD: "none needed if the changelog was made anew; else see whether it lost records",
    Unfit.UNREADABLE: "let the worker read and write the folder of HUB_DATA",
}


def _note(kept: _Kept, error: KafkaError | None, message: Message) -> None:
    offset = message.offset()
    if error is None and offset is not None:
        kept.logged = offset + 1


def _pack_rows(state: PartitionState, rows: Rows, sink: Sink) -> Layout:
    return pack(sink, NOTHING, state.pack_of(rows), state.index_tables)


def _pack_changes(state: PartitionState, base: PackedState, changed: Changed, sink: Sink) -> Layout:
    return pack(sink, base, state.changes_in(changed), state.index_tables)
