"""The most specific row decides, whatever rows there are."""

from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.catalogue import CATCH_ALL_ROW, Catalogue, asked_by
from hub.citypack.model import CatalogueRow, Category, Town, Unit, UnitLevel
from hub.citypack.tree import Tree
from hub.contracts.fields import Feed

TREE = Tree(
    (
        Category(code="water", name="Water"),
        Category(code="supply", name="Supply", parent="water"),
        Category(code="burst", name="Burst", parent="supply"),
        Category(code="noise", name="Noise"),
    ),
    {},
)
TOWNS = {
    code: Town(code=code, name=code, district=district)
    for code, district in (("t1", "d1"), ("t2", "d1"), ("t3", "d2"))
}
UNITS = {
    unit.id: unit
    for unit in (
        Unit(id="hall", name="Hall", level=UnitLevel.CITY),
        Unit(id="water", name="Water", level=UnitLevel.CITY),
        Unit(id="office-1", name="District 1", level=UnitLevel.DISTRICT, district="d1"),
        Unit(id="unit-1", name="Town 1", level=UnitLevel.TOWN, town="t1"),
        Unit(id="committee-1", name="Community in town 1", level=UnitLevel.COMMUNITY, town="t1"),
    )
}


def _catalogue(*rows: CatalogueRow) -> Catalogue:
    return Catalogue(rows, TREE, TOWNS, UNITS, "hall")


rows = st.lists(
    st.builds(
        CatalogueRow,
        id=st.integers(0, 10**6).map(lambda number: f"r{number}"),
        category=st.sampled_from([None, "water", "supply", "burst", "noise"]),
        title=st.sampled_from([None, "Big Leak", "small leak"]),
        town=st.sampled_from([None, *TOWNS]),
        district=st.sampled_from([None, "d1", "d2"]),
        feed=st.sampled_from([None, Feed.HOTLINE, Feed.GRID]),
        lead=st.just("water"),
        assist=st.just(()),
    ),
    max_size=40,
    unique_by=asked_by,
)


@given(
    rows,
    st.sampled_from(["water", "supply", "burst", "noise", "strange"]),
    st.sampled_from([*TOWNS, "elsewhere"]),
    st.sampled_from([Feed.HOTLINE, Feed.GRID, Feed.SENSOR]),
    st.sampled_from([None, "big  leak", "Small Leak", "other"]),
)
def test_the_most_specific_row_that_fits_is_chosen(
    rows: list[CatalogueRow], category: str, town: str, feed: Feed, title: str | None
) -> None:
    chain = TREE.policy(category).chain
    district = TOWNS[town].district if town in TOWNS else None
    said = None if title is None else " ".join(title.lower().split())

    def fits(row: CatalogueRow) -> bool:
        return (
            (row.category is None or row.category in chain)
            and (row.title is None or row.title.lower() == said)
            and row.town in (None, town)
            and row.district in (None, district)
            and row.feed in (None, feed)
        )

    def rank(row: CatalogueRow) -> tuple[int, bool, bool, bool, bool]:
        depth = -1 if row.category is None else len(chain) - chain.index(row.category)
        others = (row.title, row.town, row.district, row.feed)
        return (depth, *(value is not None for value in others))  # type: ignore[return-value]

    chosen = _catalogue(*rows).choose(category, town, feed, title)
    best = max(filter(fits, rows), key=rank, default=None)
    assert chosen == best if best is not None else chosen.id == CATCH_ALL_ROW


def test_without_a_row_the_catch_all_unit_leads() -> None:
    catalogue = _catalogue()
    row = catalogue.choose("noise", "t1", Feed.HOTLINE, None)
    assert (row.id, row.lead) == (CATCH_ALL_ROW, "hall")
    assert catalogue.units(row, "t1") == ("hall", ())


def test_town_and_district_stand_for_their_units() -> None:
    row = CatalogueRow(id="r", lead="{town}", assist=("{district}", "water", "{town}"))
    assert _catalogue(row).units(row, "t1") == ("unit-1", ("office-1", "water"))


def test_a_place_without_unit_falls_to_the_catch_all_unit() -> None:
    row = CatalogueRow(id="r", lead="{town}", assist=("{district}", "water", "hall"))
    assert _catalogue(row).units(row, "t3") == ("hall", ("water",))
    assert _catalogue(row).units(row, "elsewhere") == ("hall", ("water",))
