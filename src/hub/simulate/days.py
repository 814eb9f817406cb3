"""What happens on a day of the simulated city: its incidents of several reports, its silent sensors."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from hub.citypack.city import City, Gateway
from hub.simulate.chance import between, poisson, stream
from hub.simulate.faults import Faults
from hub.simulate.habits import Habits, Story
from hub.simulate.hours import Hours
from hub.simulate.occasions import Occasions
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.spots import Spots
from hub.simulate.stories import Seen, StoryTeller
from hub.simulate.storms import Storms
from hub.simulate.truth import Fault, Incident, Occasion, Silence

EVERY_STORY_FROM = 500
"""From so many tickets a day on, each kind of incident happens at least once a day: small demos show all."""

SILENT_SENSORS = 0.004
"""How often a sensor falls silent for hours, times a day."""

SILENT_GATEWAYS = 0.01
"""How often a gateway sends nothing for a while, times a day."""


@dataclass(frozen=True, slots=True)
class Day:
    """A planned day: what is seen of its incidents, in order of time, and how its sensors fail.

    ``planted`` is what is seen of occasions and storms, on top of the ordinary day.
    """

    seen: tuple[Seen, ...] = ()
    planted: tuple[Seen, ...] = ()
    incidents: tuple[Incident, ...] = ()
    occasions: tuple[Occasion, ...] = ()
    silences: tuple[Silence, ...] = ()
    faults: tuple[Fault, ...] = ()


class Days:
    """Plans the days of a city. A day depends on seed, scale and date alone, not on the days around it.

    ``part`` is the share of the city that is simulated: a part is as dense as the whole.
    """

    def __init__(
        self, city: City, habits: Habits, spots: Spots, seed: int, scale: float, part: float = 1.0
    ) -> None:
        self._city = city
        self._habits = habits
        self._seed = seed
        self._scale = scale * part
        self._least = least_a_day(habits, self._scale) if part == 1.0 else 0
        self._hours = Hours(city, habits)
        self._teller = StoryTeller(city, habits, spots)
        self._occasions = Occasions(habits, spots, self._hours, self._teller, seed, self._scale)
        self._storms = Storms(city, habits, spots, self._hours, self._teller, seed, self._scale)
        self._faults = Faults(city, habits.faults, seed)

    def plan(self, start: datetime) -> Day:
        """The 24 hours from ``start``; what begins in it may reach beyond it."""
        seen: list[Seen] = []
        for story in self._habits.stories:
            rng = stream(self._seed, "story", story.kind, start.isoformat())
            for number in range(self._count(rng, story, start)):
                began = moment(self._hours.draw(rng, story.hours, start))
                seen += self._teller.tell(rng, story, f"{story.kind}/{start:%y%m%d}/{number}", began)
        planted: list[Seen] = []
        occasions: list[Occasion] = []
        for occasion, told in (*self._occasions.of_day(start), *self._storms.of_day(start)):
            occasions.append(occasion)
            planted += told
        seen, planted = _in_time(seen), _in_time(planted)
        incidents = {one.incident.id: one.incident for one in (*seen, *planted)}
        return Day(
            seen=tuple(seen),
            planted=tuple(planted),
            incidents=tuple(incidents.values()),
            occasions=tuple(occasions),
            silences=tuple(self._silences(start)),
            faults=tuple(self._faults.of_day(start)),
        )

    def _count(self, rng: random.Random, story: Story, start: datetime) -> int:
        """How often the story happens on a day."""
        if story.months and self._hours.month(start) not in story.months:
            return 0
        return max(poisson(rng, story.per_day * self._scale), self._least)

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


def least_a_day(habits: Habits, scale: float) -> int:
    """How often each kind of incident happens at least, times a day."""
    return 1 if habits.tickets_per_day * scale >= EVERY_STORY_FROM else 0


def expected_tickets(habits: Habits, scale: float, month: int, least: int) -> float:
    """How many tickets incidents bring on a mean day, occasions and storms left aside."""
    return sum(
        max(story.per_day * scale, least) * sum(story.reports) / 2
        for story in habits.stories
        if not story.months or month in story.months
    )


def _in_time(seen: list[Seen]) -> list[Seen]:
    return sorted(seen, key=lambda one: (one.at_ms, one.incident.id))
