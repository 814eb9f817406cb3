"""Storms: for some hours several towns have several times as many of the matters that weather brings."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from hub.citypack.city import City
from hub.contracts.fields import Feed, Point
from hub.simulate.chance import between, poisson, stream
from hub.simulate.habits import Habits
from hub.simulate.hours import Hours
from hub.simulate.occasions import Told
from hub.simulate.publication import HOUR_MS, millis, moment
from hub.simulate.spots import Spots
from hub.simulate.stories import Seen, StoryTeller
from hub.simulate.truth import Occasion

KIND = "storm"


class Storms:
    """Plans the storms that begin on a day: how hard, where, and what is reported because of them."""

    def __init__(
        self,
        city: City,
        habits: Habits,
        spots: Spots,
        hours: Hours,
        teller: StoryTeller,
        seed: int,
        scale: float,
    ) -> None:
        self._city = city
        self._habit = habits.storms
        self._spots = spots
        self._hours = hours
        self._teller = teller
        self._seed = seed
        self._stories = [
            (story, story.per_day * scale) for story in habits.stories if story.kind in self._habit.stories
        ]
        # Without seasons and days off: a storm is 4 to 10 times a mean day, no more exactly than that.
        whole = sum(matter.tickets for matter in habits.matters) or 1.0
        tickets = {matter.category: matter.tickets / whole for matter in habits.matters}
        self._matters = [
            (teller.code(text), tickets.get(text, 0.0) * habits.tickets_per_day * scale)
            for text in self._habit.matters
        ]

    def of_day(self, start: datetime) -> Iterator[Told]:
        """The storms that begin in the 24 hours from ``start``, and all that is reported because of them."""
        rng = stream(self._seed, KIND, start.isoformat())
        for number in range(poisson(rng, self._habit.per_day)):
            yield self._one(rng, f"{KIND}/{start:%y%m%d}/{number}", start)

    def _one(self, rng: random.Random, name: str, start: datetime) -> Told:
        centre = self._spots.draw(rng)
        radius = between(rng, *self._habit.radius_m)
        towns = self._hit(centre.point, radius) | {centre.at.town}
        share = self._spots.share(towns)
        began = moment(self._hours.draw(rng, "even", start))
        lasts = between(rng, *self._habit.lasts_hours)
        times = between(rng, *self._habit.times)
        seen: list[Seen] = []
        for story, per_day in self._stories:
            for number in range(poisson(rng, per_day * share * times)):
                at = began + timedelta(hours=lasts * rng.random())
                seen += self._teller.tell(rng, story, f"{name}/{story.kind}/{number}", at, towns, name)
        for category, per_day in self._matters:
            for number in range(poisson(rng, per_day * share * times)):
                at_ms = millis(began) + int(rng.random() * lasts * HOUR_MS)
                spot = self._spots.draw(rng, towns)
                own = f"{name}/{category}/{number}"
                incident = self._teller.incident(KIND, own, category, spot, moment(at_ms), name)
                seen.append(Seen(Feed.HOTLINE, category, at_ms, spot, incident))
        occasion = Occasion(
            id=name,
            kind=KIND,
            categories=tuple(dict.fromkeys(one.incident.category for one in seen)),
            towns=tuple(sorted(towns)),
            cell=None,
            lon=centre.point.lon,
            lat=centre.point.lat,
            within_m=radius,
            began=began,
            ended=began + timedelta(hours=lasts),
        )
        return occasion, seen

    def _hit(self, centre: Point, radius_m: float) -> frozenset[str]:
        """The towns of which at least half of the known points lie within the storm."""
        hit = set()
        for town in self._spots.towns.things:
            points = self._city.points_of(town)
            within = sum(self._city.distance_m(point, centre) <= radius_m for point in points)
            if points and within * 2 >= len(points):
                hit.add(town)
        return frozenset(hit)
