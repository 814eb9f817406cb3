"""The units' side: what units do about the orders that they read, mostly right and in time, sometimes not."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hub import topics
from hub.citypack.city import City
from hub.contracts.cases import Stage
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.simulate.chance import between, lognormal, stream
from hub.simulate.publication import Publication, by_arrival

SIGN_FOR_IF_UNLIMITED = timedelta(hours=4)
RESOLVE_IF_UNLIMITED = timedelta(hours=72)

SHORT = timedelta(hours=24)
"""Limits up to this are of matters that cannot wait, and cannot be over in minutes either."""

SOONEST = timedelta(minutes=2)
"""No unit acts sooner after an order, so that whoever merges reactions by time may look once a minute."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How units behave: delays as shares of the limit (median, sigma of the logarithm), shares of cases."""

    sign_for: tuple[float, float] = (0.25, 0.8)
    """One case in 24 is signed for too late."""
    resolve: tuple[float, float] = (0.15, 1.1)
    resolve_soon: tuple[float, float] = (0.5, 0.4)
    """The second where the limit is a day or less: a burst main takes hours. One in 24 is late in both."""
    close_hours: tuple[float, float] = (3.0, 0.8)
    """From resolved to closed by the hotline centre, hours."""
    progress: float = 0.4
    """Reports on the way, at most one."""
    assist: float = 0.15
    """Helping units that report progress, whether the case is in work or not."""
    forgotten: float = 0.02
    """Cases that the lead forgets; seven in ten are remembered when the limit to sign for them passes."""
    remembered: float = 0.7
    closed_by_lead: float = 0.1
    reported_late: float = 0.02
    """Resolved in time, but reported hours later."""
    repeated: float = 0.02
    """An action sent twice under one id."""
    again: float = 0.01
    """Signed for a second time, under another id."""
    too_early: float = 0.01
    """Resolved before anybody signed for it."""
    wrong_unit: float = 0.015
    """Signed for by a unit that does not lead."""
    after_close: float = 0.01
    """Progress on a closed case."""


class UnitModel:
    """All units of a city. The same order always gives the same actions, in any process and order of asking.

    Actions carry an id that says what they are: ``case/unit/kind``, with what is wrong about it behind.
    """

    def __init__(self, city: City, seed: int, behaviour: Behaviour | None = None) -> None:
        self._city = city
        self._seed = seed
        self._behaviour = behaviour or Behaviour()

    def react(self, order: UnitOrder) -> list[Publication]:
        """What a unit does about an order, later: by arrival, the first at the earliest SOONEST after it."""
        rng = stream(self._seed, "order", order.case_id, order.unit)
        match order.role, order.kind:
            case OrderRole.LEAD, OrderKind.NEW:
                forgotten = rng.random() < self._behaviour.forgotten
                actions = [] if forgotten else list(self._lead(rng, order))
            case OrderRole.LEAD, OrderKind.BREACHED if order.stage is Stage.DISPATCHED:
                forgotten = rng.random() < self._behaviour.forgotten
                wakes = forgotten and rng.random() < self._behaviour.remembered
                actions = list(self._lead(rng, order)) if wakes else []
            case OrderRole.ASSIST, OrderKind.NEW:
                actions = list(self._assist(rng, order))
            case OrderRole.LEAD, OrderKind.CLOSED:
                actions = list(self._afterwards(rng, order))
            case _:
                actions = []
        return sorted(actions, key=by_arrival)

    def _lead(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """From signing for it to closing it."""
        how = self._behaviour
        sign_limit = _limit(order.at, order.sign_for_by, SIGN_FOR_IF_UNLIMITED)
        limit = _limit(order.at, order.resolve_by, RESOLVE_IF_UNLIMITED)
        signed = order.at + max(sign_limit * lognormal(rng, *how.sign_for), SOONEST)
        started = signed + max(limit * lognormal(rng, 0.01, 0.5), SOONEST)
        share = how.resolve_soon if limit <= SHORT else how.resolve
        resolved = max(order.at + limit * lognormal(rng, *share), started + SOONEST)
        late = timedelta(minutes=rng.randint(60, 360)) if rng.random() < how.reported_late else timedelta(0)
        closed = resolved + late + max(timedelta(hours=lognormal(rng, *how.close_hours)), SOONEST)
        signing = _act(rng, order, ActionKind.SIGN_FOR, signed)
        yield signing
        yield _act(rng, order, ActionKind.START, started)
        if rng.random() < how.progress:
            yield _act(rng, order, ActionKind.PROGRESS, started + (resolved - started) * rng.random())
        yield _act(rng, order, ActionKind.RESOLVE, resolved, late=late)
        closer = order.unit if rng.random() < how.closed_by_lead else self._city.settings.catch_all_unit
        yield _act(rng, order, ActionKind.CLOSE, closed, unit=closer)
        yield from self._mistakes(rng, order, signing, signed)

    def _mistakes(
        self, rng: random.Random, order: UnitOrder, signing: Publication, signed: datetime
    ) -> Iterator[Publication]:
        """What a careless unit does besides."""
        how = self._behaviour
        early = order.at + (signed - order.at) * between(rng, 0.3, 0.9)
        if rng.random() < how.repeated:
            yield replace(signing, arrived=signing.arrived + timedelta(seconds=rng.randint(5, 900)))
        if rng.random() < how.again:
            yield _act(rng, order, ActionKind.SIGN_FOR, signed + timedelta(minutes=5), what="again")
        if rng.random() < how.too_early:
            yield _act(rng, order, ActionKind.RESOLVE, early, what="too-early")
        if rng.random() < how.wrong_unit:
            other = self._other_unit(rng, order.unit)
            yield _act(rng, order, ActionKind.SIGN_FOR, early, unit=other, what="wrong-unit")

    def _assist(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        """A helping unit knows of the case, not of what its lead did meanwhile."""
        if rng.random() < self._behaviour.assist:
            limit = _limit(order.at, order.resolve_by, RESOLVE_IF_UNLIMITED)
            at = order.at + max(limit * lognormal(rng, 0.12, 0.6), SOONEST)
            yield _act(rng, order, ActionKind.PROGRESS, at)

    def _afterwards(self, rng: random.Random, order: UnitOrder) -> Iterator[Publication]:
        if rng.random() < self._behaviour.after_close:
            at = order.at + timedelta(minutes=between(rng, 5, 120))
            yield _act(rng, order, ActionKind.PROGRESS, at, what="after-close")

    def _other_unit(self, rng: random.Random, unit: str) -> str:
        """The unit above, or any other."""
        above = self._city.superiors_of(unit)
        others = [above[0]] if above else sorted(self._city.units.keys() - {unit})
        return others[int(rng.random() * len(others))] if others else unit


def _limit(at: datetime, due: datetime | None, otherwise: timedelta) -> timedelta:
    """How much time is left; of what is over already, an hour."""
    if due is None:
        return otherwise
    return due - at if due > at else timedelta(hours=1)


def _act(
    rng: random.Random,
    order: UnitOrder,
    kind: ActionKind,
    at: datetime,
    *,
    unit: str | None = None,
    what: str = "",
    late: timedelta = timedelta(0),
) -> Publication:
    """One action of the order's unit, or of another; it reaches the hub seconds after it was done."""
    unit = unit or order.unit
    source = f"unit:{unit}"
    action_id = "/".join((order.case_id, unit, kind, *([what] if what else [])))
    action = UnitAction(source=source, id=action_id, kind=kind, at=at, unit=unit, case_id=order.case_id)
    arrived = action.at + late + timedelta(milliseconds=int(between(rng, 300, 6_000)))
    return Publication(topics.ACTIONS, order.case_id, action, source, action_id, action.at, arrived)
