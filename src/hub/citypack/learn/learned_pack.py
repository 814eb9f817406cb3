"""A whole city pack out of a table of labelled tickets."""

from dataclasses import dataclass

import numpy as np

from hub.citypack.learn.category_tree import UNKNOWN, grow_tree
from hub.citypack.learn.dispatch_catalogue import learn_catalogue
from hub.citypack.learn.join_policy import HOURS, METRES, JoinLearner, choose_price
from hub.citypack.learn.places_table import LearnedPlaces, learn_places
from hub.citypack.learn.profile import Facts
from hub.citypack.learn.simulate import Past, Policy
from hub.citypack.learn.tickets import Tickets
from hub.citypack.learn.watch import Watch
from hub.citypack.model import CatalogueRow, Limits, Pack, PackSettings, Unit, UnitLevel
from hub.contracts.fields import Urgency

_NO_LIMITS = Limits(sign_for_h=None, resolve_h=None)


@dataclass(frozen=True, slots=True)
class Learned:
    """A pack, and how its join policy came about."""

    pack: Pack
    joins: Policy
    price: float
    learner: JoinLearner


def learn_pack(tickets: Tickets, facts: Facts, watch: Watch) -> Learned:
    """The pack that the tickets speak for. The same tickets always give the same pack."""
    watch("looking for tickets near each other")
    learner = JoinLearner(Past.of(tickets, max(METRES), max(HOURS)), watch)
    price = choose_price(learner, watch)
    joins = learner.learn(np.ones(len(tickets), dtype=np.bool_), price)
    watch("counting places and units")
    return Learned(assemble(tickets, facts, joins), joins, price, learner)


def assemble(tickets: Tickets, facts: Facts, joins: Policy) -> Pack:
    """The pack of a join policy and of the places, categories and units in the tickets."""
    places = learn_places(tickets, facts, max((join.within_m for join in joins.values()), default=0.0))
    catalogue = learn_catalogue(tickets, facts.catch_all_unit)
    return Pack(
        settings=_settings(tickets, facts, places),
        districts=places.districts,
        towns=places.towns,
        communities=(),
        cells=places.cells,
        units=_units(tickets, facts, catalogue),
        categories=grow_tree(tickets.paths, joins),
        catalogue=catalogue,
        limits=(),
        kinds=(),
        sensors=(),
        calendar=facts.calendar,
        weights=facts.weights,
    )


def _settings(tickets: Tickets, facts: Facts, places: LearnedPlaces) -> PackSettings:
    default_points = (
        point if point.town else point.model_copy(update={"town": facts.whole_city.code})
        for point in facts.default_points
    )
    return PackSettings(
        code=facts.code,
        name=facts.name,
        timezone=facts.timezone,
        catch_all_unit=facts.catch_all_unit,
        unknown_category=UNKNOWN.code,
        catalogue_version=f"{min(tickets.months)}_{max(tickets.months)}",
        # Tickets bring their own limits; what comes without one has none.
        limits_by_urgency=dict.fromkeys((Urgency.GENERAL, Urgency.UTILITY, Urgency.LIFE), _NO_LIMITS),
        grid=places.grid,
        default_points=tuple(default_points),
        sources=facts.sources,
    )


def _units(tickets: Tickets, facts: Facts, catalogue: tuple[CatalogueRow, ...]) -> tuple[Unit, ...]:
    """Every unit that ever got a ticket, all answering to the top one."""
    told = {unit for unit in tickets.units if unit} | {row.lead for row in catalogue}
    ids = sorted((told | {facts.catch_all_unit}) - {facts.top_unit})
    return tuple(
        Unit(
            id=unit,
            name=facts.units.get(unit, unit),
            level=UnitLevel.CITY,
            parent=None if unit == facts.top_unit else facts.top_unit,
        )
        for unit in (facts.top_unit, *ids)
    )
