"""The units' side: what units do about the orders that they read, mostly right and in time, sometimes not."""

import random
from collections.abc import Iterator
from datetime import datetime

from hub.citypack.city import City
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.simulate.acts import SOONEST, act, left
from hub.simulate.behaviour import Behaviour
from hub.simulate.chance import lognormal, stream
from hub.simulate.lead_model import RESOLVE_IF_UNLIMITED, Course, LeadModel
from hub.simulate.office_model import OfficeModel
from hub.simulate.publication import Publication, by_arrival

__all__ = ["SOONEST", "Behaviour", "UnitModel"]


class UnitModel:
    """All units of a city. The same order always gives the same actions, whoever asks and when."""

    def __init__(self, city: City, seed: int, behaviour: Behaviour | None = None) -> None:
        how = behaviour or Behaviour()
        self._seed = seed
        self._how = how
        self._lead = LeadModel(city, seed, how)
        self._office = OfficeModel(city, how)

    def react(self, order: UnitOrder) -> list[Publication]:
        """What a unit does about an order, later: by arrival, the first at the earliest SOONEST after it."""
        return sorted(self._reactions(order), key=by_arrival)

    def _reactions(self, order: UnitOrder) -> Iterator[Publication]:
        first = stream(self._seed, "order", order.case_id, order.unit)
        news = stream(self._seed, "news", order.case_id, order.unit, order.seq)
        match order.role, order.kind:
            case OrderRole.LEAD | OrderRole.PROPOSED, OrderKind.NEW:
                yield from self._lead.take_up(first, order)
            case OrderRole.LEAD, OrderKind.BREACHED if order.stage is Stage.DISPATCHED:
                forgets = self._lead.course(order) is Course.FORGETS
                if forgets and first.random() < self._how.remembered:
                    yield from self._lead.work(first, order)
            case OrderRole.LEAD, OrderKind.RULED:
                yield from self._ruled(news, order)
            case OrderRole.LEAD, OrderKind.REOPENED:
                yield from self._lead.again(news, order, f"{order.seq}")
            case OrderRole.LEAD, OrderKind.CLOSED:
                yield from self._lead.afterwards(news, order)
            case OrderRole.ASSIST, OrderKind.NEW:
                yield from self._assist(first, order)
            case _, OrderKind.TO_RULE:
                yield from self._office.rule(news, order) if order.role is OrderRole.REVIEWER else ()
            case OrderRole.SUMMONED, OrderKind.WHISTLED:
                yield from self._office.come(news, order)
            case OrderRole.SUMMONED, OrderKind.TO_COSIGN:
                yield from self._office.cosign(news, order)
            case _, OrderKind.TO_CALL_BACK:
                yield from self._office.call_back(news, order)
            case _, OrderKind.TO_LOOK_BACK:
                yield from self._office.look_back(news, order)

    def _ruled(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A ruling has come: what was objected to in vain must be done now."""
        course = self._lead.course(order)
        if order.stage is Stage.DISPATCHED and course is Course.OBJECTS:
            yield from self._lead.work(rng, order, f"{order.seq}")
        elif order.stage in (Stage.SIGNED_FOR, Stage.IN_WORK) and course is Course.HANDS_BACK:
            yield from self._lead.again(rng, order, f"{order.seq}")

    def _assist(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A helping unit knows of the case, not of what its lead did meanwhile."""
        if rng.random() < self._how.assist:
            yield act(rng, order, ActionKind.PROGRESS, self._some_time(rng, order))

    def _some_time(self, rng: random.Random, order: UnitOrder) -> datetime:
        limit = left(order, order.resolve_by, RESOLVE_IF_UNLIMITED)
        return order.at + max(limit * lognormal(rng, 0.12, 0.6), SOONEST)
