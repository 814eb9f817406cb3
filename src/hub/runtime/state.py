"""The rows of one step on one partition, with their indexes. Rows are kept encoded, and decoded on touch."""

import heapq
from bisect import insort
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar, cast

from hub.contracts.fields import Contract
from hub.flow import Change, DueIndex, GroupIndex, Put, Step, Table
from hub.runtime.codec import decode_row, encode_row

Row = TypeVar("Row", bound=Contract)
RowKey = tuple[str, str]

DECODED_ROWS = 20_000
"""Decoded rows that a partition keeps at hand; a decoded case takes twenty times its encoded form."""


class PartitionState:
    """The read view of a handler, and the place where its changes go.

    Changes take effect at once. ``flush`` gives the encoded rows that changed since the last flush: one
    changelog record per changed row and batch. After a failed commit the state is dropped and restored.
    """

    def __init__(self, step: Step) -> None:
        self._tables = {table.name: table for table in step.tables}
        self._encoded: dict[RowKey, bytes] = {}
        self._bytes = 0
        self._decoded: OrderedDict[RowKey, Contract] = OrderedDict()
        self._dirty: dict[RowKey, Contract | None] = {}
        self._groups = {index.name: _Groups(index) for index in step.groups}
        self._groups_of = _by_table(self._groups.values())
        self._due = _DueRows(step.dues)

    def __len__(self) -> int:
        added = sum(row is not None and key not in self._encoded for key, row in self._dirty.items())
        removed = sum(row is None and key in self._encoded for key, row in self._dirty.items())
        return len(self._encoded) + added - removed

    def size(self) -> tuple[int, int]:
        """Rows as of the last flush, and their encoded bytes without keys. Costs nothing."""
        return len(self._encoded), self._bytes

    def get(self, table: Table[Row], key: str) -> Row | None:
        """The row at a key, or None."""
        return cast("Row | None", self._get((table.name, key)))

    def scan(self, index: GroupIndex[Row], group: str) -> Iterator[tuple[str, Row]]:
        """The (key, row) pairs in a group, by key."""
        for key in self._groups[index.name].keys(group):
            row = self._get((index.table.name, key))
            assert row is not None, "an indexed row exists"
            yield key, cast("Row", row)

    def rows(self, table: Table[Row]) -> Iterator[tuple[str, Row]]:
        """All rows of a table, by key: for looking at a finished run, not for handlers."""
        keys = {key for name, key in self._encoded if name == table.name}
        keys |= {key for name, key in self._dirty if name == table.name}
        for key in sorted(keys):
            row = self._get((table.name, key))
            if row is not None:
                yield key, cast("Row", row)

    def first_due(self) -> tuple[datetime, Table[Contract], str] | None:
        """The row that is due first: (due time, table, key); ties by table and key."""
        first = self._due.first()
        return None if first is None else (first[0], self._tables[first[1]], first[2])

    def apply(self, changes: Iterable[Change]) -> None:
        """Make changes take effect."""
        for change in changes:
            row = change.row if isinstance(change, Put) else None
            self._set((change.table.name, change.key), row)
            self._dirty[change.table.name, change.key] = row

    def silence(self, table: Table[Contract], key: str) -> None:
        """Take a row out of what is due, until it changes: its clock could not be handled."""
        self._due.set((table.name, key), None)

    def flush(self) -> list[tuple[RowKey, bytes | None]]:
        """The rows that changed since the last flush, encoded; None for removed ones."""
        changed: list[tuple[RowKey, bytes | None]] = []
        for key, row in self._dirty.items():
            data = None if row is None else encode_row(row)
            self._keep(key, data)
            changed.append((key, data))
        self._dirty.clear()
        while len(self._decoded) > DECODED_ROWS:
            self._decoded.popitem(last=False)
        return changed

    def load(self, key: RowKey, data: bytes | None) -> None:
        """Put back one row from the changelog."""
        row = None if data is None else decode_row(self._tables[key[0]].row, data)
        self._set(key, row)
        self._keep(key, data)
        while len(self._decoded) > DECODED_ROWS:
            self._decoded.popitem(last=False)

    def _keep(self, key: RowKey, data: bytes | None) -> None:
        self._bytes += len(data or b"") - len(self._encoded.get(key, b""))
        if data is None:
            self._encoded.pop(key, None)
        else:
            self._encoded[key] = data

    def _get(self, key: RowKey) -> Contract | None:
        if key in self._dirty:
            return self._dirty[key]
        row = self._decoded.get(key)
        if row is not None:
            self._decoded.move_to_end(key)
            return row
        data = self._encoded.get(key)
        if data is None:
            return None
        row = decode_row(self._tables[key[0]].row, data)
        self._decoded[key] = row
        return row

    def _set(self, key: RowKey, row: Contract | None) -> None:
        groups = self._groups_of.get(key[0], ())
        before = self._get(key) if groups else None
        for index in groups:
            index.move(key[1], before, row)
        self._due.set(key, row)
        if row is None:
            self._decoded.pop(key, None)
        else:
            self._decoded[key] = row
            self._decoded.move_to_end(key)


class _Groups:
    """Keys of rows by what the rows share, each group in order."""

    def __init__(self, index: GroupIndex[Contract]) -> None:
        self.index = index
        self._keys: defaultdict[str, list[str]] = defaultdict(list)

    def keys(self, group: str) -> tuple[str, ...]:
        return tuple(self._keys.get(group, ()))

    def move(self, key: str, before: Contract | None, after: Contract | None) -> None:
        old = set(self.index.groups(before)) if before is not None else set()
        new = set(self.index.groups(after)) if after is not None else set()
        for group in old - new:
            keys = self._keys[group]
            keys.remove(key)
            if not keys:
                del self._keys[group]
        for group in new - old:
            insort(self._keys[group], key)


def _by_table(indexes: Iterable[_Groups]) -> dict[str, tuple[_Groups, ...]]:
    found: defaultdict[str, tuple[_Groups, ...]] = defaultdict(tuple)
    for index in indexes:
        found[index.index.table.name] += (index,)
    return dict(found)


class _DueRows:
    """Rows by due time: a heap whose outdated entries are passed over."""

    def __init__(self, indexes: Iterable[DueIndex[Contract]]) -> None:
        self._due_of = {index.table.name: index.due for index in indexes}
        self._now: dict[RowKey, datetime] = {}
        self._heap: list[tuple[datetime, str, str]] = []

    def set(self, key: RowKey, row: Contract | None) -> None:
        due_of = self._due_of.get(key[0])
        due = due_of(row) if due_of is not None and row is not None else None
        if due == self._now.get(key):
            return
        if due is None:
            del self._now[key]
        else:
            self._now[key] = due
            heapq.heappush(self._heap, (due, *key))

    def first(self) -> tuple[datetime, str, str] | None:
        while self._heap:
            due, table, key = self._heap[0]
            if self._now.get((table, key)) == due:
                return due, table, key
            heapq.heappop(self._heap)
        return None
