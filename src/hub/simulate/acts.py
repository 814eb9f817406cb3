"""One action of a simulated unit: its time, its id, when it reaches the hub."""

import random
from datetime import datetime, timedelta

from hub import topics
from hub.contracts.action_terms import ActionTerms
from hub.contracts.feeds import ActionKind, UnitAction
from hub.contracts.orders import UnitOrder
from hub.simulate.chance import between, lognormal
from hub.simulate.publication import Publication

SOONEST = timedelta(minutes=2)
"""No unit acts sooner after an order, so that whoever merges reactions by time may look once a minute."""


def act(
    rng: random.Random,
    order: UnitOrder,
    kind: ActionKind,
    at: datetime,
    *,
    unit: str | None = None,
    what: str = "",
    late: timedelta = timedelta(0),
    terms: ActionTerms | None = None,
) -> Publication:
    """One action of the order's unit, or of another; it reaches the hub seconds after it was done.

    Its id says what it is: ``case/unit/kind``, with what makes it another one behind.
    """
    unit = unit or order.unit
    source = f"unit:{unit}"
    action_id = "/".join((order.case_id, unit, kind, *([what] if what else [])))
    action = UnitAction(
        source=source, id=action_id, kind=kind, at=at, unit=unit, case_id=order.case_id, terms=terms
    )
    arrived = action.at + late + timedelta(milliseconds=int(between(rng, 300, 6_000)))
    return Publication(topics.ACTIONS, order.case_id, action, source, action_id, action.at, arrived)


def left(order: UnitOrder, due: datetime | None, otherwise: timedelta) -> timedelta:
    """How much time an order leaves; of what is over already, an hour."""
    if due is None:
        return otherwise
    return due - order.at if due > order.at else timedelta(hours=1)


def later(rng: random.Random, hours: tuple[float, float]) -> timedelta:
    """A delay with this median and sigma, and the soonest at least."""
    return max(timedelta(hours=lognormal(rng, *hours)), SOONEST)
