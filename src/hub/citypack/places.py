"""Where things are: point -> cell -> town -> the town that owns the cell's cases. Pure, in blocks."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from hub.citypack.geometry import LAST_INDEX, METRES_PER_DEGREE, Lattice, around, cell_id, cell_indices
from hub.citypack.model import CellTown, Community, DefaultPoint, Grid, Town
from hub.contracts.fields import Point

BLOCK = 16
"""Cells along a side of the square that is worked out at once: a block costs little more than a cell."""

SAME_POINT_DEG = 0.00005
"""Half of the fourth decimal: points nearer than this on both axes (about 5 m) are the same default point."""

_OUTSIDE = np.iinfo(np.int32).max


@dataclass(frozen=True, slots=True)
class Located:
    """A place found: its town, its cell if a point or a cell was given, and the town that owns its cases."""

    town: str
    cell: str | None
    key_town: str


@dataclass(frozen=True, slots=True)
class _Anchors:
    """Points whose town is known, in metres east and north of the origin, by town."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    town: NDArray[np.int32]


def fold(text: str) -> str:
    """A name as it is compared: case and runs of spaces do not matter, nor spaces around a slash."""
    return "/".join(" ".join(part.split()) for part in text.casefold().split("/"))


def anchors_of(
    grid: Grid, communities: Iterable[Community], cells: Iterable[CellTown]
) -> list[tuple[Point, str]]:
    """The points with a known town that the grid's rule goes by, each with its town."""
    if grid.town_from == "nearest_community":
        return [
            (Point(lon=c.lon, lat=c.lat), c.town)
            for c in communities
            if c.lon is not None and c.lat is not None
        ]
    lattice = Lattice.of(grid.origin_lon, grid.origin_lat, grid.cell_m)
    indices = ((cell_indices(row.cell), row.town) for row in cells)
    return [(lattice.centre_of(*index), town) for index, town in indices if index is not None]


class Places:
    """The map of a city.

    The town of a cell is the town of the known point nearest to the cell's centre, if one lies within reach;
    among equally near ones, the smallest town code.

    The owner of a cell (``key_town``) is the smallest town code among the cells at most ``border_cells``
    away. So two points at most ``border_cells`` cells apart, on either side of the border of two towns, have
    the same owner, and their signals meet on one log. The limit of any such rule: where three towns are that
    near, or between the last cell of a border strip and the next one inwards, neighbouring cells may have
    different owners; the strip moves the seam off the border, often a street, into the quieter blocks behind.
    """

    def __init__(
        self,
        grid: Grid,
        towns: Iterable[Town],
        communities: Sequence[Community],
        cells: Sequence[CellTown],
        default_points: tuple[DefaultPoint, ...],
    ) -> None:
        known = sorted(towns, key=lambda town: town.code)
        self._grid = grid
        self._lattice = Lattice.of(grid.origin_lon, grid.origin_lat, grid.cell_m)
        self._codes = tuple(town.code for town in known)
        anchors = anchors_of(grid, communities, cells)
        self._anchors = self._lay_out(anchors)
        self._points = _points_by_town(anchors)
        self._default_points = default_points
        self._by_code = _codes_and_aliases(known, communities)
        self._block = lru_cache(maxsize=8192)(self._work_out_block)
        self._located = lru_cache(maxsize=65_536)(self._located_at)
        self._reach = lru_cache(maxsize=65_536)(self._lattice.reach_of)
        self._around = lru_cache(maxsize=65_536)(self._neighbours)

    def locate(self, point: Point) -> Located | None:
        """The place of a point, or None outside the city."""
        return self._located(*self._lattice.indices_of(point.lon, point.lat))

    def by_code(self, code: str) -> Located | None:
        """The place that a cell, community or town code, or a town's alias, stands for; None if unknown."""
        index = cell_indices(code.strip())
        if index is not None:
            return self._located(*index)
        return self._by_code.get(fold(code))

    def default_point(self, point: Point) -> DefaultPoint | None:
        """The entry of a point that a geocoder gives when it knows nothing, or None."""
        for known in self._default_points:
            if abs(point.lon - known.lon) < SAME_POINT_DEG and abs(point.lat - known.lat) < SAME_POINT_DEG:
                return known
        return None

    def points_of(self, town: str) -> tuple[Point, ...]:
        """The points that are known to lie in a town, those that the grid's rule goes by."""
        return self._points.get(town, ())

    def neighbours(self, cell: str, within_m: float) -> tuple[str, ...]:
        """The cell and all cells that can hold a point within a distance of one in it, sorted."""
        return self._around(cell, within_m)

    def _neighbours(self, cell: str, within_m: float) -> tuple[str, ...]:
        index = cell_indices(cell)
        return (cell,) if index is None else around(*index, self._reach(index[1], within_m))

    def _located_at(self, ix: int, iy: int) -> Located | None:
        if not (0 <= ix <= LAST_INDEX and 0 <= iy <= LAST_INDEX):
            return None
        towns, owners = self._block(ix // BLOCK, iy // BLOCK)
        at = ix % BLOCK * BLOCK + iy % BLOCK
        if towns[at] == _OUTSIDE:
            return None
        return Located(self._codes[towns[at]], cell_id(ix, iy), self._codes[owners[at]])

    def _lay_out(self, anchors: list[tuple[Point, str]]) -> _Anchors:
        number = {code: index for index, code in enumerate(self._codes)}
        known = sorted((number[town], point.lon, point.lat) for point, town in anchors if town in number)
        lon = np.array([row[1] for row in known], dtype=np.float64)
        lat = np.array([row[2] for row in known], dtype=np.float64)
        east = self._grid.cell_m / self._lattice.step_lon
        return _Anchors(
            x=(lon - self._grid.origin_lon) * east,
            y=(lat - self._grid.origin_lat) * METRES_PER_DEGREE,
            town=np.array([row[0] for row in known], dtype=np.int32),
        )

    def _work_out_block(self, bx: int, by: int) -> tuple[list[int], list[int]]:
        """Town and owner numbers of a block's cells, column by column."""
        border = self._grid.border_cells
        side = np.arange(-border, BLOCK + border, dtype=np.float64) + 0.5
        x, y = (side + bx * BLOCK) * self._grid.cell_m, (side + by * BLOCK) * self._grid.cell_m
        towns = self._nearest(x, y)
        width = 2 * border + 1
        owners = sliding_window_view(towns, (width, width)).min(axis=(2, 3))
        inner = towns[border:-border, border:-border]
        return inner.ravel().tolist(), owners.ravel().tolist()

    def _nearest(self, x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.int32]:
        """Town number of every cell of columns ``x`` and rows ``y``, metres."""
        outside = np.full((len(x), len(y)), _OUTSIDE, dtype=np.int32)
        if not len(self._anchors.town):
            return outside
        radius = float(np.hypot(x[-1] - x[0], y[-1] - y[0])) / 2
        far = np.hypot(self._anchors.x - (x[0] + x[-1]) / 2, self._anchors.y - (y[0] + y[-1]) / 2)
        # An anchor farther from the middle than this cannot be the nearest one of any cell of the block.
        near = np.flatnonzero(far <= min(float(far.min()) + 2 * radius, self._grid.reach_m + radius) + 1)
        if not len(near):
            return outside
        dx = (x[:, None] - self._anchors.x[near]) ** 2
        dy = (y[:, None] - self._anchors.y[near]) ** 2
        square = dx[:, None, :] + dy[None, :, :]
        nearest = square.argmin(axis=2)
        within = square.min(axis=2) <= self._grid.reach_m**2
        return np.where(within, self._anchors.town[near][nearest], outside)


def _points_by_town(anchors: Iterable[tuple[Point, str]]) -> Mapping[str, tuple[Point, ...]]:
    found: dict[str, list[Point]] = {}
    for point, town in anchors:
        found.setdefault(town, []).append(point)
    return {town: tuple(points) for town, points in found.items()}


def _codes_and_aliases(towns: Sequence[Town], communities: Iterable[Community]) -> Mapping[str, Located]:
    """What a place may be called, folded: codes win over aliases, towns over communities."""
    found = {fold(community.code): Located(community.town, None, community.town) for community in communities}
    named = chain(
        ((alias, town.code) for town in towns for alias in town.aliases),
        ((town.code, town.code) for town in towns),
    )
    found.update({fold(name): Located(code, None, code) for name, code in named})
    return found
