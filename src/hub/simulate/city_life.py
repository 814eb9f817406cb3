"""The simulated city: all publications of its feeds in order of arrival, and their ground truth."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush, merge
from itertools import count
from operator import itemgetter

from hub.citypack.city import City
from hub.errors import HubError
from hub.simulate.days import Day, Days, Seen
from hub.simulate.habits import Habits
from hub.simulate.inspections import Inspections
from hub.simulate.load_habits import habits_of
from hub.simulate.publication import Publication, by_arrival, millis, moment
from hub.simulate.readings import Readings, default_pack_minutes
from hub.simulate.reports import Reports
from hub.simulate.spots import Spots
from hub.simulate.truth import Begun, GroundTruth, Planned

_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


def simulate(
    city: City,
    seed: int,
    start: datetime,
    days: float = 1,
    scale: float = 1.0,
    *,
    pack_minutes: float | None = None,
    habits: Habits | None = None,
    truth: GroundTruth | None = None,
) -> Iterator[Publication]:
    """What the publishers of a city send from ``start``, in order of arrival; nothing arrives after the end.

    The same arguments give the same publications. ``scale`` 1 is the real city; gateways send whatever the
    scale, every ``pack_minutes`` (as a rule twice before a sensor counts as silent). ``truth`` is filled
    as publications are taken. Raises HubError for a wrong scale, length, start or pack interval.
    """
    if scale <= 0 or days <= 0 or start.tzinfo is None:
        raise HubError("start needs a time zone, days and scale must be above 0", fix="mend the arguments")
    every = default_pack_minutes(city) if pack_minutes is None else pack_minutes
    begin = start.astimezone(UTC)
    life = _Life(city, habits or habits_of(city), seed, scale, every)
    return life.publications(begin, begin + timedelta(days=days), GroundTruth() if truth is None else truth)


class _Life:
    """One run: whatever begins at a time arrives then or later, so that little has to wait."""

    def __init__(self, city: City, habits: Habits, seed: int, scale: float, every: float) -> None:
        spots = Spots(city, habits.words.language, seed)
        self._days = Days(city, habits, spots, seed, scale)
        self._reports = Reports(city, habits, spots, seed, scale)
        self._inspections = Inspections(city, habits, spots, seed, scale)
        self._readings = Readings(city, habits, seed, every)

    def publications(self, start: datetime, end: datetime, truth: GroundTruth) -> Iterator[Publication]:
        waiting: list[tuple[tuple[datetime, str, str, str], int, Planned]] = []
        entered = count()
        for begins_ms, planned in self._begun(start, end, truth):
            begins = moment(begins_ms)
            while waiting and waiting[0][0][0] < begins:
                yield _sent(heappop(waiting)[2], truth)
            for one in planned:
                if one.publication.arrived < end:
                    heappush(waiting, (by_arrival(one.publication), next(entered), one))
        while waiting:
            yield _sent(heappop(waiting)[2], truth)

    def _begun(self, start: datetime, end: datetime, truth: GroundTruth) -> Iterator[Begun]:
        """What begins, in order of time: hour by hour, the days planned as they come."""
        hour, day_start = start, start
        today, yesterday = Day((), (), ()), Day((), (), ())
        seen: list[Seen] = []
        while hour < end:
            if hour == day_start:
                yesterday, today = today, self._days.plan(day_start)
                truth.record_plan(today.incidents, today.silences, end)
                seen = [*seen, *today.seen]
                day_start += _DAY
            soon_ms = millis(hour + _HOUR)
            now = [one for one in seen if one.at_ms < soon_ms]
            seen = [one for one in seen if one.at_ms >= soon_ms]
            yield from merge(*self._hour(hour, now, (yesterday, today)), key=itemgetter(0))
            hour += _HOUR

    def _hour(
        self, hour: datetime, seen: Iterable[Seen], days: tuple[Day, ...]
    ) -> tuple[Iterator[Begun], ...]:
        excursions = [one for day in days for incident in day.incidents for one in incident.excursions]
        silences = [one for day in days for one in day.silences]
        return (
            self._reports.hour(hour, seen),
            self._inspections.hour(hour),
            self._readings.hour(hour, excursions, silences),
        )


def _sent(planned: Planned, truth: GroundTruth) -> Publication:
    truth.record(planned)
    return planned.publication
