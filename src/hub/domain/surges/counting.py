"""Counting recent signals in sliding windows that end with the newest one, in its town and near its cell."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.contracts.surges import Recent, RecentKind

LONGEST = 64
"""Signals of a group and town that are remembered; where more come, windows are shorter."""


class Counted(NamedTuple):
    """How many complaints came in a window before the newest; of a full memory, in the time that it holds."""

    window: timedelta
    others: int
    began: datetime


def count(recent: Sequence[Recent], end: int, window: timedelta) -> Counted:
    """The complaints in the window before the signal at position ``end``, itself not counted."""
    newest = recent[end].at
    others, began = 0, newest
    for at in range(end - 1, -1, -1):
        signal = recent[at]
        if newest - signal.at > window:
            return Counted(window, others, began)
        if signal.kind is RecentKind.COMPLAINT:
            others, began = others + 1, signal.at
    full = len(recent) >= LONGEST
    return Counted(max(newest - began, timedelta(minutes=1)) if full else window, others, began)


def beside(recent: Sequence[Recent], newest: Recent, cells: int) -> tuple[Recent, ...]:
    """The signals at most so many cells away from the newest one, in their order; it is the last of them."""
    middle = position(newest.cell)
    if middle is None:
        return ()
    return tuple(one for one in recent if _near(middle, position(one.cell), cells))


def position(cell: str | None) -> tuple[int, int] | None:
    """Row and column of a grid cell; None for a place that is known by a code alone."""
    row, _, column = (cell or "").partition("-")
    return (int(row), int(column)) if row.isdigit() and column.isdigit() else None


def _near(a: tuple[int, int], b: tuple[int, int] | None, cells: int) -> bool:
    return b is not None and abs(a[0] - b[0]) <= cells and abs(a[1] - b[1]) <= cells


def are_near(a: Recent, b: Recent, cells: int) -> bool | None:
    """Whether two signals lie near each other; None where one's cell is not known."""
    middle, other = position(a.cell), position(b.cell)
    return None if middle is None or other is None else _near(middle, other, cells)
