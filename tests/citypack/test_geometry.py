"""Distances and cells."""

from math import asin, cos, floor, hypot, radians, sin, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.geometry import METRES_PER_DEGREE, Lattice, around, cell_id, cell_indices, distance_m
from hub.contracts.fields import Point

LATTICE = Lattice.of(115.3, 39.3, 100)

points = st.builds(Point, lon=st.floats(115.31, 117.6), lat=st.floats(39.31, 41.2))


def _haversine_m(a: Point, b: Point) -> float:
    north, east = radians(b.lat - a.lat) / 2, radians(b.lon - a.lon) / 2
    chord = sin(north) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(east) ** 2
    return 2 * 6_371_008.8 * asin(sqrt(chord))


@given(points, points)
def test_distance_is_symmetric_and_right_to_a_thousandth(a: Point, b: Point) -> None:
    assert distance_m(a, b) == distance_m(b, a)
    assert distance_m(a, b) == pytest.approx(_haversine_m(a, b), rel=1e-3, abs=0.01)


@given(st.integers(0, 9999), st.integers(0, 9999))
def test_the_id_of_a_cell_holds_its_indices(ix: int, iy: int) -> None:
    assert cell_indices(cell_id(ix, iy)) == (ix, iy)


@pytest.mark.parametrize("text", ["", "1-2", "00010002", "0001-00022", "-001-0002", "00a1-0002", "٠٠٠١-0002"])
def test_other_texts_are_no_cells(text: str) -> None:
    assert cell_indices(text) is None


@given(st.integers(0, 2400), st.integers(0, 2400))
def test_the_centre_of_a_cell_lies_in_it(ix: int, iy: int) -> None:
    centre = LATTICE.centre_of(ix, iy)
    assert LATTICE.indices_of(centre.lon, centre.lat) == (ix, iy)


@given(points, st.floats(0, 2000), st.floats(0, 360), st.floats(0, 0.999_999))
def test_whatever_lies_within_the_distance_lies_in_a_neighbour(
    point: Point, within_m: float, angle: float, share: float
) -> None:
    north = share * within_m * cos(radians(angle)) / METRES_PER_DEGREE
    middle = cos(radians(point.lat + north / 2))
    east = share * within_m * sin(radians(angle)) / METRES_PER_DEGREE / middle
    other = Point(lon=point.lon + east, lat=point.lat + north)
    ix, iy = LATTICE.indices_of(other.lon, other.lat)
    if distance_m(point, other) <= within_m and min(ix, iy) >= 0:
        home = LATTICE.indices_of(point.lon, point.lat)
        assert cell_id(ix, iy) in around(*home, LATTICE.reach_of(home[1], within_m))


@given(st.integers(0, 2400), st.integers(0, 2000), st.floats(0, 2000))
def test_neighbours_are_sorted_unique_and_not_far(ix: int, iy: int, within_m: float) -> None:
    cells = around(ix, iy, LATTICE.reach_of(iy, within_m))
    assert list(cells) == sorted(set(cells))
    assert cell_id(ix, iy) in cells
    for cell in cells:
        index = cell_indices(cell)
        assert index is not None
        gap = [max(abs(there - here) - 1, 0) for there, here in zip(index, (ix, iy), strict=True)]
        assert hypot(*gap) * 97 <= max(within_m, 1)


def test_at_no_distance_a_cell_is_alone() -> None:
    assert around(5, 7, LATTICE.reach_of(7, 0)) == ("0005-0007",)


def test_cells_at_the_edge_of_the_grid_have_no_neighbours_beyond_it() -> None:
    assert around(0, 0, LATTICE.reach_of(0, 50)) == ("0000-0000", "0000-0001", "0001-0000", "0001-0001")


def test_cells_are_as_high_as_the_grid_says() -> None:
    assert floor(0.1 / LATTICE.step_lat) == floor(0.1 * METRES_PER_DEGREE / 100)
    assert LATTICE.width_m(39.3) == pytest.approx(100)
    assert LATTICE.width_m(41.0) < 98
