"""Packs settled rows and what changed since into a new buffer, in order of keys; may run in any thread."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from heapq import merge
from itertools import islice
from typing import BinaryIO, NamedTuple, TypeVar
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from hub.runtime.packed import DueLayout, Layout, MapLayout, PackedMap, PackedState

_LARGEST_BUFFER = 2**32 - 1
_WRITE_AT_ONCE = 1 << 20
_SORTED_AT_ONCE = 2_000
_ALIGNED = 8
_GONE = np.uint32(2**32 - 1)

Column = NDArray[np.uint32]
Entry = TypeVar("Entry", bound=tuple[object, ...])


class RowChange(NamedTuple):
    """One row as it is now: bytes (None if removed), due time in microseconds, groups by index."""

    key: bytes
    data: bytes | None
    due: int | None
    groups: tuple[tuple[str, str], ...]


class Sink:
    """Writes a buffer's parts one after the other, with a checksum. Raises OSError as its file does."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.position = 0
        self.checksum = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.position += len(data)
        self.checksum = crc32(data, self.checksum)

    def part(self, data: bytes) -> int:
        """Write a part at an aligned place; where it begins."""
        self.write(bytes(-self.position % _ALIGNED))
        began = self.position
        self.write(data)
        return began


def pack(
    sink: Sink, base: PackedState, changes: Mapping[str, Iterable[RowChange]], index_tables: Mapping[str, str]
) -> Layout:
    """Write the base with changes to it; where its parts lie.

    ``changes`` holds every table of the step, each in order of keys, no key twice; ``index_tables`` the
    table of each group index. Raises OSError, and OverflowError where a table is larger than 4 GiB.
    """
    dues = _Dues(base)
    tables: dict[str, MapLayout] = {}
    groups: dict[str, MapLayout] = {}
    for number, name in enumerate(sorted(changes)):
        before = base.tables.get(name, _NO_ROWS)
        rows = _Rows(sink, before)
        for change in changes[name]:
            rows.add(change)
        tables[name] = rows.finish()
        dues.add_table(number, name, rows)
        for index, table in index_tables.items():
            if table == name:
                members = base.groups.get(index, _NO_ROWS)
                groups[index] = _pack_groups(sink, members, rows.numbers, rows.joined[index])
    return Layout(tables, groups, dues.finish(sink))


class _Rows:
    """One table on its way into the buffer; notes where each row of the base went."""

    def __init__(self, sink: Sink, base: PackedMap) -> None:
        self._base = base
        self._next = 0
        self._writer = _MapWriter(sink)
        self.numbers: Column = np.full(len(base), _GONE, dtype=np.uint32)
        self.joined: defaultdict[str, defaultdict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
        self.due_times = array("q")
        self.due_rows = array("I")

    def add(self, change: RowChange) -> None:
        """Take over what the base holds before a key, then the key's row as it is now."""
        if self._next < len(self._base):
            self._take_over(change.key)
        if change.data is None:
            return
        number = self._writer.add(change.key, change.data)
        if change.due is not None:
            self.due_times.append(change.due)
            self.due_rows.append(number)
        for index, group in change.groups:
            self.joined[index][group].append(number)

    def finish(self) -> MapLayout:
        """Take over the rest; where the table lies."""
        self._take_over(None)
        return self._writer.finish()

    def _take_over(self, until: bytes | None) -> None:
        base, writer = self._base, self._writer
        for old in range(self._next, len(base)):
            key = base.key(old)
            if until is not None and key >= until:
                self._next = old + (key == until)
                return
            self.numbers[old] = writer.add(key, base.value(old))
        self._next = len(base)


class _MapWriter:
    """Writes entries as they come, in order of their keys, then the columns by which they are found."""

    def __init__(self, sink: Sink) -> None:
        self._sink = sink
        self._entries = sink.part(b"")
        self._waiting: list[bytes] = []
        self._waiting_size = 0
        self._size = 0
        self._starts = array("I")
        self._key_sizes = array("H")
        self._checksums = array("I")

    def add(self, key: bytes, value: bytes) -> int:
        """The number of the new entry."""
        if self._size > _LARGEST_BUFFER:
            raise OverflowError("a table is larger than 4 GiB; use more partitions")
        number = len(self._starts)
        self._starts.append(self._size)
        self._key_sizes.append(len(key))
        self._checksums.append(crc32(key))
        self._waiting += key, value
        size = len(key) + len(value)
        self._size += size
        self._waiting_size += size
        if self._waiting_size >= _WRITE_AT_ONCE:
            self._write()
        return number

    def finish(self) -> MapLayout:
        """Write the columns; where all lies."""
        self._write()
        self._starts.append(self._size)
        count = len(self._key_sizes)
        buckets = max(1, count // 2)
        checksums = np.frombuffer(self._checksums, dtype=np.uint32) if count else np.zeros(0, np.uint32)
        order = np.argsort(checksums, kind="stable").astype(np.uint32)
        ordered = checksums[order]
        homes = ordered.astype(np.uint64) * np.uint64(buckets) >> np.uint64(32)
        first = np.searchsorted(homes, np.arange(buckets + 1, dtype=np.uint64)).astype(np.uint32)
        part = self._sink.part
        return MapLayout(
            count,
            buckets,
            self._entries,
            part(self._starts.tobytes()),
            part(self._key_sizes.tobytes()),
            part(order.tobytes()),
            part((ordered & np.uint32(0xFF)).astype(np.uint8).tobytes()),
            part(first.tobytes()),
        )

    def _write(self) -> None:
        self._sink.write(b"".join(self._waiting))
        self._waiting.clear()
        self._waiting_size = 0


def _pack_groups(sink: Sink, base: PackedMap, numbers: Column, joined: Mapping[str, list[int]]) -> MapLayout:
    """Groups with the numbers of their rows, sorted, so in order of keys; empty ones are left out."""
    writer = _MapWriter(sink)
    new = in_order((group.encode(), members) for group, members in joined.items())
    coming = next(new, None)
    for at in range(len(base)):
        group = base.key(at)
        while coming is not None and coming[0] < group:
            writer.add(coming[0], array("I", coming[1]).tobytes())
            coming = next(new, None)
        old = memoryview(base.value(at)).cast("I")
        members = [number for row in old if (number := int(numbers[row])) != _GONE]
        if coming is not None and coming[0] == group:
            members = sorted((*members, *coming[1]))
            coming = next(new, None)
        if members:
            writer.add(group, array("I", members).tobytes())
    while coming is not None:
        writer.add(coming[0], array("I", coming[1]).tobytes())
        coming = next(new, None)
    return writer.finish()


class _Dues:
    """When rows are due, gathered table by table."""

    def __init__(self, base: PackedState) -> None:
        self._names = list(base.tables)
        self._times = np.frombuffer(base.due_times, dtype=np.int64)
        self._tables = np.frombuffer(base.due_tables, dtype=np.uint8)
        self._rows = np.frombuffer(base.due_rows, dtype=np.uint32)
        self._gathered: list[tuple[NDArray[np.int64], NDArray[np.uint8], Column]] = []

    def add_table(self, number: int, name: str, rows: _Rows) -> None:
        """The rows of a table that are left of the base, and those that changed."""
        if name in self._names:
            mine = self._tables == self._names.index(name)
            now = rows.numbers[self._rows[mine]]
            left = now != _GONE
            self._gather(number, self._times[mine][left], now[left])
        if rows.due_times:
            times = np.frombuffer(rows.due_times, dtype=np.int64)
            self._gather(number, times, np.frombuffer(rows.due_rows, dtype=np.uint32))

    def _gather(self, table: int, times: NDArray[np.int64], rows: Column) -> None:
        self._gathered.append((times, np.full(len(times), table, dtype=np.uint8), rows))

    def finish(self, sink: Sink) -> DueLayout:
        """Write all in order of time, table and key; where they lie."""
        if not self._gathered:
            return DueLayout()
        times, tables, rows = (np.concatenate(column) for column in zip(*self._gathered, strict=True))
        order = np.lexsort((rows, tables, times))
        return DueLayout(
            len(order),
            sink.part(times[order].tobytes()),
            sink.part(tables[order].tobytes()),
            sink.part(rows[order].tobytes()),
        )


def in_order(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries by key; sorts few at a time, since nothing else runs in the process meanwhile."""
    found = iter(entries)
    runs = []
    while run := sorted(islice(found, _SORTED_AT_ONCE)):
        runs.append(run)
    return iter(runs[0]) if len(runs) == 1 else merge(*runs)


NOTHING = PackedState(b"\0" * _ALIGNED, Layout({}, {}, DueLayout()))
_NO_ROWS = PackedMap(b"\0" * _ALIGNED, MapLayout())
