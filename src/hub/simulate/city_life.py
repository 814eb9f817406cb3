"""The simulated city: all publications of its feeds in order of arrival, and their ground truth."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush, merge
from itertools import count
from operator import itemgetter

from hub.citypack.city import City
from hub.errors import HubError
from hub.simulate.days import Day, Days
from hub.simulate.habits import Habits
from hub.simulate.inspections import Inspections
from hub.simulate.load_habits import habits_of
from hub.simulate.publication import Publication, by_arrival, millis, moment
from hub.simulate.readings import Readings, default_pack_minutes
from hub.simulate.reports import Reports
from hub.simulate.spots import Spots
from hub.simulate.stories import Seen
from hub.simulate.truth import Association, Begun, Fault, GroundTruth, Planned

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
    towns: Collection[str] = (),
    truth: GroundTruth | None = None,
) -> Iterator[Publication]:
    """What the publishers of a city send from ``start``, in order of arrival; nothing arrives after the end.

    The same arguments give the same publications. ``scale`` 1 is the real city; gateways send whatever the
    scale, every ``pack_minutes`` (as a rule twice before a sensor counts as silent). With ``towns`` only
    these are simulated, as densely as in the whole. ``truth`` is filled as publications are taken.
    Raises HubError for a wrong scale, length, start, town or pack interval.
    """
    if scale <= 0 or days <= 0 or start.tzinfo is None:
        raise HubError("start needs a time zone, days and scale must be above 0", fix="mend the arguments")
    if strange := sorted(set(towns) - city.towns.keys()):
        raise HubError(f"The city has no town {', '.join(strange)}.", fix="see towns.csv of the city's pack")
    every = default_pack_minutes(city) if pack_minutes is None else pack_minutes
    begin = start.astimezone(UTC)
    life = _Life(part_of(city, towns), habits or habits_of(city), seed, scale, every, towns)
    return life.publications(begin, begin + timedelta(days=days), GroundTruth() if truth is None else truth)


def towns_of(city: City, districts: Collection[str]) -> tuple[str, ...]:
    """The towns of some districts; HubError for a district that the city does not have."""
    if strange := sorted(set(districts) - city.districts.keys()):
        known = ", ".join(f"{one.code} {one.name}" for one in city.districts.values())
        raise HubError(f"The city has no district {', '.join(strange)}.", fix=f"choose from {known}")
    return tuple(town.code for town in city.towns.values() if town.district in districts)


def part_of(city: City, towns: Collection[str]) -> City:
    """The city with the gateways of some towns alone; the city itself if none are named."""
    if not towns:
        return city
    return replace(city, gateways={g.id: g for g in city.gateways.values() if g.town in towns})


class _Life:
    """One run: whatever begins at a time arrives then or later, so that little has to wait."""

    def __init__(
        self, city: City, habits: Habits, seed: int, scale: float, every: float, towns: Collection[str]
    ) -> None:
        spots = Spots(city, habits.words.language, seed, towns)
        self._days = Days(city, habits, spots, seed, scale, spots.part)
        self._reports = Reports(city, habits, spots, seed, scale)
        self._inspections = Inspections(city, habits, spots, seed, scale * spots.part)
        self._associations = tuple(
            Association(
                one.name,
                tuple(found.code for text in one.categories if (found := city.category_of(text))),
                one.occasion,
                one.lift,
            )
            for one in habits.associations
        )
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
        today, yesterday = Day(), Day()
        seen: list[Seen] = []
        planted: list[Seen] = []
        faults: list[Fault] = []
        truth.associations = self._associations
        while hour < end:
            if hour == day_start:
                yesterday, today = today, self._days.plan(day_start)
                truth.record_shown(today.incidents, end)
                truth.record_plan(today.occasions, today.silences, today.faults, end)
                seen = [*seen, *today.seen]
                planted = [*planted, *today.planted]
                faults = [*(fault for fault in faults if fault.ended > hour), *today.faults]
                day_start += _DAY
            now, seen = _split(seen, millis(hour + _HOUR))
            extra, planted = _split(planted, millis(hour + _HOUR))
            yield from merge(
                *self._hour(hour, now, (yesterday, today), faults),
                self._reports.planted(hour, extra),
                key=itemgetter(0),
            )
            hour += _HOUR

    def _hour(
        self, hour: datetime, seen: Iterable[Seen], days: tuple[Day, ...], faults: Iterable[Fault]
    ) -> tuple[Iterator[Begun], ...]:
        excursions = [one for day in days for incident in day.incidents for one in incident.excursions]
        silences = [one for day in days for one in day.silences]
        return (
            self._reports.hour(hour, seen),
            self._inspections.hour(hour),
            self._readings.hour(hour, excursions, silences, faults),
        )


def _split(seen: Iterable[Seen], until_ms: int) -> tuple[list[Seen], list[Seen]]:
    """What is seen before a time, and what later."""
    seen = list(seen)
    return [one for one in seen if one.at_ms < until_ms], [one for one in seen if one.at_ms >= until_ms]


def _sent(planned: Planned, truth: GroundTruth) -> Publication:
    truth.record(planned)
    return planned.publication
