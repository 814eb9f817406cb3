"""Learns when tickets of a category join: one entry of a small menu, or never, per category.

An entry is worth what it catches against what it costs: a ticket merged is a gain if units often call such
tickets duplicates, and a loss otherwise. The price of merging is the same for all categories, and is the
lowest at which no month, judged by the policy learned from all others, merges too much.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Self

import numpy as np

from hub.citypack.learn.nearby import Indices
from hub.citypack.learn.simulate import Past, Policy, merged
from hub.citypack.learn.tickets import Bools, Floats, Tickets
from hub.citypack.learn.watch import Watch
from hub.citypack.model import Join

METRES = (5.0, 30.0, 60.0, 100.0)
"""One point, one building, one crossing, one block."""

HOURS = (24.0, 168.0, 720.0, 2160.0)
"""A day, a week, a month, a quarter."""

MENU = tuple(
    Join(related=related, within_m=metres, within_hours=hours)
    for related, metres, hours in product((False, True), METRES, HOURS)
)
"""Own category or its siblings too, how near, how long; the narrowest first, so that it wins a tie."""

FEWEST_DUPLICATES = 2
"""An entry that caught fewer duplicates than this is chance."""

PRIOR_TICKETS = 10
"""How many imagined merges stand beside the real ones, so that small numbers prove little."""

PRIOR_SHARE = 0.5
"""Share of duplicates among the imagined merges, against the price: they speak, mildly, against joining."""

PRICES = tuple(round(0.06 + step / 100, 2) for step in range(95))
"""Prices tried, lowest first."""

MOST_MERGED = 0.095
"""Largest share of a month's tickets that may be merged."""


@dataclass(frozen=True, slots=True)
class Joined:
    """How a policy did on some tickets."""

    tickets: int = 0
    merged: int = 0
    duplicates: int = 0
    found: int = 0

    @property
    def share(self) -> float:
        """Share of all tickets that were merged."""
        return self.merged / self.tickets if self.tickets else 0.0

    @property
    def recall(self) -> float:
        """Share of the duplicates that were merged."""
        return self.found / self.duplicates if self.duplicates else 0.0

    def __add__(self, other: Self) -> "Joined":
        return Joined(
            self.tickets + other.tickets,
            self.merged + other.merged,
            self.duplicates + other.duplicates,
            self.found + other.found,
        )


def gain(merges: Floats, hits: Floats, price: float) -> Floats:
    """What menu entries are worth to categories, in duplicates caught, at a price per merged ticket.

    ``merges`` tickets were merged and ``hits`` of them were duplicates; too few of those are worth nothing.
    """
    likely = (hits + PRIOR_TICKETS * PRIOR_SHARE * price) / (merges + PRIOR_TICKETS)
    return np.where(hits < FEWEST_DUPLICATES, -np.inf, merges * (likely - price))


class JoinLearner:
    """What every entry of the menu would have merged, worked out once; learning from it is then cheap."""

    def __init__(self, past: Past, watch: Watch) -> None:
        self.past = past
        self._merged = [self._would_merge(number, join, watch) for number, join in enumerate(MENU)]

    def _would_merge(self, number: int, join: Join, watch: Watch) -> Bools:
        watch(f"joining everything by rule {number + 1} of {len(MENU)}")
        return merged(self.past.cases(dict.fromkeys(self.past.paths, join)))

    def learn(self, rows: Bools, price: float) -> Policy:
        """The policy that the given tickets speak for."""
        worth = gain(self._count(rows), self._count(rows & self.past.tickets.duplicate), price)
        best = worth.argmax(axis=0)
        return {
            path: MENU[best[number]]
            for number, path in enumerate(self.past.paths)
            if worth[best[number], number] > 0
        }

    def judge(self, policy: Policy, rows: Bools) -> Joined:
        """How a policy does on the given tickets, all tickets being played."""
        return score(self.past.tickets, self.past.cases(policy), rows)

    def by_month(self, price: float) -> Mapping[str, Joined]:
        """How each month fares under the policy learned from all other months."""
        found = {}
        for month in sorted(set(self.past.tickets.months)):
            rows = self.past.tickets.in_month(month)
            found[month] = self.judge(self.learn(~rows, price), rows)
        return found

    def _count(self, rows: Bools) -> Floats:
        """Merged tickets among the given ones, by menu entry and category."""
        kinds = len(self.past.paths)
        each = [np.bincount(self.past.category[rows & one], minlength=kinds) for one in self._merged]
        return np.stack(each).astype(np.float64)


def score(tickets: Tickets, cases: Indices, rows: Bools) -> Joined:
    """How many of the given tickets were merged, and how many of the duplicates among them."""
    joined = merged(cases) & rows
    return Joined(
        tickets=int(rows.sum()),
        merged=int(joined.sum()),
        duplicates=int((tickets.duplicate & rows).sum()),
        found=int((joined & tickets.duplicate).sum()),
    )


def choose_price(learner: JoinLearner, watch: Watch) -> float:
    """The lowest price at which the worst month, held out, merges no more than allowed."""
    for price in PRICES:
        watch(f"trying price {price:.2f} on each month held out")
        if max(month.share for month in learner.by_month(price).values()) <= MOST_MERGED:
            return price
    return PRICES[-1]
