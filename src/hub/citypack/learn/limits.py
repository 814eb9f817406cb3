"""Learns one limit 时限 per category from real deadlines, in hours of the calendar or of working time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np

from hub.citypack.learn.promises import EXACT_S, NEAR_S, Promises, WorkedSeconds
from hub.citypack.learn.tickets import Path, Seconds

CANDIDATES = 4
"""How many of the most frequent lengths are tried for a category, to the minute, and their median."""

FEWEST_TICKETS = 5
"""A category with fewer deadlines says too little to have a limit."""

LEAST_SHARE = 0.5
"""Share of a category's deadlines that its limit must come near to, or it has none."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How many deadlines were worked out anew, and how many came near the real one, or to the minute."""

    tickets: int = 0
    near: int = 0
    exact: int = 0

    @property
    def worth(self) -> int:
        """What counts when two ways are compared: near deadlines, and exact ones once more."""
        return self.near + self.exact

    def __add__(self, other: Self) -> "Fit":
        return Fit(self.tickets + other.tickets, self.near + other.near, self.exact + other.exact)


@dataclass(frozen=True, slots=True)
class LearnedLimit:
    """The limit that fits most deadlines of one category."""

    path: Path
    seconds: int
    working: bool
    fit: Fit

    @property
    def speaks(self) -> bool:
        """Whether it has the support to be written into a pack."""
        return self.fit.tickets >= FEWEST_TICKETS and self.fit.near >= LEAST_SHARE * self.fit.tickets

    def due(self, opened: Seconds, worked: WorkedSeconds) -> Seconds:
        """The deadlines of tickets by this limit."""
        return worked.add(opened, self.seconds) if self.working else opened + self.seconds


def learn_limits(
    promises: Promises, worked: WorkedSeconds, kinds: tuple[bool, ...] = (False, True)
) -> tuple[LearnedLimit, ...]:
    """The best limit of each category with a deadline after its opening, those with most tickets first.

    ``kinds`` are those tried: hours of the calendar (False), working hours (True).
    """
    lengths = {False: promises.due - promises.opened, True: worked.between(promises.opened, promises.due)}
    found = []
    for path, rows in promises.rows_of():
        opened, due = promises.opened[rows], promises.due[rows]
        tried = [
            LearnedLimit(path, seconds, working, Fit())
            for working in kinds
            for seconds in _candidates(lengths[working][rows])
        ]
        judged = [LearnedLimit(path, t.seconds, t.working, fit(t.due(opened, worked), due)) for t in tried]
        if not judged:
            continue
        # Of equally good ones the plain hours of the calendar, and then the shorter: they are tried first.
        found.append(max(judged, key=lambda limit: limit.fit.worth))
    return tuple(sorted(found, key=lambda limit: (-limit.fit.tickets, limit.path)))


def _candidates(lengths: Seconds) -> Iterator[int]:
    """The most frequent lengths to the minute, and the median, shortest first; none of no length."""
    minutes, counts = np.unique((lengths + 30) // 60, return_counts=True)
    most = minutes[np.argsort(-counts, kind="stable")[:CANDIDATES]]
    middle = np.sort(lengths)[len(lengths) // 2] // 60
    yield from (int(minute) * 60 for minute in np.unique(np.append(most, middle)) if minute > 0)


def fit(recomputed: Seconds, real: Seconds) -> Fit:
    """How deadlines worked out anew compare with the real ones."""
    apart = np.abs(recomputed - real)
    return Fit(len(real), int(np.sum(apart <= NEAR_S)), int(np.sum(apart <= EXACT_S)))


def judge_limits(limits: Iterable[LearnedLimit], promises: Promises, worked: WorkedSeconds) -> Fit:
    """How the limits do on some promises; what has no limit counts as missed."""
    by_path = {limit.path: limit for limit in limits}
    total = Fit()
    for path, rows in promises.rows_of():
        limit = by_path.get(path)
        total += (
            fit(limit.due(promises.opened[rows], worked), promises.due[rows]) if limit else Fit(len(rows))
        )
    return total
