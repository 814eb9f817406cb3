"""Occasions: festivals, sites, works at night: one place, hours or weeks, several kinds of complaint."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from hub.contracts.fields import Feed
from hub.simulate.chance import Weighted, between, poisson, stream
from hub.simulate.habits import Habits
from hub.simulate.hours import Hours
from hub.simulate.planted_habits import OccasionHabit, Part
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.spots import Spot, Spots
from hub.simulate.stories import SAME_ADDRESS, Seen, StoryTeller
from hub.simulate.truth import Incident, Occasion

APART = 4.0
"""Spots of one part lie at least so many times as far apart as their reports lie from them."""

_TRIES = 8

_PEOPLE = 2_000
"""Citizens of a town of whom one reports a matter again and again."""

Told = tuple[Occasion, list[Seen]]


class Occasions:
    """Plans the occasions that begin on a day; they come on top of what is ordinary."""

    def __init__(
        self, habits: Habits, spots: Spots, hours: Hours, teller: StoryTeller, seed: int, scale: float
    ) -> None:
        self._habits = habits.occasions
        self._spots = spots
        self._hours = hours
        self._teller = teller
        self._seed = seed
        self._scale = scale

    def of_day(self, start: datetime) -> Iterator[Told]:
        """The occasions that begin in the 24 hours from ``start``, and all that is ever reported of each."""
        for habit in self._habits:
            rng = stream(self._seed, "occasion", habit.kind, start.isoformat())
            for number in range(poisson(rng, habit.per_day * self._scale)):
                yield self._one(rng, habit, f"{habit.kind}/{start:%y%m%d}/{number}", start)

    def _one(self, rng: random.Random, habit: OccasionHabit, name: str, start: datetime) -> Told:
        place = self._spots.draw(rng)
        began = moment(self._hours.draw(rng, habit.begins, start))
        lasts = between(rng, *habit.lasts_hours)
        seen: list[Seen] = []
        for number, part in enumerate(habit.parts):
            for at, spot in enumerate(self._spots_of(rng, habit, part, place)):
                seen += self._told(rng, habit, part, f"{name}/{number}.{at}", spot, (began, lasts))
        for one in seen:
            one.incident.occasion = name
        occasion = Occasion(
            id=name,
            kind=habit.kind,
            categories=tuple(self._teller.code(part.category) for part in habit.parts),
            towns=tuple(sorted({place.at.town, *(one.spot.at.town for one in seen)})),
            cell=place.at.cell,
            lon=place.point.lon,
            lat=place.point.lat,
            within_m=habit.within_m + max(part.within_m for part in habit.parts),
            began=began,
            ended=began + timedelta(hours=lasts),
        )
        return occasion, seen

    def _spots_of(self, rng: random.Random, habit: OccasionHabit, part: Part, place: Spot) -> list[Spot]:
        """Where a part is complained of: at the place itself, or at spots around it that nobody mixes up."""
        if not habit.within_m:
            return [place]
        found: list[Spot] = []
        for _ in range(rng.randint(*part.spots)):
            for _ in range(_TRIES):
                spot = self._spots.near(rng, place, habit.within_m)
                if all(self._spots.metres(spot, other) >= APART * part.within_m for other in found):
                    found.append(spot)
                    break
        return found

    def _told(
        self,
        rng: random.Random,
        habit: OccasionHabit,
        part: Part,
        name: str,
        spot: Spot,
        when: tuple[datetime, float],
    ) -> Iterator[Seen]:
        """The reports of one spot: of one matter, of one each day, or each of its own."""
        began, lasts = when
        first = self._teller.code(part.category)
        words = Weighted(
            [first, *map(self._teller.code, part.also)], [1 - sum(part.also.values()), *part.also.values()]
        )
        address = self._spots.address(rng, spot)
        by = int(rng.random() * _PEOPLE) if part.one_person else None
        incidents: dict[str, Incident] = {}
        latest = millis(began) + int(lasts * HOUR_MS)
        count = rng.randint(*part.reports)
        for number, at_ms in enumerate(
            sorted(min(self._hours.draw(rng, part.hours, began, lasts), latest) for _ in range(count))
        ):
            of = (
                f"{name}/{number}"
                if part.apart
                else f"{name}/{self._night(at_ms)}"
                if part.each_day
                else name
            )
            if of not in incidents:
                incidents[of] = self._teller.incident(habit.kind, of, first, spot, moment(at_ms))
                incidents[of].group = name if part.apart else None
            near = spot if part.one_person else self._spots.near(rng, spot, part.within_m)
            own = address if part.one_person or rng.random() < SAME_ADDRESS else None
            yield Seen(Feed.HOTLINE, words.draw(rng), at_ms, near, incidents[of], own, by)

    def _night(self, at_ms: int) -> str:
        """The day that a report belongs to: a night belongs to the day before it, until noon."""
        return self._hours.local_day(at_ms - 12 * HOUR_MS)
