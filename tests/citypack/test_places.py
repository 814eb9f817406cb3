"""Point -> cell -> town -> owner, against a slow and plain reckoning of the same rule."""

from math import hypot

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from hub.citypack.geometry import METRES_PER_DEGREE, cell_id, cell_indices
from hub.citypack.model import CellTown, Community, DefaultPoint, Grid, Town
from hub.citypack.places import Located, Places
from hub.contracts.fields import Point

GRID = Grid(origin_lon=16.0, origin_lat=0.0, town_from="nearest_community", reach_m=1500, border_cells=2)
STEP = 100 / METRES_PER_DEGREE  # at the equator a cell is as wide as it is high

Anchor = tuple[str, int, int]
anchors = st.lists(
    st.tuples(st.sampled_from("ABC"), st.integers(0, 4500), st.integers(0, 4500)), min_size=1, max_size=8
)
metres = st.integers(0, 6000)


def _point(x_m: float, y_m: float) -> Point:
    return Point(lon=16.0 + x_m / 100 * STEP, lat=y_m / 100 * STEP)


def _places(anchors: list[Anchor]) -> Places:
    towns = [Town(code=code, name=code, district="D") for code in "ABC"]
    communities = [
        Community(code=f"c{at}", name="c", town=town, lon=_point(x, y).lon, lat=_point(x, y).lat)
        for at, (town, x, y) in enumerate(anchors)
    ]
    return Places(GRID, towns, communities, (), ())


def _town(anchors: list[Anchor], ix: int, iy: int) -> str | None:
    """The rule, read aloud: the nearest anchor to the middle of the cell, if it is within reach."""
    x, y = ix * 100 + 50, iy * 100 + 50
    distance, town = min((hypot(x - ax, y - ay), town) for town, ax, ay in anchors)
    return town if distance <= GRID.reach_m else None


def _too_close_to_call(anchors: list[Anchor], ix: int, iy: int) -> bool:
    x, y = ix * 100 + 50, iy * 100 + 50
    far = sorted(hypot(x - ax, y - ay) for _, ax, ay in set(anchors))
    equal = len(far) > 1 and far[1] - far[0] < 1e-3
    return equal or abs(far[0] - GRID.reach_m) < 1e-3


@given(anchors, metres, metres)
def test_a_point_lies_in_the_town_nearest_to_its_cell(anchors: list[Anchor], x: int, y: int) -> None:
    located = _places(anchors).locate(_point(x + 0.5, y + 0.5))
    ix, iy = x // 100, y // 100
    assume(not _too_close_to_call(anchors, ix, iy))
    expected = _town(anchors, ix, iy)
    if expected is None:
        assert located is None
    else:
        assert located is not None
        assert (located.town, cell_indices(located.cell or "")) == (expected, (ix, iy))


@given(anchors, metres, metres)
@settings(max_examples=50)
def test_the_owner_is_the_smallest_town_around(anchors: list[Anchor], x: int, y: int) -> None:
    located = _places(anchors).locate(_point(x + 0.5, y + 0.5))
    assume(located is not None)
    assert located is not None
    ix, iy = x // 100, y // 100
    near = [(ix + dx, iy + dy) for dx in range(-2, 3) for dy in range(-2, 3)]
    assume(not any(_too_close_to_call(anchors, *cell) for cell in near))
    towns = [town for cell in near if (town := _town(anchors, *cell)) is not None]
    assert located.key_town == min(towns)


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(0, 2000), st.integers(0, 2000)), min_size=2, max_size=8
    )
)
@settings(max_examples=25)
def test_across_the_border_of_two_towns_both_sides_have_one_owner(anchors: list[Anchor]) -> None:
    places = _places(anchors)
    side = range(20)
    found = {(ix, iy): places.by_code(cell_id(ix, iy)) for ix in side for iy in side}
    for (ix, iy), here in found.items():
        for near in ((ix + dx, iy + dy) for dx in range(3) for dy in range(-2, 3)):
            there = found.get(near)
            if here is not None and there is not None and here.town != there.town:
                assert here.key_town == there.key_town == "A"


@given(anchors, st.lists(st.tuples(metres, metres), min_size=2, max_size=6))
def test_places_do_not_depend_on_the_order_of_questions(
    anchors: list[Anchor], asked: list[tuple[int, int]]
) -> None:
    forwards, backwards = _places(anchors), _places(anchors)
    answers = [forwards.locate(_point(*at)) for at in asked]
    assert answers == [backwards.locate(_point(*at)) for at in reversed(asked)][::-1]


@given(anchors, metres, metres)
def test_a_cell_found_by_its_point_is_found_by_its_code(anchors: list[Anchor], x: int, y: int) -> None:
    places = _places(anchors)
    located = places.locate(_point(x + 0.5, y + 0.5))
    assume(located is not None)
    assert located is not None
    assert located.cell is not None
    assert places.by_code(located.cell) == located


def test_of_two_equally_near_towns_the_smaller_code_wins() -> None:
    places = _places([("B", 0, 50), ("A", 1000, 50)])
    middle = places.locate(_point(550, 50))
    assert middle is not None
    assert places.locate(_point(450, 50)) == Located("B", "0004-0000", "A")
    assert _places([("B", 50, 50), ("A", 1050, 50)]).locate(_point(550, 50)) == Located("A", "0005-0000", "A")


def test_outside_the_city_is_nowhere() -> None:
    places = _places([("A", 500, 500)])
    assert places.locate(Point(lon=15.99, lat=0.001)) is None
    assert places.locate(Point(lon=16.001, lat=-0.001)) is None
    assert places.locate(Point(lon=179, lat=80)) is None
    assert places.by_code("9999-9999") is None
    assert _places([]).locate(_point(1, 1)) is None


def test_towns_and_communities_are_found_by_code_and_alias() -> None:
    towns = [
        Town(code="5", name="Five", district="D", aliases=("Ward 5", "5 / Fenway")),
        Town(code="a", name="A", district="D"),
    ]
    communities = [
        Community(code="5-1", name="One", town="5"),
        Community(code="a-1", name="x", town="a", lon=16, lat=1),
    ]
    places = Places(GRID, towns, communities, (), ())
    for code in ("5", " 5", "ward  5", "WARD 5", "5/fenway", "5-1"):
        assert places.by_code(code) == Located("5", None, "5"), code
    assert places.by_code("Ward 6") is None


def test_listed_cells_decide_for_themselves_and_for_what_is_near() -> None:
    grid = GRID.model_copy(update={"town_from": "cell_table", "reach_m": 250.0, "border_cells": 1})
    towns = [Town(code=code, name=code, district="D") for code in "AB"]
    cells = [CellTown(cell="0010-0010", town="B"), CellTown(cell="0011-0010", town="A")]
    places = Places(grid, towns, (), cells, ())
    assert places.locate(_point(1050, 1050)) == Located("B", "0010-0010", "A")
    assert places.locate(_point(850, 1050)) == Located("B", "0008-0010", "B")
    assert places.locate(_point(750, 1050)) is None


def test_a_default_point_is_known_to_the_fourth_decimal() -> None:
    boston = DefaultPoint(lon=-71.0587, lat=42.3594)
    places = Places(GRID, (), (), (), (boston,))
    assert places.default_point(Point(lon=-71.0587, lat=42.3594)) == boston
    assert places.default_point(Point(lon=-71.05870001, lat=42.3594)) == boston
    assert places.default_point(Point(lon=-71.0588, lat=42.3594)) is None
