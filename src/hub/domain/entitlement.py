"""Who may make a move: the case's own roles, the centre, the reviewer, the town that it lies in."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hub.citypack.city import City
from hub.citypack.model import UnitLevel
from hub.contracts.cases import Case
from hub.contracts.signals import CaseAction
from hub.domain.moves import Actor


def centre_of(city: City) -> str:
    """The hotline centre: it calls citizens back, and takes what no row of the catalogue names."""
    return city.settings.catch_all_unit


def reviewer_of(city: City) -> str:
    """The unit that rules on objections and requests."""
    return city.settings.cases.reviewer or city.settings.catch_all_unit


def asked_unit(case: Case) -> str | None:
    """The unit that shall sign for a case: the one that it was sent on to, else its lead."""
    return case.proposed_unit or case.lead_unit


def _of_the_place(city: City, case: Case, unit: str) -> bool:
    known = city.units.get(unit)
    local = known is not None and known.level in (UnitLevel.TOWN, UnitLevel.COMMUNITY)
    return unit == case.lead_unit or (local and known is not None and known.town == case.town)


def _reviews(city: City, case: Case, unit: str) -> bool:
    return unit in (reviewer_of(city), case.supervisor, centre_of(city))


def _summoned(case: Case) -> tuple[str, ...]:
    return tuple(one.unit for one in case.whistle.summoned) if case.whistle else ()


_ENTITLED: Mapping[Actor, Callable[[City, Case, str], bool]] = MappingProxyType(
    {
        Actor.LEAD: lambda _, case, unit: unit == case.lead_unit,
        Actor.ASKED: lambda _, case, unit: unit == asked_unit(case),
        Actor.LEAD_OR_ASSIST: lambda _, case, unit: (
            unit in (case.lead_unit, *case.assist_units, *_summoned(case))
        ),
        Actor.LEAD_OR_CENTRE: lambda city, case, unit: unit in (case.lead_unit, centre_of(city)),
        Actor.LEAD_OR_REVIEWER: lambda city, case, unit: (
            unit in (case.lead_unit, case.supervisor, reviewer_of(city))
        ),
        Actor.CENTRE: lambda city, _, unit: unit == centre_of(city),
        Actor.REVIEWER: lambda city, case, unit: unit in (reviewer_of(city), case.supervisor),
        Actor.REVIEWER_OR_CENTRE: lambda city, case, unit: _reviews(city, case, unit),
        Actor.LEAD_REVIEWER_OR_CENTRE: lambda city, case, unit: (
            unit == case.lead_unit or _reviews(city, case, unit)
        ),
        Actor.TOWN: _of_the_place,
        Actor.CENTRE_OR_TOWN: lambda city, case, unit: (
            unit == centre_of(city) or (unit != case.lead_unit and _of_the_place(city, case, unit))
        ),
        Actor.SUMMONED: lambda _, case, unit: unit in _summoned(case),
        Actor.WHISTLER: lambda _, case, unit: case.whistle is not None and unit == case.whistle.by,
    }
)


def is_entitled(actor: Actor, city: City, case: Case, action: CaseAction) -> bool:
    """Whether the action comes from who may make the move."""
    if actor is Actor.SOURCE:
        return action.signal is not None and action.signal.source == action.source
    return action.unit is not None and _ENTITLED[actor](city, case, action.unit)


def actors_of(city: City, case: Case, unit: str) -> frozenset[Actor]:
    """All that a unit is to a case."""
    return frozenset(actor for actor, entitled in _ENTITLED.items() if entitled(city, case, unit))
