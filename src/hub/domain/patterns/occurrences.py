"""Which categories were reported where and when 关联分析: a fold over signals, small whatever comes."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Feed

Longs = NDArray[np.int64]

_PLACES = 1 << 32
_COMPACT_FROM = 1 << 16


@dataclass(frozen=True, slots=True)
class Occurred:
    """Each place, band of hours of a day, and category once, in order of category, place, time."""

    categories: tuple[str, ...]
    places: tuple[str, ...]
    towns: tuple[str, ...]
    """Town of each place."""
    area: Longs
    """The area that each place lies in, by number: its town, or of a town its district."""
    first_day: int
    """Ordinal of the day that time counts from."""
    bands: int
    """Bands of a day; time counts bands since the first day."""
    category: Longs
    place: Longs
    time: Longs

    @property
    def times(self) -> int:
        """How many bands of hours there are, from the first day to the last."""
        return int(self.time.max(initial=-1) // self.bands + 1) * self.bands

    def day(self, number: int) -> date:
        """The date of a day."""
        return date.fromordinal(self.first_day + number)


class Occurrences:
    """Takes signals one by one; memory is 8 bytes for each place, band and category that occurred.

    ``hours`` is the length of a band, a divisor of 24; a day goes from its first hour to that of the next, so
    that a night need not be cut at midnight. Times are told in the city's zone.
    """

    def __init__(self, zone: ZoneInfo, hours: int, first_hour: int = 0) -> None:
        self._zone = zone
        self._begins = timedelta(hours=first_hour)
        self._hours = hours
        self._bands = 24 // hours
        self._places: dict[str, int] = {}
        self._inside: dict[str, tuple[str, str]] = {}
        self._seen: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        self._limits: dict[str, int] = {}

    def take_event(self, event: CaseEvent, by: Literal["cell", "town"]) -> None:
        """Note the signal that caused an event; what the hub reported itself 未诉先办 says nothing new."""
        place = event.cell if by == "cell" else event.town
        area = event.town if by == "cell" else event.district
        if event.happened and event.signal_category and place and event.feed is not Feed.PROACTIVE:
            self.take(event.signal_category, place, event.town, area, event.happened)

    def take(self, category: str, place: str, town: str, area: str, happened: datetime) -> None:
        """Note that a category was reported at a place of a town, which is compared within an area."""
        local = happened.astimezone(self._zone) - self._begins
        time = local.toordinal() * self._bands + local.hour // self._hours
        number = self._places.setdefault(place, len(self._places))
        self._inside.setdefault(place, (town, area))
        seen = self._seen[category]
        seen.append(time * _PLACES + number)
        if len(seen) > self._limits.get(category, _COMPACT_FROM):
            self._compact(category)

    def all(self) -> Occurred:
        """What occurred; the same whatever the order of the signals."""
        names = sorted(self._seen)
        places = sorted(self._places)
        names_of_areas = sorted({area for _, area in self._inside.values()})
        areas = {area: number for number, area in enumerate(names_of_areas)}
        where = np.empty(len(places), np.int64)
        where[[self._places[place] for place in places]] = np.arange(len(places))
        columns: list[tuple[Longs, Longs]] = []
        for name in names:
            packed = np.unique(np.array(self._seen[name], np.int64))
            place, time = where[packed % _PLACES], packed // _PLACES
            order = np.lexsort((time, place))
            columns.append((place[order], time[order]))
        empty = np.empty(0, np.int64)
        time = np.concatenate([empty, *(time for _, time in columns)])
        first_day = int(time.min() // self._bands) if time.size else 1
        return Occurred(
            categories=tuple(names),
            places=tuple(places),
            towns=tuple(self._inside[place][0] for place in places),
            area=np.array([areas[self._inside[place][1]] for place in places], np.int64),
            first_day=first_day,
            bands=self._bands,
            category=np.repeat(np.arange(len(names)), [place.size for place, _ in columns]),
            place=np.concatenate([empty, *(place for place, _ in columns)]),
            time=time - first_day * self._bands,
        )

    def _compact(self, category: str) -> None:
        kept = np.unique(np.array(self._seen[category], np.int64))
        self._seen[category] = array("q", kept.tobytes())
        self._limits[category] = max(_COMPACT_FROM, 2 * kept.size)
