"""The season within a week: how a group's signals spread over its 168 hours, and what a window expects."""

from datetime import datetime, timedelta
from struct import Struct

from hub.contracts.surges import GroupNorm

HOURS = 168
_ARRAY = Struct(f"<{HOURS}f")
_ONE = Struct("<f")
EMPTY = bytes(_ARRAY.size)

_MOST = 50_000.0
"""Counts are halved beyond this, so that a season moves slowly instead of not at all."""

_OF_ALL = 100.0
"""Signals that the season of all groups is worth beside a group's own."""

_FLAT = 200.0
"""Signals that an even week is worth beside the season of all groups."""


def hour_of_week(local: datetime) -> int:
    """0 for Monday's first hour, in the city's own time."""
    return local.weekday() * 24 + local.hour


def with_hour(norm: GroupNorm, hour: int) -> bytes:
    """The norm's hours with one signal more."""
    hours = bytearray(norm.hours)
    count = _ONE.unpack_from(hours, 4 * hour)[0] + 1.0
    _ONE.pack_into(hours, 4 * hour, count)
    if count > _MOST / HOURS:
        return _ARRAY.pack(*(each / 2 for each in _ARRAY.unpack(hours)))
    return bytes(hours)


class Season:
    """The season of one group, shrunk towards that of all groups, which is shrunk towards an even week."""

    def __init__(self, group: GroupNorm | None, every: GroupNorm | None) -> None:
        self._group = EMPTY if group is None else group.hours
        self._all = EMPTY if every is None else every.hours
        self._group_total = sum(_ARRAY.unpack(self._group)) + _OF_ALL
        self._all_total = sum(_ARRAY.unpack(self._all)) + _FLAT

    def share(self, hour: int) -> float:
        """The share of a week's signals that an hour of it has."""
        of_all = (_ONE.unpack_from(self._all, 4 * hour)[0] + _FLAT / HOURS) / self._all_total
        own: float = _ONE.unpack_from(self._group, 4 * hour)[0]
        return float((own + _OF_ALL * of_all) / self._group_total)

    def days(self, end: datetime, length: timedelta) -> float:
        """A window as so many mean days: from the ``length`` before ``end``, which is local time, to it."""
        if length >= timedelta(days=1):
            return length / timedelta(days=1)
        left, hour = length / timedelta(hours=1), hour_of_week(end)
        part = end.minute / 60 + end.second / 3600
        total = 0.0
        while left > 0:
            taken = min(left, part)
            total += taken * self.share(hour)
            left -= taken
            hour, part = (hour - 1) % HOURS, 1.0
        return total * 7
