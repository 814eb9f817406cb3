"""The season within a week: how a group's signals spread over its 168 hours, and what a window expects."""

from datetime import datetime, timedelta
from struct import Struct
from typing import NamedTuple

from hub.contracts.surges import GroupNorm

HOURS = 168
_ARRAY = Struct(f"<{HOURS}f")
_ONE = Struct("<f")
EMPTY = bytes(_ARRAY.size)

_MOST = 50_000.0
"""Counts are halved beyond this, so that a season moves slowly instead of not at all."""

_OF_DAY = 200.0
"""Signals that a group's own hours of the day are worth beside its hours of the week."""

_OF_ALL = 20.0
"""Signals that the hours of the day of all groups are worth beside a group's own."""

_FLAT = 200.0
"""Signals that an even day is worth beside the hours of all groups."""

_WEEKDAYS = 7


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


class Window(NamedTuple):
    """A window as mean days, and how many signals that length is told from."""

    days: float
    told_from: float


class Season:
    """The week of one group: its hours of the week, shrunk towards its own hours of the day.

    Those are shrunk towards the hours of the day of all groups, and those towards an even day.
    """

    def __init__(self, group: GroupNorm | None, every: GroupNorm | None) -> None:
        self._hours: tuple[float, ...] = _ARRAY.unpack(EMPTY if group is None else group.hours)
        of_all = _ARRAY.unpack(EMPTY if every is None else every.hours)
        total, total_of_all = sum(self._hours), sum(of_all) + _FLAT
        self._week = total + _OF_DAY
        self._of_day: list[float] = []
        for hour in range(24):
            all_share = (sum(of_all[hour::24]) + _FLAT / 24) / total_of_all
            self._of_day.append(sum(self._hours[hour::24]) + _OF_ALL * all_share)
        self._day = total + _OF_ALL

    def share(self, hour: int) -> float:
        """The share of a week's signals that an hour of it has."""
        of_day = self._of_day[hour % 24] / self._day / _WEEKDAYS
        return (self._hours[hour] + _OF_DAY * of_day) / self._week

    def window(self, end: datetime, length: timedelta) -> Window:
        """The window of this length that ends at a local time."""
        if length >= timedelta(days=1):
            return Window(length / timedelta(days=1), self._day)
        left, hour = length / timedelta(hours=1), hour_of_week(end)
        part = end.minute / 60 + end.second / 3600
        share = told_from = 0.0
        while left > 0:
            taken = min(left, part)
            share += taken * self.share(hour)
            told_from += taken * self._of_day[hour % 24]
            left -= taken
            hour, part = (hour - 1) % HOURS, 1.0
        return Window(share * _WEEKDAYS, told_from)
