"""The rows of one step on one partition, with their indexes. Rows are kept encoded, and decoded on touch."""

from __future__ import annotations

import heapq
from bisect import insort
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple, TypeVar, cast

from hub.contracts.fields import Contract
from hub.flow import Change, GroupIndex, Put, Step, Table
from hub.runtime.codec import decode_row, encode_row
from hub.runtime.packed import PackedState, micros_of
from hub.runtime.packing import NOTHING, RowChange, in_order

Row = TypeVar("Row", bound=Contract)
RowKey = tuple[str, str]

DECODED_ROWS = 20_000
"""Decoded rows that a partition keeps at hand; a decoded case takes twenty times its encoded form."""


Groups = tuple[tuple[str, str], ...]
"""The groups of a row: (index, group)."""

Place = tuple[datetime | None, Groups]
"""Where the indexes have a row: when it is due, its groups."""

_NOWHERE: Place = (None, ())


class Changed(NamedTuple):
    """Rows that differ from the base at one moment, and their places; without bytes where removed."""

    places: Mapping[RowKey, Place]
    encoded: Mapping[RowKey, bytes]


class PartitionState:
    """The read view of a handler, and the place where its changes go.

    Rows lie in an immutable packed base, and in dicts where they changed since: a changed row hides the
    base's. Changes take effect at once. ``flush`` gives the encoded rows that changed since the last flush:
    one changelog record per changed row and batch. ``roll_back`` undoes what came since the flush before.
    """

    def __init__(self, step: Step) -> None:
        self._tables = {table.name: table for table in step.tables}
        self._indexes = {
            name: tuple(index for index in step.groups if index.table.name == name) for name in self._tables
        }
        due_of = {index.table.name: index.due for index in step.dues}
        self._finders = {name: (due_of.get(name), indexes) for name, indexes in self._indexes.items()}
        self._base = NOTHING
        self._places: dict[RowKey, Place] = {}
        self._encoded: dict[RowKey, bytes] = {}
        self._dirty: dict[RowKey, Contract | None] = {}
        self._decoded: OrderedDict[RowKey, Contract] = OrderedDict()
        self._members: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        self._heap: list[tuple[datetime, str, str]] = []
        self._base_due = 0
        self._first_of_base: tuple[datetime, str, str] | None = None
        self._silenced: set[RowKey] = set()
        self._size = (0, 0)
        self._undo = _Undo()
        self._flushed = False

    def __len__(self) -> int:
        added = sum((row is not None) - (self._before(key) is not None) for key, row in self._dirty.items())
        return self._size[0] + added

    def size(self) -> tuple[int, int]:
        """Rows as of the last flush, and their encoded bytes without keys. Costs nothing."""
        return self._size

    @property
    def base(self) -> PackedState:
        """The rows as they were when they were last packed."""
        return self._base

    @property
    def changed(self) -> int:
        """How many rows differ from the base, or did."""
        return len(self._places)

    def get(self, table: Table[Row], key: str) -> Row | None:
        """The row at a key, or None."""
        return cast("Row | None", self._get((table.name, key)))

    def scan(self, index: GroupIndex[Row], group: str) -> Iterator[tuple[str, Row]]:
        """The (key, row) pairs in a group, by key."""
        table = index.table.name
        for key in self._keys(index.name, table, group):
            row = self._get((table, key))
            assert row is not None, "an indexed row exists"
            yield key, cast("Row", row)

    def rows(self, table: Table[Row]) -> Iterator[tuple[str, Row]]:
        """All rows of a table, by key: for looking at a finished run, not for handlers."""
        keys = {key for name, key in self._places if name == table.name}
        base = self._base.tables.get(table.name, ())
        if base:
            keys |= {base.key(number).decode() for number in range(len(base))}
        for key in sorted(keys):
            row = self._get((table.name, key))
            if row is not None:
                yield key, cast("Row", row)

    def encoded_rows(self) -> Iterator[tuple[RowKey, bytes]]:
        """All rows as of the last flush, as they are encoded: for looking at them."""
        for table, rows in self._base.tables.items():
            for number in range(len(rows)):
                key = (table, rows.key(number).decode())
                if key not in self._places:
                    yield key, rows.value(number)
        yield from self._encoded.items()

    def first_due(self) -> tuple[datetime, Table[Contract], str] | None:
        """The row that is due first: (due time, table, key); ties by table and key."""
        first = self._first_changed()
        if self._first_of_base is not None:
            settled = self._first_settled()
            if first is None or (settled is not None and settled < first):
                first = settled
        return None if first is None else (first[0], self._tables[first[1]], first[2])

    def apply(self, changes: Iterable[Change]) -> None:
        """Make changes take effect."""
        if self._flushed:
            self._begin()
        undo, places, dirty, decoded = self._undo.places, self._places, self._dirty, self._decoded
        for change in changes:
            table = change.table.name
            key = (table, change.key)
            before = places.get(key)
            if key not in dirty:
                undo[key] = before
            if isinstance(change, Put):
                row = change.row
                decoded[key] = dirty[key] = row
                decoded.move_to_end(key)
                self._place(key, before or _NOWHERE, self._place_of(table, row))
            else:
                dirty[key] = None
                decoded.pop(key, None)
                self._place(key, before or _NOWHERE, _NOWHERE)

    def silence(self, table: Table[Contract], key: str) -> None:
        """Take a row out of what is due, until it changes: its clock could not be handled."""
        if self._flushed:
            self._begin()
        self._silenced.add((table.name, key))

    def flush(self) -> list[tuple[RowKey, bytes | None]]:
        """The rows that changed since the last flush, encoded; None for removed ones."""
        if self._flushed:
            self._begin()
        changed: list[tuple[RowKey, bytes | None]] = []
        rows, size = self._size
        encoded, undo = self._encoded, self._undo
        for key, row in self._dirty.items():
            if undo.places[key] is None:
                before = self._in_base(key)
            else:
                before = undo.encoded[key] = encoded.get(key)
            if before is not None:
                rows -= 1
                size -= len(before)
            data = None
            if row is not None:
                encoded[key] = data = encode_row(row)
                rows += 1
                size += len(data)
            else:
                encoded.pop(key, None)
            changed.append((key, data))
        self._size = rows, size
        self._dirty.clear()
        while len(self._decoded) > DECODED_ROWS:
            self._decoded.popitem(last=False)
        self._flushed = True
        return changed

    def roll_back(self) -> None:
        """Undo every change since the flush before the last one: its transaction is known to be aborted."""
        undo = self._undo
        heard_again = self._silenced - undo.silenced
        for key, place in undo.places.items():
            self._place(key, self._places[key], place or _NOWHERE)
            self._decoded.pop(key, None)
            if place is None:
                del self._places[key]  # the base shows its row again
                self._encoded.pop(key, None)
        for key, data in undo.encoded.items():
            self._store(key, data)
        self._dirty.clear()
        self._size = undo.size
        for key in heard_again:
            self._await(key, self._places.get(key, _NOWHERE)[0])
        self._silenced = set(undo.silenced)
        self._see_base_from(undo.base_due)
        self._begin()

    def load(self, key: RowKey, data: bytes | None) -> None:
        """Put back one row from the changelog."""
        place, before = self._places.get(key), self._encoded.get(key)
        if place is None:
            place, before = _NOWHERE, self._in_base(key)
        rows, size = self._size
        rows += (data is not None) - (before is not None)
        self._size = rows, size + len(data or b"") - len(before or b"")
        self._place(key, place, self._place_in(key[0], data))
        self._store(key, data)
        self._decoded.pop(key, None)

    def pack_of(self, rows: Mapping[RowKey, bytes | None]) -> dict[str, Iterator[RowChange]]:
        """Rows of the changelog as `pack` takes them, by table; decoded one by one as they are taken."""
        return {name: self._restored(name, rows) for name in self._tables}

    def freeze(self) -> Changed:
        """What differs from the base now, to be packed while the state goes on; between flushes only."""
        assert not self._dirty, "what is not flushed is not settled"
        return Changed(dict(self._places), dict(self._encoded))

    def changes_in(self, changed: Changed) -> dict[str, Iterator[RowChange]]:
        """What was frozen as `pack` takes it, by table. Safe from any thread."""
        return {name: in_order(_frozen(name, changed)) for name in self._tables}

    @property
    def index_tables(self) -> Mapping[str, str]:
        """The table of each group index."""
        return {index.name: name for name, indexes in self._indexes.items() for index in indexes}

    def settle(self, base: PackedState, packed: Changed | None = None) -> None:
        """Go on from a new base; what was packed into it and did not change since is held no more.

        Without ``packed`` the base is all there is: the state of a partition that is taken over.
        """
        assert not self._dirty, "what is not flushed is not settled"
        places, encoded = self._places, self._encoded
        packed_place, packed_bytes = (packed.places.get, packed.encoded.get) if packed else (_absent, _absent)
        left = [
            (key, place, encoded.get(key))
            for key, place in places.items()
            if packed_place(key) is not place or packed_bytes(key) is not encoded.get(key)
        ]
        self._base = base
        self._places, self._encoded, self._members, self._heap = {}, {}, defaultdict(list), []
        self._see_base_from(0)
        for key, place, data in left:
            self._place(key, _NOWHERE, place)
            self._store(key, data)
        if packed is None:
            self._size = base.size()
        self._begin()

    def _begin(self) -> None:
        """Forget how to undo what is committed."""
        self._undo = _Undo(self._size, frozenset(self._silenced), self._base_due)
        self._flushed = False

    def _get(self, key: RowKey) -> Contract | None:
        row = self._decoded.get(key)
        if row is not None:
            self._decoded.move_to_end(key)
            return row
        if key not in self._places:
            data = self._in_base(key)
        elif key in self._dirty:
            return None  # what is dirty and there is decoded
        else:
            data = self._encoded.get(key)
        if data is None:
            return None
        row = decode_row(self._tables[key[0]].row, data)
        self._decoded[key] = row
        return row

    def _in_base(self, key: RowKey) -> bytes | None:
        base = self._base
        return None if base is NOTHING else base.get(*key)

    def _before(self, key: RowKey) -> bytes | None:
        """The bytes of a dirty row before its batch."""
        return self._in_base(key) if self._undo.places[key] is None else self._encoded.get(key)

    def _store(self, key: RowKey, data: bytes | None) -> None:
        if data is None:
            self._encoded.pop(key, None)
        else:
            self._encoded[key] = data

    def _keys(self, index: str, table: str, group: str) -> list[str]:
        found = list(self._members.get((index, group), ()))
        if self._base is NOTHING:
            return found
        places = self._places
        settled = [key for key in self._base.keys(index, table, group) if (table, key) not in places]
        return sorted(found + settled) if found and settled else found or settled

    def _place_of(self, table: str, row: Contract) -> Place:
        due_of, indexes = self._finders[table]
        due = None if due_of is None else due_of(row)
        if not indexes:
            return due, ()
        return due, tuple(dict.fromkeys((one.name, group) for one in indexes for group in one.groups(row)))

    def _place_in(self, table: str, data: bytes | None) -> Place:
        return _NOWHERE if data is None else self._place_of(table, decode_row(self._tables[table].row, data))

    def _place(self, key: RowKey, before: Place, after: Place) -> None:
        """Have the indexes find a row in its new place."""
        self._places[key] = after
        if before == after and not self._silenced:
            return
        if before[1] != after[1]:
            self._move(key[1], before[1], after[1])
        if before[0] != after[0] or key in self._silenced:
            self._await(key, after[0])
            self._silenced.discard(key)

    def _await(self, key: RowKey, due: datetime | None) -> None:
        if due is not None:
            heapq.heappush(self._heap, (due, *key))

    def _move(self, key: str, before: Groups, after: Groups) -> None:
        for group in before:
            if group not in after:
                keys = self._members[group]
                keys.remove(key)
                if not keys:
                    del self._members[group]
        for group in after:
            if group not in before:
                insort(self._members[group], key)

    def _first_changed(self) -> tuple[datetime, str, str] | None:
        heap = self._heap
        while heap:
            due, table, key = first = heap[0]
            place = self._places.get((table, key))
            if place is not None and place[0] == due and (table, key) not in self._silenced:
                return first
            heapq.heappop(heap)
        return None

    def _first_settled(self) -> tuple[datetime, str, str] | None:
        first = self._first_of_base
        while first is not None:
            key = first[1:]
            if key not in self._places and key not in self._silenced:
                return first
            self._see_base_from(self._base_due + 1)
            first = self._first_of_base
        return None

    def _see_base_from(self, place: int) -> None:
        self._base_due = place
        self._first_of_base = self._base.due(place)

    def _restored(self, table: str, rows: Mapping[RowKey, bytes | None]) -> Iterator[RowChange]:
        for key in sorted(key for name, key in rows if name == table):
            data = rows[table, key]
            if data is not None:
                yield _row_change(key, data, self._place_in(table, data))


class _Undo:
    """How rows, their size, silences and the base's first due row were before a batch."""

    __slots__ = ("base_due", "encoded", "places", "silenced", "size")

    def __init__(
        self, size: tuple[int, int] = (0, 0), silenced: frozenset[RowKey] = frozenset(), base_due: int = 0
    ) -> None:
        self.places: dict[RowKey, Place | None] = {}
        self.encoded: dict[RowKey, bytes | None] = {}
        self.size = size
        self.silenced = silenced
        self.base_due = base_due


def _absent(_: RowKey) -> None:
    """Nothing was packed."""


def _frozen(table: str, changed: Changed) -> Iterator[RowChange]:
    for at, place in changed.places.items():
        if at[0] == table:
            yield _row_change(at[1], changed.encoded.get(at), place)


def _row_change(key: str, data: bytes | None, place: Place) -> RowChange:
    due, groups = place
    return RowChange(key.encode(), data, None if due is None else micros_of(due), groups)
