"""Who may make a move: the case's own roles, the centre, the reviewer, the town that it lies in."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

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


def town_unit(city: City, town: str) -> str | None:
    """The unit of a town itself; None where the pack has none."""
    return next((u.id for u in city.units.values() if u.level is UnitLevel.TOWN and u.town == town), None)


def asked_unit(case: Case) -> str | None:
    """The unit that shall sign for a case: the one that it was sent on to, else its lead."""
    return case.proposed_unit or case.lead_unit


class Standing(NamedTuple):
    """All that a unit is to a case."""

    lead: bool
    asked: bool
    helps: bool
    summoned: bool
    supervisor: bool
    whistler: bool
    centre: bool
    reviewer: bool
    local: bool
    """The town that the case lies in, or a community of it."""


def standing_of(city: City, case: Case, unit: str) -> Standing:
    """What a unit is to a case."""
    whistle = case.whistle
    summoned = whistle is not None and any(one.unit == unit for one in whistle.summoned)
    known = city.units.get(unit)
    return Standing(
        lead=unit == case.lead_unit,
        asked=unit == asked_unit(case),
        helps=summoned or unit in case.assist_units,
        summoned=summoned,
        supervisor=unit == case.supervisor,
        whistler=whistle is not None and unit == whistle.by,
        centre=unit == centre_of(city),
        reviewer=unit == reviewer_of(city),
        local=known is not None and known.level in _LOCAL and known.town == case.town,
    )


_LOCAL = (UnitLevel.TOWN, UnitLevel.COMMUNITY)

_ENTITLED: Mapping[Actor, Callable[[Standing], bool]] = MappingProxyType(
    {
        Actor.LEAD: lambda to: to.lead,
        Actor.ASKED: lambda to: to.asked,
        Actor.LEAD_OR_ASSIST: lambda to: to.lead or to.helps,
        Actor.LEAD_OR_CENTRE: lambda to: to.lead or to.centre,
        Actor.LEAD_OR_REVIEWER: lambda to: to.lead or to.supervisor or to.reviewer,
        Actor.CENTRE: lambda to: to.centre,
        Actor.REVIEWER: lambda to: to.supervisor or to.reviewer,
        Actor.REVIEWER_OR_CENTRE: lambda to: to.supervisor or to.reviewer or to.centre,
        Actor.LEAD_REVIEWER_OR_CENTRE: lambda to: to.lead or to.supervisor or to.reviewer or to.centre,
        Actor.TOWN: lambda to: to.lead or to.local,
        Actor.CENTRE_OR_TOWN: lambda to: to.centre or (to.local and not to.lead),
        Actor.SUMMONED: lambda to: to.summoned,
        Actor.WHISTLER: lambda to: to.whistler,
    }
)


def is_entitled(actor: Actor, city: City, case: Case, action: CaseAction) -> bool:
    """Whether the action comes from who may make the move."""
    if actor is Actor.SOURCE:
        return action.signal is not None and action.signal.source == action.source
    return action.unit is not None and _ENTITLED[actor](standing_of(city, case, action.unit))


def actors_of(standing: Standing) -> frozenset[Actor]:
    """All whose moves a unit may make that is this to a case."""
    return frozenset(actor for actor, entitled in _ENTITLED.items() if entitled(standing))
