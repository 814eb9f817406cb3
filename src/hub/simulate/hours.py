"""When things happen: hours by the weights of a profile, in the city's time zone and calendar."""

import random
from datetime import datetime, timedelta
from functools import lru_cache
from math import ceil
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.simulate.chance import Weighted
from hub.simulate.habits import Habits
from hub.simulate.publication import HOUR_MS, millis


class Hours:
    """Draws moments by the habits' profiles."""

    def __init__(self, city: City, habits: Habits) -> None:
        self._city = city
        self._profiles = habits.hours
        self._zone = ZoneInfo(city.settings.timezone)
        self._weighted = lru_cache(maxsize=256)(self._weighted_of)

    def month(self, at: datetime) -> int:
        """The local month."""
        return at.astimezone(self._zone).month

    def local_day(self, at_ms: int) -> str:
        """The local date, as YYMMDD."""
        return f"{datetime.fromtimestamp(at_ms / 1000, self._zone):%y%m%d}"

    def draw(self, rng: random.Random, profile: str, start: datetime, hours: float = 24) -> int:
        """A moment (ms since 1970) of the hours from ``start``: any of an hour that its weight has drawn."""
        hour = self._weighted(profile, start, ceil(hours)).draw(rng)
        return millis(start) + hour * HOUR_MS + int(rng.random() * HOUR_MS)

    def _weighted_of(self, name: str, start: datetime, hours: int) -> Weighted[int]:
        profile = self._profiles[name]
        local = [(start + timedelta(hours=hour)).astimezone(self._zone) for hour in range(hours)]
        works = {at.date(): self._city.worktime.works_on(at.date()) for at in local}
        weights = [(profile.workday if works[at.date()] else profile.day_off)[at.hour] for at in local]
        return Weighted(range(hours), weights)
