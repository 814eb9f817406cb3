"""Rows that are settled: an immutable map in one buffer, of which nothing is copied until it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from mmap import mmap
from typing import NamedTuple
from zlib import crc32

Buffer = bytes | mmap

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class MapLayout(NamedTuple):
    """Where the parts of a packed map lie in its buffer, in bytes."""

    size: int = 0
    buckets: int = 1
    entries: int = 0
    starts: int = 0
    key_sizes: int = 0
    order: int = 0
    tags: int = 0
    first: int = 0


class DueLayout(NamedTuple):
    """Where the rows that are due lie, sorted by time, table and key."""

    size: int = 0
    times: int = 0
    tables: int = 0
    rows: int = 0


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything of a partition lies in its buffer: tables and indexes by name."""

    tables: Mapping[str, MapLayout]
    groups: Mapping[str, MapLayout]
    due: DueLayout


class PackedMap:
    """Entries in order of their keys, found by a checksum of the key.

    Each costs 13 bytes beside its key and value; a dict of strings costs about 150.
    """

    def __init__(self, buffer: Buffer, layout: MapLayout) -> None:
        view = memoryview(buffer)
        count = layout.size
        self._buffer = buffer
        self._count = count
        self._buckets = layout.buckets
        self._entries = layout.entries
        self._starts = view[layout.starts : layout.starts + 4 * (count + 1)].cast("I")
        self._key_sizes = view[layout.key_sizes : layout.key_sizes + 2 * count].cast("H")
        self._order = view[layout.order : layout.order + 4 * count].cast("I")
        self._tags = view[layout.tags : layout.tags + count]
        self._first = view[layout.first : layout.first + 4 * (layout.buckets + 1)].cast("I")

    def __len__(self) -> int:
        return self._count

    def value_bytes(self) -> int:
        """The size of all values together."""
        return self._starts[self._count] - sum(self._key_sizes)

    def find(self, key: bytes) -> int:
        """The number of the entry with a key, -1 if there is none."""
        checksum = crc32(key)
        tag = checksum & 0xFF
        bucket = checksum * self._buckets >> 32
        for at in range(self._first[bucket], self._first[bucket + 1]):
            if self._tags[at] == tag:
                number = self._order[at]
                start = self._entries + self._starts[number]
                if self._buffer[start : start + self._key_sizes[number]] == key:
                    return number
        return -1

    def key(self, number: int) -> bytes:
        """The key of an entry."""
        start = self._entries + self._starts[number]
        return self._buffer[start : start + self._key_sizes[number]]

    def value(self, number: int) -> bytes:
        """The value of an entry."""
        start = self._entries + self._starts[number] + self._key_sizes[number]
        return self._buffer[start : self._entries + self._starts[number + 1]]


class PackedState:
    """The rows of one step on one partition at one moment, with their indexes."""

    def __init__(self, buffer: Buffer, layout: Layout) -> None:
        view = memoryview(buffer)
        due = layout.due
        self.layout = layout
        self.tables = {name: PackedMap(buffer, layout.tables[name]) for name in sorted(layout.tables)}
        self.groups = {name: PackedMap(buffer, at) for name, at in layout.groups.items()}
        self.due_times = view[due.times : due.times + 8 * due.size].cast("q")
        self.due_tables = view[due.tables : due.tables + due.size]
        self.due_rows = view[due.rows : due.rows + 4 * due.size].cast("I")
        self._names = tuple(self.tables)

    def __len__(self) -> int:
        return sum(map(len, self.tables.values()))

    def size(self) -> tuple[int, int]:
        """Rows, and their encoded bytes without keys."""
        return len(self), sum(rows.value_bytes() for rows in self.tables.values())

    def get(self, table: str, key: str) -> bytes | None:
        """The encoded row at a key, or None."""
        rows = self.tables[table]
        number = rows.find(key.encode())
        return None if number < 0 else rows.value(number)

    def keys(self, index: str, table: str, group: str) -> list[str]:
        """Keys of the rows in a group, sorted."""
        members = self.groups[index]
        number = members.find(group.encode())
        if number < 0:
            return []
        rows = self.tables[table]
        numbers = memoryview(members.value(number)).cast("I")
        return [rows.key(row).decode() for row in numbers]

    def due(self, place: int) -> tuple[datetime, str, str] | None:
        """Time, table and key of the row at a place among those that are due; None past the last."""
        if place >= len(self.due_times):
            return None
        table = self._names[self.due_tables[place]]
        key = self.tables[table].key(self.due_rows[place]).decode()
        return instant_of(self.due_times[place]), table, key


def micros_of(instant: datetime) -> int:
    """Microseconds since 1970, exactly."""
    return (instant - _EPOCH) // _MICROSECOND


def instant_of(micros: int) -> datetime:
    """The instant so many microseconds after 1970."""
    return _EPOCH + timedelta(microseconds=micros)
