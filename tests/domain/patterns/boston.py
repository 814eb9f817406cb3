"""Boston's half year as daily tallies, straight from the city's file, without the hub between."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.feeds import HotlineTicket
from hub.contracts.fields import PlaceRef
from hub.domain.patterns.tallies import Daily, Tally
from hub.edges.profiles import RowRefused, load_profile, read_rows

TICKETS = "tickets/boston311-2015-h1.csv.gz"


@lru_cache(maxsize=1)
def boston() -> City:
    return load_city("boston")


@lru_cache(maxsize=1)
def boston_days(tickets: Path) -> tuple[Daily, ...]:
    """Appeals by day, category and district, each ticket counted where intake would place it."""
    city, profile = boston(), load_profile("boston311")
    zone = ZoneInfo(city.settings.timezone)
    counted: Counter[tuple[object, ...]] = Counter()
    found: dict[tuple[object, ...], Daily] = {}
    for _, row in read_rows(tickets):
        try:
            made = profile.records(row)
        except RowRefused:
            continue
        for ticket in (one.value for one in made if isinstance(one.value, HotlineTicket)):
            district = district_of(city, ticket.place)
            category = city.category_of(ticket.category) or city.category_above(ticket.category)
            code = category.code if category else city.settings.unknown_category
            day = ticket.reported_at.astimezone(zone).date()
            key = (day, code, district)
            counted[key] += 1
            found[key] = Daily(day, code, district, Tally(appeals=counted[key]))
    return tuple(found.values())


def district_of(city: City, place: PlaceRef) -> str:
    located = city.located_by_code(place.code) if place.code else None
    if located is None and place.point is not None:
        located = city.locate(place.point)
    return city.district_of(located.town) if located else "CITY"
