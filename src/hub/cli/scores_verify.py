"""`hub scores verify`: the scores of a replay, recomputed in another way."""

from __future__ import annotations

from hub.citypack.city import City
from hub.citypack.model import Unreached
from hub.verify.scores import CityFacts


def facts_of(city: City) -> CityFacts:
    """What the recomputation needs to know of a city."""
    residents = {("town", town.code): town.residents for town in city.towns.values()}
    for (_, code), number in list(residents.items()):
        for subject in (("district", city.district_of(code)), ("city", "city")):
            residents[subject] = residents.get(subject, 0) + number
    weights = city.weights
    return CityFacts(
        timezone=city.settings.timezone,
        unreached_unsolved=weights.unreached is Unreached.UNSOLVED,
        weights=(weights.response, weights.resolution, weights.satisfaction),
        fewest_assessed=weights.fewest_assessed,
        residents=residents,
    )
