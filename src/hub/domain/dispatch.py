"""Dispatch 派单: exactly one accountable unit for a case, and those who must help."""

from dataclasses import dataclass

from hub.citypack.city import City, Located
from hub.contracts.cases import Case
from hub.contracts.fields import Feed
from hub.contracts.reasons import Reason
from hub.contracts.signals import Signal
from hub.domain.case_ids import town_of_case


@dataclass(frozen=True, slots=True)
class Dispatch:
    """Who leads, who helps, which row of the catalogue said so."""

    lead: str
    assist: tuple[str, ...]
    row: str
    reason: Reason
    detail: str


def choose_units(city: City, signal: Signal) -> Dispatch:
    """The units for a new case, by the most specific row of the dispatch catalogue 派单目录 that fits."""
    place = Located(signal.town, signal.cell, signal.key_town)
    return units_by_catalogue(city, signal.category, place, signal.feed, signal.summary)


def choose_again(city: City, case: Case, category: str) -> Dispatch:
    """The units for a case, had it been of another category from the beginning."""
    place = Located(case.town, case.cell, town_of_case(case.case_id))
    return units_by_catalogue(city, category, place, case.members[0].feed, case.summary)


def units_by_catalogue(city: City, category: str, place: Located, feed: Feed, title: str) -> Dispatch:
    """The units that the catalogue names for a category, place, feed and title."""
    row = city.choose(category, place.town, feed, title)
    lead, assist = city.resolve_units(row, place)
    known = row.category is not None
    return Dispatch(
        lead,
        tuple(unit for unit in assist if unit != lead),
        row.id,
        Reason.DISPATCHED_BY_CATALOGUE if known else Reason.DISPATCHED_TO_CATCH_ALL,
        f"catalogue {city.settings.catalogue_version} row {row.id}",
    )
