"""Plays tickets in order of opening under a join policy, exactly as the hub's cases live."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from hub.citypack.learn.nearby import Indices, Pairs, codes, find_pairs
from hub.citypack.learn.tickets import Bools, Floats, Path, Seconds, Tickets
from hub.citypack.model import Join

Policy = Mapping[Path, Join]
"""The categories that join; all others never do."""


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """The policy of each ticket's own category. ``within_s`` below 0 means that it never joins."""

    within_m: Floats
    within_s: Seconds
    related: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Tickets and who lies near whom, ready to be played under any policy that reaches no farther."""

    tickets: Tickets
    paths: tuple[Path, ...]
    """The categories, by number."""
    category: Indices
    """The number of each ticket's category."""
    pairs: Pairs

    @classmethod
    def of(cls, tickets: Tickets, farthest_m: float, longest_h: float) -> Self:
        """The past of some tickets. Categories under one parent are kindred."""
        families = codes([path[:-1] for path in tickets.paths])
        pairs = find_pairs(tickets, families, farthest_m, _seconds(longest_h))
        return cls(tickets, tuple(dict.fromkeys(tickets.paths)), codes(tickets.paths), pairs)

    def cases(self, policy: Policy) -> Indices:
        """The case of each ticket under a policy, named by the number of its first ticket."""
        joins = [policy.get(path) for path in self.paths]
        reach = Reach(
            np.array([join.within_m if join else 0.0 for join in joins])[self.category],
            np.array([_seconds(join.within_hours) if join else -1 for join in joins])[self.category],
            np.array([bool(join and join.related) for join in joins])[self.category],
        )
        return play(self.tickets, self.category, self.pairs, reach)


def play(tickets: Tickets, category: Indices, pairs: Pairs, reach: Reach) -> Indices:
    """The case of each ticket, named by the number of its first ticket.

    A ticket joins the nearest open case that its own policy allows, the oldest of equally near ones. A case
    has the category of its first ticket and is open until the last of its tickets is closed.
    """
    later = pairs.later
    allowed = (pairs.metres <= reach.within_m[later]) & (pairs.seconds <= reach.within_s[later])
    chosen = np.flatnonzero(allowed)
    news = later[chosen].tolist()
    known = pairs.earlier[chosen].tolist()
    metres = pairs.metres[chosen].tolist()
    case = list(range(len(tickets)))
    opened = tickets.opened.tolist()
    # A ticket that was closed before it was opened is closed on arrival.
    closed = np.maximum(tickets.closed, tickets.opened).tolist()
    ends = list(closed)
    kind = category.tolist()
    related = reach.related.tolist()
    at, count = 0, len(news)
    while at < count:
        new = news[at]
        best: tuple[float, int] | None = None
        while at < count and news[at] == new:
            one = case[known[at]]
            if ends[one] > opened[new] and (related[new] or kind[one] == kind[new]):
                fit = (metres[at], one)
                if best is None or fit < best:
                    best = fit
            at += 1
        if best is not None:
            case[new] = best[1]
            ends[best[1]] = max(ends[best[1]], closed[new])
    return np.array(case, dtype=np.int64)


def merged(case: Indices) -> Bools:
    """Which tickets joined a case that was there before them."""
    joined: Bools = case != np.arange(len(case))
    return joined


def _seconds(hours: float) -> int:
    return round(hours * 3600)
