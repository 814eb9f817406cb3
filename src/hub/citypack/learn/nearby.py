"""Pairs of kindred tickets that lie near each other in space and time: all that any join policy sees."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hub.citypack.geometry import METRES_PER_DEGREE
from hub.citypack.learn.tickets import Bools, Floats, Seconds, Tickets

Indices = NDArray[np.int64]

_LANE = 1.01
"""Width of a search cell against the distance searched: rounding never puts a neighbour two cells off."""


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Pairs by later, then earlier ticket. ``metres`` is 0 for one exact address where a point is missing."""

    later: Indices
    earlier: Indices
    metres: Floats
    seconds: Seconds


def codes(keys: Sequence[Hashable]) -> Indices:
    """A number for each key, the same for equal keys, in order of first appearance."""
    numbers: dict[Hashable, int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)


def find_pairs(tickets: Tickets, groups: Indices, within_m: float, within_s: int) -> Pairs:
    """All pairs of a group at most so far apart: by distance where both have a point, else by address."""
    by_point = _near(tickets, groups, within_m, within_s)
    by_address = _same_address(tickets, groups, within_s)
    later = np.concatenate([by_point[0], by_address[0]])
    earlier = np.concatenate([by_point[1], by_address[1]])
    metres = np.concatenate([by_point[2], np.zeros(len(by_address[0]))])
    order = np.lexsort((earlier, later))
    later, earlier = later[order], earlier[order]
    return Pairs(later, earlier, metres[order], tickets.opened[later] - tickets.opened[earlier])


def distances_m(lon_a: Floats, lat_a: Floats, lon_b: Floats, lat_b: Floats) -> Floats:
    """Distances in metres, point by point, as `hub.citypack.geometry.distance_m` measures them."""
    east = (lon_a - lon_b) * np.cos(np.radians((lat_a + lat_b) / 2))
    return np.hypot(east, lat_a - lat_b) * METRES_PER_DEGREE


def _near(
    tickets: Tickets, groups: Indices, within_m: float, within_s: int
) -> tuple[Indices, Indices, Floats]:
    rows = np.flatnonzero(tickets.real)
    lon, lat = tickets.lon[rows], tickets.lat[rows]
    side = within_m * _LANE
    # Columns are as wide in degrees as they must be where a degree is narrowest.
    narrowest = np.cos(np.radians(np.abs(lat).max(initial=0.0)))
    x = np.floor(lon * METRES_PER_DEGREE * narrowest / side).astype(np.int64)
    y = np.floor(lat * METRES_PER_DEGREE / side).astype(np.int64)
    x, y = x - x.min(initial=0) + 1, y - y.min(initial=0) + 1
    width, height = int(x.max(initial=0)) + 2, int(y.max(initial=0)) + 2
    key = (groups[rows] * width + x) * height + y
    order = np.argsort(key, kind="stable")
    found = [
        _kept(tickets, rows, *_beside(key, order, east * height + north), within_m, within_s)
        for east in (-1, 0, 1)
        for north in (-1, 0, 1)
    ]
    later, earlier, metres = (np.concatenate(parts) for parts in zip(*found, strict=True))
    return later, earlier, metres


def _beside(key: Indices, order: Indices, step: int) -> tuple[Indices, Indices]:
    """Positions of all pairs whose second lies in the cell ``step`` away from the first's."""
    ordered = key[order]
    first = np.searchsorted(ordered, key + step, side="left")
    count = np.searchsorted(ordered, key + step, side="right") - first
    one = np.repeat(np.arange(len(key)), count)
    run = np.arange(len(one)) - np.repeat(np.cumsum(count) - count, count)
    return one, order[np.repeat(first, count) + run]


def _kept(
    tickets: Tickets, rows: Indices, one: Indices, other: Indices, within_m: float, within_s: int
) -> tuple[Indices, Indices, Floats]:
    later, earlier = rows[one], rows[other]
    kept = (earlier < later) & (tickets.opened[later] - tickets.opened[earlier] <= within_s)
    later, earlier = later[kept], earlier[kept]
    metres = distances_m(tickets.lon[later], tickets.lat[later], tickets.lon[earlier], tickets.lat[earlier])
    near = metres <= within_m
    return later[near], earlier[near], metres[near]


def _same_address(tickets: Tickets, groups: Indices, within_s: int) -> tuple[Indices, Indices]:
    told = np.flatnonzero(np.array([bool(address) for address in tickets.addresses], dtype=np.bool_))
    site = codes([(int(groups[row]), tickets.addresses[row]) for row in told.tolist()])
    order = np.argsort(site, kind="stable")
    rows, site = told[order], site[order]
    bounds = np.concatenate([[0], np.flatnonzero(np.diff(site)) + 1, [len(site)]])
    found = [_in_run(rows[start:end], tickets.real) for start, end in pairwise(bounds.tolist())]
    later = np.concatenate([run[0] for run in found])
    earlier = np.concatenate([run[1] for run in found])
    kept = tickets.opened[later] - tickets.opened[earlier] <= within_s
    return later[kept], earlier[kept]


def _in_run(rows: Indices, real: Bools) -> tuple[Indices, Indices]:
    """All pairs of a run of tickets at one address of which one or both have no real point."""
    if len(rows) < 2 or real[rows].all():
        return rows[:0], rows[:0]
    earlier, later = np.triu_indices(len(rows), k=1)
    blind = ~(real[rows[earlier]] & real[rows[later]])
    return rows[later[blind]], rows[earlier[blind]]
