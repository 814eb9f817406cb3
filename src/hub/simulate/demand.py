"""How many single matters an hour brings, and which: the habits, the calendar, the season and the scale."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.simulate.chance import Weighted
from hub.simulate.days import expected_tickets, least_a_day
from hub.simulate.habits import Habits, Matter
from hub.simulate.reported import reported_by_people


@dataclass(frozen=True, slots=True)
class Mixture:
    """Categories by how many tickets and grid reports of each one hour brings; ``total`` sums them up."""

    tickets: Weighted[str]
    reports: Weighted[str]


class Demand:
    """The single matters of a city: what incidents bring is taken off, so that a day's total is right."""

    def __init__(self, city: City, habits: Habits, scale: float, part: float = 1.0) -> None:
        self._city = city
        self._habits = habits
        self._scale = scale * part
        self._least = least_a_day(habits, self._scale) if part == 1.0 else 0
        self._zone = ZoneInfo(city.settings.timezone)
        self._matters = (*habits.matters, *_rest(city, habits))
        self._codes = [_code(city, matter.category) for matter in self._matters]
        self._mixture = lru_cache(maxsize=1024)(self._mixture_of)

    def of_hour(self, start: datetime) -> Mixture:
        """What is expected in the hour from ``start``."""
        local = start.astimezone(self._zone)
        return self._mixture(local.hour, self._city.worktime.works_on(local.date()), local.month)

    def _mixture_of(self, hour: int, workday: bool, month: int) -> Mixture:
        habits = self._habits
        day = habits.workday_share if workday else habits.day_off_share
        all_tickets = habits.tickets_per_day * self._scale
        single = max(all_tickets - expected_tickets(habits, self._scale, month, self._least), 0.0) * day
        reports = all_tickets * habits.reports_per_ticket * day
        season = [m if not m.months or month in m.months else None for m in self._matters]
        shares = [0.0 if m is None else _hour_share(habits, m.hours, hour, workday) for m in season]
        patrol = [_hour_share(habits, habits.report_hours, hour, workday)] * len(season)
        return Mixture(
            Weighted(self._codes, _scaled([m.tickets if m else 0.0 for m in season], shares, single)),
            Weighted(self._codes, _scaled([m.reports if m else 0.0 for m in season], patrol, reports)),
        )


def _scaled(weights: Sequence[float], shares: Sequence[float], total: float) -> list[float]:
    """The expected numbers of an hour: each thing's part of the day, times the hour's share of its day."""
    whole = sum(weights) or 1.0
    return [weight / whole * share * total for weight, share in zip(weights, shares, strict=True)]


def _hour_share(habits: Habits, hours: str, hour: int, workday: bool) -> float:
    profile = habits.hours[hours]
    weights = profile.workday if workday else profile.day_off
    return weights[hour] / sum(weights)


def _rest(city: City, habits: Habits) -> list[Matter]:
    """The categories that the habits leave out: each as likely, together the share ``rest`` of tickets."""
    named = {_code(city, matter.category) for matter in habits.matters}
    hazards = [_code(city, hazard.category) for hazard in habits.hazards]
    left = [code for code in reported_by_people(city, hazards) if code not in named]
    whole = sum(matter.tickets for matter in habits.matters) or 1.0
    each = whole * habits.rest / (1 - habits.rest) / max(len(left), 1)
    return [Matter(category=code, tickets=each) for code in left]


def _code(city: City, text: str) -> str:
    found = city.category_of(text)
    assert found is not None, "habits are checked against the pack when they are loaded"
    return found.code
