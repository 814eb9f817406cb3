"""Tells incidents: who reports each of them, under which category, when and where, and what sensors show."""

import random
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import NamedTuple

from hub.citypack.city import City, Gateway
from hub.citypack.model import SensorKind
from hub.contracts.fields import Feed, Point
from hub.simulate.chance import Weighted, between
from hub.simulate.habits import Habits, Signature, Story
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.spots import Spot, Spots
from hub.simulate.truth import Excursion, Incident, lead_of

SAME_ADDRESS = 0.5
"""Share of an incident's tickets that name its own address, not the citizen's."""


class Seen(NamedTuple):
    """One report to come: by whom, under which category, when, where and about what.

    ``by`` is the number of the citizen in the town where that is one in particular.
    """

    feed: Feed
    category: str
    at_ms: int
    spot: Spot
    incident: Incident
    address: str | None = None
    by: int | None = None


class StoryTeller:
    """Makes the reports of incidents; all its chance comes from the streams that it is given."""

    def __init__(self, city: City, habits: Habits, spots: Spots) -> None:
        self._city = city
        self._spots = spots
        self._codes = {text: city.category_of(text) for text in _named(habits)}
        self._sensors: dict[str, list[tuple[Gateway, int]]] = {}
        for gateway in city.gateways.values():
            for slot, sensor in enumerate(gateway.sensors):
                self._sensors.setdefault(sensor.kind, []).append((gateway, slot))

    def tell(
        self,
        rng: random.Random,
        story: Story,
        name: str,
        began: datetime,
        towns: Collection[str] = (),
        occasion: str | None = None,
    ) -> Iterator[Seen]:
        """What is reported of one incident, or of matters alike that stay apart, somewhere in ``towns``."""
        tell = self._apart if story.apart else self._together
        return tell(rng, story, name, began, towns, occasion)

    def code(self, text: str) -> str:
        """The category that the habits call so."""
        found = self._codes[text]
        assert found is not None, "habits are checked against the pack when they are loaded"
        return found.code

    def incident(
        self, kind: str, name: str, category: str, spot: Spot, began: datetime, occasion: str | None = None
    ) -> Incident:
        """One real thing at a place, and who should deal with it."""
        return Incident(
            id=name,
            kind=kind,
            category=category,
            town=spot.at.town,
            lead_unit=lead_of(self._city, category, spot.at.town, Feed.HOTLINE),
            lon=spot.point.lon,
            lat=spot.point.lat,
            began=began,
            occasion=occasion,
        )

    def _together(
        self,
        rng: random.Random,
        story: Story,
        name: str,
        began: datetime,
        towns: Collection[str],
        occasion: str | None,
    ) -> Iterator[Seen]:
        """One incident that several people report, and perhaps a grid worker and a sensor."""
        category = self.code(story.categories[int(rng.random() * len(story.categories))])
        shown = self._shown(rng, story.sensor, began, towns) if story.sensor else None
        spot = self._spots.near(rng, shown[1], story.sensor.within_m) if shown and story.sensor else None
        spot = spot or self._spots.draw(rng, towns)
        incident = self.incident(story.kind, name, category, spot, began, occasion)
        incident.excursions = (shown[0],) if shown else ()
        address = self._spots.address(rng, spot)
        also = Weighted(
            [category, *map(self.code, story.also)], [1 - sum(story.also.values()), *story.also.values()]
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
            yield Seen(Feed.GRID, self.code(story.grid), at_ms, near, incident)

    def _apart(
        self,
        rng: random.Random,
        story: Story,
        name: str,
        began: datetime,
        towns: Collection[str],
        occasion: str | None,
    ) -> Iterator[Seen]:
        """Matters alike of neighbours, each an incident of its own."""
        centre = self._spots.draw(rng, towns)
        for number in range(rng.randint(*story.reports)):
            category = self.code(story.categories[int(rng.random() * len(story.categories))])
            spot = self._spots.near(rng, centre, story.within_m)
            at_ms = millis(began) + int(_soon(rng) * story.within_hours * HOUR_MS)
            incident = self.incident(story.kind, f"{name}/{number}", category, spot, moment(at_ms), occasion)
            incident.group = name
            yield Seen(Feed.HOTLINE, category, at_ms, spot, incident, self._spots.address(rng, spot))

    def _shown(
        self, rng: random.Random, signature: Signature, began: datetime, towns: Collection[str]
    ) -> tuple[Excursion, Spot] | None:
        """A sensor that shows the incident, and where it stands; None where no sensor does."""
        known = self._sensors.get(signature.kind, [])
        if towns:
            known = [(gateway, slot) for gateway, slot in known if gateway.places[slot].town in towns]
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


def _named(habits: Habits) -> set[str]:
    found = {text for story in habits.stories for text in story.named}
    found |= {text for occasion in habits.occasions for part in occasion.parts for text in part.named}
    return found | set(habits.storms.matters)


def _soon(rng: random.Random) -> float:
    """How far into an incident a report comes, 0 to 1: more often early."""
    return float(rng.random() ** 1.7)


def _beyond(rng: random.Random, kind: SensorKind, limit: str) -> float:
    """A value out of a kind's limits, on one side."""
    edge = (kind.high if limit == "high" else kind.low) or 0.0
    by = between(rng, 0.2, 0.7) * (abs(edge) or 1.0)
    return edge + by if limit == "high" else edge - by
