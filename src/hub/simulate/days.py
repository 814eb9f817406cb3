"""What happens on a day of the simulated city: its incidents of several reports, its silent sensors."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hub.citypack.city import City, Gateway
from hub.citypack.model import SensorKind
from hub.contracts.fields import Feed, Point
from hub.simulate.chance import Weighted, between, poisson, stream
from hub.simulate.habits import Habits, Signature, Story
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.spots import Spot, Spots
from hub.simulate.truth import Excursion, Incident, Silence, lead_of

EVERY_STORY_FROM = 500
"""From so many tickets a day on, each kind of incident happens at least once a day: small demos show all."""

SAME_ADDRESS = 0.5
"""Share of an incident's tickets that name its own address, not the citizen's."""

SILENT_SENSORS = 0.004
"""How often a sensor falls silent for hours, times a day."""

SILENT_GATEWAYS = 0.01
"""How often a gateway sends nothing for a while, times a day."""


class Seen(NamedTuple):
    """One report of an incident to come: by whom, under which category, when and where."""

    feed: Feed
    category: str
    at_ms: int
    spot: Spot
    incident: Incident
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Day:
    """A planned day: what is seen of its incidents, in order of time, and which sensors are silent."""

    seen: tuple[Seen, ...]
    incidents: tuple[Incident, ...]
    silences: tuple[Silence, ...]


class Days:
    """Plans the days of a city. A day depends on seed, scale and date alone, not on the days around it."""

    def __init__(self, city: City, habits: Habits, spots: Spots, seed: int, scale: float) -> None:
        self._city = city
        self._habits = habits
        self._spots = spots
        self._seed = seed
        self._scale = scale
        self._zone = ZoneInfo(city.settings.timezone)
        self._codes = {text: city.category_of(text) for text in _named(habits)}
        self._hours = lru_cache(maxsize=64)(self._hours_of)
        self._sensors: dict[str, list[tuple[Gateway, int]]] = {}
        for gateway in city.gateways.values():
            for slot, sensor in enumerate(gateway.sensors):
                self._sensors.setdefault(sensor.kind, []).append((gateway, slot))

    def plan(self, start: datetime) -> Day:
        """The 24 hours from ``start``; reports and silences that begin in it may reach beyond it."""
        seen: list[Seen] = []
        for story in self._habits.stories:
            rng = stream(self._seed, "story", story.kind, start.isoformat())
            for number in range(self._count(rng, story, start)):
                began = self._begin(rng, story, start)
                name = f"{story.kind}/{began:%y%m%d}/{number}"
                tell = self._apart if story.apart else self._together
                seen += tell(rng, story, name, began)
        seen.sort(key=lambda one: (one.at_ms, one.incident.id))
        incidents = {one.incident.id: one.incident for one in seen}
        return Day(tuple(seen), tuple(incidents.values()), tuple(self._silences(start)))

    def _count(self, rng: random.Random, story: Story, start: datetime) -> int:
        """How often the story happens on a day."""
        if story.months and start.astimezone(self._zone).month not in story.months:
            return 0
        count = poisson(rng, story.per_day * self._scale)
        return max(count, 1) if self._habits.tickets_per_day * self._scale >= EVERY_STORY_FROM else count

    def _begin(self, rng: random.Random, story: Story, start: datetime) -> datetime:
        """When one begins: an hour of the day by the story's profile, any moment of it."""
        hour = self._hours(story.hours, start).draw(rng)
        return moment(millis(start) + hour * HOUR_MS + int(rng.random() * HOUR_MS))

    def _hours_of(self, hours: str, start: datetime) -> Weighted[int]:
        """The 24 hours from ``start`` by a profile's weights."""
        profile = self._habits.hours[hours]
        local = [(start + timedelta(hours=hour)).astimezone(self._zone) for hour in range(24)]
        works = {at.date(): self._city.worktime.works_on(at.date()) for at in local}
        weights = [(profile.workday if works[at.date()] else profile.day_off)[at.hour] for at in local]
        return Weighted(range(24), weights)

    def _together(self, rng: random.Random, story: Story, name: str, began: datetime) -> Iterator[Seen]:
        """One incident that several people report, and perhaps a grid worker and a sensor."""
        category = self._code(story.categories[int(rng.random() * len(story.categories))])
        shown = self._shown(rng, story.sensor, began) if story.sensor else None
        spot = self._spots.near(rng, shown[1], story.sensor.within_m) if shown and story.sensor else None
        spot = spot or self._spots.draw(rng)
        incident = self._incident(story, name, category, spot, began)
        incident.excursions = (shown[0],) if shown else ()
        address = self._spots.address(rng, spot)
        also = Weighted(
            [category, *map(self._code, story.also)], [1 - sum(story.also.values()), *story.also.values()]
        )
        first_ms = millis(began) + 60_000
        for _ in range(rng.randint(*story.reports)):
            near = self._spots.near(rng, spot, story.within_m)
            own = address if rng.random() < SAME_ADDRESS else self._spots.address(rng, near)
            after_ms = int(_soon(rng) * story.within_hours * HOUR_MS)
            yield Seen(Feed.HOTLINE, also.draw(rng), first_ms + after_ms, near, incident, own)
        if story.grid is not None and rng.random() < story.grid_share:
            near = self._spots.near(rng, spot, story.within_m / 2)
            at_ms = first_ms + int(_soon(rng) * story.within_hours * HOUR_MS)
            yield Seen(Feed.GRID, self._code(story.grid), at_ms, near, incident)

    def _apart(self, rng: random.Random, story: Story, name: str, began: datetime) -> Iterator[Seen]:
        """Matters alike of neighbours, each an incident of its own."""
        centre = self._spots.draw(rng)
        for number in range(rng.randint(*story.reports)):
            category = self._code(story.categories[int(rng.random() * len(story.categories))])
            spot = self._spots.near(rng, centre, story.within_m)
            at_ms = millis(began) + int(_soon(rng) * story.within_hours * HOUR_MS)
            incident = self._incident(story, f"{name}/{number}", category, spot, moment(at_ms))
            incident.group = name
            yield Seen(Feed.HOTLINE, category, at_ms, spot, incident, self._spots.address(rng, spot))

    def _incident(self, story: Story, name: str, category: str, spot: Spot, began: datetime) -> Incident:
        return Incident(
            id=name,
            kind=story.kind,
            category=category,
            town=spot.at.town,
            lead_unit=lead_of(self._city, category, spot.at.town, Feed.HOTLINE),
            lon=spot.point.lon,
            lat=spot.point.lat,
            began=began,
        )

    def _shown(
        self, rng: random.Random, signature: Signature, began: datetime
    ) -> tuple[Excursion, Spot] | None:
        """A sensor that shows the incident, and where it stands; None where no sensor does."""
        known = self._sensors.get(signature.kind)
        if not known or rng.random() >= signature.share:
            return None
        gateway, slot = known[int(rng.random() * len(known))]
        sensor = gateway.sensors[slot]
        spot = self._spots.at(Point(lon=sensor.lon, lat=sensor.lat))
        if spot is None:
            return None
        lasts_ms = int(between(rng, *signature.hours) * HOUR_MS)
        value = _beyond(rng, self._city.kinds[sensor.kind], signature.limit)
        ended = moment(millis(began) + lasts_ms)
        return Excursion(gateway.id, slot, sensor.id, signature.limit, value, began, ended), spot

    def _silences(self, start: datetime) -> Iterator[Silence]:
        """Sensors and gateways that fall silent on this day."""
        for gateway in self._city.gateways.values():
            rng = stream(self._seed, "silence", gateway.id, start.isoformat())
            for _ in range(poisson(rng, SILENT_GATEWAYS)):
                yield self._silence(rng, gateway, None, start, (0.4, 4.0))
            for _ in range(poisson(rng, SILENT_SENSORS * len(gateway.sensors))):
                slot = int(rng.random() * len(gateway.sensors))
                yield self._silence(rng, gateway, slot, start, (1.0, 10.0))

    def _silence(
        self,
        rng: random.Random,
        gateway: Gateway,
        slot: int | None,
        start: datetime,
        hours: tuple[float, float],
    ) -> Silence:
        began_ms = millis(start) + int(rng.random() * 24 * HOUR_MS)
        ended_ms = began_ms + int(between(rng, *hours) * HOUR_MS)
        return Silence(gateway.id, slot, moment(began_ms), moment(ended_ms))

    def _code(self, text: str) -> str:
        found = self._codes[text]
        assert found is not None, "habits are checked against the pack when they are loaded"
        return found.code


def expected_tickets(habits: Habits, scale: float, month: int) -> float:
    """How many tickets incidents bring on a mean day."""
    least = 1.0 if habits.tickets_per_day * scale >= EVERY_STORY_FROM else 0.0
    return sum(
        max(story.per_day * scale, least) * sum(story.reports) / 2
        for story in habits.stories
        if not story.months or month in story.months
    )


def _named(habits: Habits) -> set[str]:
    return {text for story in habits.stories for text in story.named}


def _soon(rng: random.Random) -> float:
    """How far into an incident a report comes, 0 to 1: more often early."""
    return float(rng.random() ** 1.7)


def _beyond(rng: random.Random, kind: SensorKind, limit: str) -> float:
    """A value out of a kind's limits, on one side."""
    edge = (kind.high if limit == "high" else kind.low) or 0.0
    by = between(rng, 0.2, 0.7) * (abs(edge) or 1.0)
    return edge + by if limit == "high" else edge - by
