"""Re-dispatch 改派: where a case goes next. The lead answers for it until the next unit signs 首接负责."""

from datetime import datetime
from typing import NamedTuple

from hub.citypack.city import City
from hub.contracts.action_terms import ActionTerms
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.clocks import without
from hub.domain.dispatch import choose_again
from hub.domain.entitlement import town_unit
from hub.domain.members import highest
from hub.domain.moves import Refusal, told
from hub.domain.plans import plan_of

_NAMED = 4
"""So many units are told by name in one line."""


class Route(NamedTuple):
    """The unit that a case shall go to, why, and what else changes with it."""

    unit: str
    reason: Reason
    detail: str
    assist: tuple[str, ...] | None = None
    """Who helps from now on; None: who helps now."""
    category: str | None = None
    """Category that the matter really has; None: it is right."""
    row: str | None = None
    """Row of the catalogue that named the unit, if one did."""


def sent_on(city: City, case: Case, route: Route, now: datetime) -> tuple[Case, CaseMove]:
    """The case dispatched to its next unit, with that unit's plan, and the move.

    Goes it to the lead itself, nothing is proposed: the lead must sign for it.
    """
    category = route.category or case.category
    urgency = case.urgency
    if category != case.category:
        urgency = highest((urgency, city.urgency_of(category)))
    stays = route.unit == case.lead_unit
    named = case.assist_units if route.assist is None else route.assist
    sent = altered(
        settled_dispute(case),
        stage=Stage.DISPATCHED,
        since=now,
        category=category,
        urgency=urgency,
        catalogue_row=route.row or case.catalogue_row,
        plan=plan_of(city, category, urgency, route.unit),
        proposed_unit=None if stays else route.unit,
        assist_units=helpers_beside(case.lead_unit, named),
        lead_assists=not stays and case.lead_unit in named,
    )
    move = told(
        EventKind.ROUTED, route.reason, f"{case.lead_unit} > {route.unit}: {route.detail}", route.unit
    )
    return without(sent, ClockKind.SIGN_FOR), move


def helpers_beside(lead: str | None, named: tuple[str, ...]) -> tuple[str, ...]:
    """Who helps of those that are named: each once, the lead never."""
    return tuple(unit for unit in dict.fromkeys(named) if unit != lead)


def settled_dispute(case: Case) -> Case:
    """The case with nothing left open about who is responsible, but a unit that has yet to sign."""
    return altered(case, objection=None, consultation=None, back_to=None)


def by_hand(city: City, terms: ActionTerms) -> Route | Refusal:
    """The unit, helpers and category that a ruling names."""
    assert terms.to_unit is not None, "a ruling by hand names the unit"
    unknown = unknown_term(city, terms)
    if unknown is not None:
        return unknown
    assist = tuple(unit for unit in terms.units if unit != terms.to_unit) or None
    return Route(terms.to_unit, Reason.ALLOWED_MOVE, "named by the ruling", assist, terms.category)


def by_catalogue(city: City, case: Case, category: str) -> Route | Refusal:
    """The units of the dispatch catalogue, had the case been of this category from the beginning."""
    if category not in city.categories:
        return _unknown_category(category)
    units = choose_again(city, case, category)
    detail = f"{case.category} is {category}, {units.detail}"
    return Route(units.lead, units.reason, detail, units.assist, category, units.row)


def upwards(city: City, case: Case, unit: str) -> Route | None:
    """The unit above the one that objects, else that of the case's town; None if it is both or neither."""
    above = next(iter(city.superiors_of(unit)), None)
    if above is not None:
        return Route(above, Reason.SENT_UP, f"above {unit}")
    town = town_unit(city, case.town)
    return None if town is None or town == unit else Route(town, Reason.SENT_UP, "unit of the town")


def in_words(units: tuple[str, ...]) -> str:
    """Units by name, of many the first ones."""
    more = len(units) - _NAMED
    return ", ".join(units[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def unknown_term(city: City, terms: ActionTerms) -> Refusal | None:
    """The unit or category of an action that the pack does not know; None if it knows them all."""
    if terms.to_unit is not None and terms.to_unit not in city.units:
        return Refusal(Reason.UNKNOWN_UNIT, f"terms.to_unit: the city pack has no unit {terms.to_unit}")
    for unit in terms.units:
        if unit not in city.units:
            return Refusal(Reason.UNKNOWN_UNIT, f"terms.units: the city pack has no unit {unit}")
    if terms.category is not None and terms.category not in city.categories:
        return _unknown_category(terms.category)
    return None


def _unknown_category(category: str) -> Refusal:
    return Refusal(Reason.UNKNOWN_CATEGORY, f"terms.category: the city pack has no category {category}")
