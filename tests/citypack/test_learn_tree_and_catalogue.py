"""Categories get readable codes that stay; the catalogue says who got most, in as few rows as possible."""

import re

from hypothesis import given
from hypothesis import strategies as st
from tests.citypack.labelled import Told, table

from hub.citypack.catalogue import Catalogue
from hub.citypack.learn.category_tree import codes_of, grow_tree, slug
from hub.citypack.learn.dispatch_catalogue import Majority, learn_catalogue, majorities
from hub.citypack.learn.tickets import stem_of
from hub.citypack.model import CatalogueRow, Join
from hub.citypack.tree import Tree
from hub.contracts.fields import Feed

LITTER = ("Works", "Roads", "Litter")
names = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"]), min_size=1, max_size=80)


def test_a_code_is_the_last_two_levels_in_plain_letters() -> None:
    path = ("Public Works", "Mayor's Street-Lights", "Lamp & Pole (dark)")
    assert codes_of([path]) == {
        path[:1]: "public-works",
        path[:2]: "public-works.mayors-street-lights",
        path: "mayors-street-lights.lamp-pole-dark",
    }
    assert slug("Café") == "cafe"


def test_nodes_that_would_share_a_code_get_a_digest_each() -> None:
    twins = [("Parks", "Requests", "Other"), ("Works", "Requests", "Other")]
    codes = codes_of(twins)
    assert {codes[twin][: len("requests.other-")] for twin in twins} == {"requests.other-"}
    assert codes[twins[0]] != codes[twins[1]]
    assert codes_of([("Unknown", "Strange")])[("Unknown",)] != "unknown"


@given(st.lists(st.lists(names, min_size=1, max_size=3).map(tuple), max_size=8))
def test_codes_are_unique_and_well_formed_whatever_the_names(paths: list[tuple[str, ...]]) -> None:
    codes = codes_of(paths)
    assert len(set(codes.values())) == len(codes)
    assert all(re.fullmatch(r"[A-Za-z0-9._-]{1,60}", code) for code in codes.values())
    assert codes == codes_of(reversed(paths))


def test_leaves_of_one_parent_are_kindred_and_join_by_their_own_policy() -> None:
    join = Join(related=False, within_m=5, within_hours=24)
    tree = Tree(grow_tree([LITTER, ("Works", "Roads", "Pothole")], {LITTER: join}), {})
    assert tree.policy("roads.litter").join == join
    assert tree.policy("roads.pothole").join.never
    assert tree.policy("roads.litter").affinity == tree.policy("roads.pothole").affinity == "works.roads"
    found = tree.find("works / roads / LITTER")
    assert found is not None
    assert found.code == "roads.litter"


def test_a_new_type_of_a_known_reason_falls_to_the_reason() -> None:
    tree = Tree(grow_tree([LITTER], {}), {})
    above = tree.find_above("Works/Roads/Flying Saucer")
    assert above is not None
    assert above.code == "works.roads"
    assert tree.find("Works/Roads/Flying Saucer") is None
    assert tree.find_above("Elsewhere/Roads/Litter") is None
    assert tree.find_above("Nothing") is None


def test_a_majority_among_equals_is_the_first_by_name() -> None:
    assert majorities([("a", "y"), ("a", "x"), ("b", "y")]) == {
        "a": Majority("x", 1, 2),
        "b": Majority("y", 1, 1),
    }


def test_only_rows_that_say_something_new_are_written() -> None:
    told = [Told(path=("Works", "Roads", "Pothole"))] * 5
    told += [Told(path=LITTER, unit="parks")] * 2
    told += [Told(path=("Works", "Drains", "Smell"))] * 3
    assert [(row.category, row.title, row.lead) for row in learn_catalogue(table(*told), "desk")] == [
        ("works", None, "works"),
        ("roads.litter", None, "parks"),
    ]


def test_a_title_speaks_against_its_category_if_it_came_often_and_went_one_way() -> None:
    told = [Told(path=LITTER, title="PRINTED")] * 40
    told += [Told(path=LITTER, title="Parks:  Bench", unit="parks")] * 6
    told += [Told(path=LITTER, title="parks: tree", unit="parks")] * 3
    told += [Told(path=LITTER, title="PARKS")]
    told += [Told(path=LITTER, title="Zoo: lion", unit="zoo")] * 9
    told += [Told(path=LITTER, title="Split: a", unit="parks")] * 6 + [
        Told(path=LITTER, title="Split: b")
    ] * 5
    rows = learn_catalogue(table(*told), "desk")
    assert [(row.title, row.lead) for row in rows] == [(None, "works"), ("parks", "parks")]


def test_tickets_of_nobody_teach_nothing_and_their_category_goes_to_the_catch_all() -> None:
    (row,) = learn_catalogue(table(Told(unit="")), "desk")
    assert (row.category, row.lead) == ("works", "desk")


def test_a_row_fits_a_title_by_its_whole_or_by_its_stem_whole_first() -> None:
    rows = (
        CatalogueRow(id="all", category="roads.litter", lead="works"),
        CatalogueRow(id="stem", category="roads.litter", title="parks", lead="parks"),
        CatalogueRow(id="whole", category="roads.litter", title="Parks: Bench", lead="carpenter"),
    )
    catalogue = Catalogue(rows, Tree(grow_tree([LITTER], {}), {}), {}, {}, "desk")

    def chosen(title: str | None) -> str:
        return catalogue.choose("roads.litter", "t", Feed.HOTLINE, title).id

    assert chosen("Parks: bench") == "whole"
    assert chosen(" PARKS : tree") == "stem"
    assert chosen("parks") == "stem"
    assert chosen("Parks and trees") == "all"
    assert chosen(None) == "all"
    assert stem_of("  PARKS : tree: old") == "parks"
