"""A state for handlers of scores: it holds what their outcomes put."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from hub.contracts.fields import EARLIEST, Contract
from hub.flow import Arrival, Change, GroupIndex, Put, Table

Row = TypeVar("Row", bound=Contract)

ARRIVAL = Arrival("case.events", "hub:cases", "1", "k", EARLIEST, EARLIEST)


class Rows:
    """Rows by table and key."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], Contract] = {}

    def get(self, table: Table[Row], key: str) -> Row | None:
        """The row at a key, or None."""
        found = self.rows.get((table.name, key))
        assert found is None or isinstance(found, table.row)
        return found

    def scan(self, index: GroupIndex[Row], group: str) -> Iterator[tuple[str, Row]]:
        """Scores scan nothing."""
        raise AssertionError(f"{index.name} is no index of scores")

    def apply(self, changes: Iterable[Change]) -> None:
        """Make changes take effect."""
        for change in changes:
            if isinstance(change, Put):
                self.rows[change.table.name, change.key] = change.row
            else:
                del self.rows[change.table.name, change.key]
