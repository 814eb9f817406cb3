"""Snapshots of partitions on the local disk: written whole or not at all, used only where they surely fit."""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import BinaryIO
from zlib import crc32

from hub.contracts.registry import VERSIONS, name_of
from hub.flow import Step
from hub.runtime.packed import DueLayout, Layout, MapLayout, PackedState
from hub.runtime.packing import Sink

MAX_AGE_S = 12 * 3600.0
"""An older snapshot is not used: the changelog may have lost removals of rows that the snapshot holds.

Half of what `topic_specs` has the broker keep them, for clocks are wrong at times.
"""

_FORMAT = 1
_END = struct.Struct("<QI8s")
_MAGIC = b"hubsnap\n"
_READ_AT_ONCE = 1 << 20
_RULES = ("contracts", "domain", "citypack")


class Unfit(StrEnum):
    """Why a snapshot is not used."""

    MISSING = "missing"
    TORN = "torn"
    OTHER = "other"
    OLD = "old"
    AHEAD = "ahead"
    UNREADABLE = "unreadable"


class SnapshotUnfit(Exception):
    """A snapshot can't be used; the changelog holds all that it holds."""

    def __init__(self, why: Unfit) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class SnapshotPlace:
    """Where the snapshot of one partition lies, whose rows it must hold, and which worker writes it."""

    path: Path
    identity: str
    slot: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A partition's rows as of an offset of its changelog: every row before it, none from there on."""

    state: PackedState
    offset: int


@dataclass(frozen=True, slots=True)
class _About:
    """What a snapshot says of itself; ``at`` in seconds since 1970."""

    identity: str
    offset: int
    at: float
    layout: Layout


def snapshot_place(folder: Path, slot: str, topic: str, partition: int, identity: str) -> SnapshotPlace:
    """The place of a partition's snapshot; workers of one machine share it, so either may take over."""
    return SnapshotPlace(folder / topic / f"{partition}.snapshot", identity, slot)


def identity_of(step: Step, topic: str, topic_id: str, rules: str) -> str:
    """What rows and indexes of a step depend on: contracts, code of the rules, city pack, the topic itself.

    ``rules`` names what the step was built from beside its code, e.g. the digest of a city pack.
    """
    parts = (
        str(_FORMAT),
        sys.byteorder,
        step.name,
        *(f"{table.name}={name_of(table.row)}:{VERSIONS[name_of(table.row)]}" for table in step.tables),
        *(f"{index.name}:{index.table.name}" for index in step.groups),
        *(f"due:{index.table.name}" for index in step.dues),
        topic,
        topic_id,
        rules,
        _code(),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


@cache
def _code() -> str:
    """Digest of the code that says what lies in which index."""
    digest = hashlib.sha256()
    for package in _RULES:
        for source in _sources(files("hub") / package):
            digest.update(source.name.encode())
            digest.update(source.read_bytes())
    return digest.hexdigest()


def _sources(folder: Traversable) -> list[Traversable]:
    found: list[Traversable] = []
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            found += _sources(entry)
        elif entry.name.endswith(".py"):
            found.append(entry)
    return found


def write_snapshot(place: SnapshotPlace, offset: int, pack: Callable[[Sink], Layout]) -> PackedState:
    """Write a partition's rows as of an offset; what was written. Raises OSError, and leaves no rest."""
    folder = place.path.parent
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # rows are as confidential as the changelog
    unfinished = _unfinished(place)
    try:
        with unfinished.open("wb") as file:
            sink = Sink(file)
            layout = pack(sink)
            said = {"identity": place.identity, "offset": offset, "at": time.time(), **asdict(layout)}
            began = sink.part(json.dumps(said).encode())
            file.write(_END.pack(began, sink.checksum, _MAGIC))
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place.path)
        _sync_folder(folder)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    with place.path.open("rb") as file:
        return PackedState(_mapped(file), layout)


def clear_unfinished(place: SnapshotPlace) -> None:
    """Remove what this worker was writing when it was killed, if it may."""
    with suppress(OSError):
        _unfinished(place).unlink(missing_ok=True)


def read_snapshot(place: SnapshotPlace, first: int, end: int) -> Snapshot:
    """The snapshot of a partition whose changelog reaches from offset ``first`` to ``end``.

    Raises SnapshotUnfit.
    """
    try:
        with place.path.open("rb") as file:
            about = _checked(file)
            if about.identity != place.identity:
                raise SnapshotUnfit(Unfit.OTHER)
            if not first <= about.offset <= end:
                raise SnapshotUnfit(Unfit.AHEAD)
            if not 0 <= time.time() - about.at <= MAX_AGE_S:
                raise SnapshotUnfit(Unfit.OLD)
            return Snapshot(PackedState(_mapped(file), about.layout), about.offset)
    except FileNotFoundError:
        raise SnapshotUnfit(Unfit.MISSING) from None
    except OSError:
        raise SnapshotUnfit(Unfit.UNREADABLE) from None
    except (KeyError, TypeError, ValueError, struct.error):
        raise SnapshotUnfit(Unfit.TORN) from None


def _unfinished(place: SnapshotPlace) -> Path:
    return place.path.with_suffix(f".{place.slot}.tmp")


def _checked(file: BinaryIO) -> _About:
    """What a snapshot says of itself, once every byte of it is as it was written. Raises SnapshotUnfit."""
    left = os.fstat(file.fileno()).st_size - _END.size
    checksum = 0
    while left > 0 and (data := file.read(min(left, _READ_AT_ONCE))):
        checksum = crc32(data, checksum)
        left -= len(data)
    end = file.read(_END.size)
    if len(end) < _END.size:
        raise SnapshotUnfit(Unfit.TORN)
    began, wanted, magic = _END.unpack(end)
    if magic != _MAGIC or checksum != wanted:
        raise SnapshotUnfit(Unfit.TORN)
    file.seek(began)
    said = json.loads(file.read()[: -_END.size])
    layout = Layout(
        {name: MapLayout(*at) for name, at in said["tables"].items()},
        {name: MapLayout(*at) for name, at in said["groups"].items()},
        DueLayout(*said["due"]),
    )
    return _About(said["identity"], said["offset"], said["at"], layout)


def _mapped(file: BinaryIO) -> mmap.mmap:
    return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _sync_folder(folder: Path) -> None:
    """Have the folder's new entry outlast a power failure."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
