"""Categories are found by code, path and alias, and inherit what they leave out."""

import pytest

from hub.citypack.model import NEVER, Category, Join, Limits, Repeat
from hub.citypack.tree import Tree
from hub.contracts.fields import Urgency

JOIN = Join(within_m=100, within_hours=24)
TREE = Tree(
    (
        Category(
            code="W",
            name="Water",
            urgency=Urgency.UTILITY,
            join=JOIN,
            affinity="wet",
            limits=Limits(resolve_h=5),
        ),
        Category(code="W.S", name="Supply", parent="W", aliases=("No Water", "停水")),
        Category(
            code="W.S.B",
            name="Burst / break",
            parent="W.S",
            urgency=Urgency.LIFE,
            join=NEVER,
            affinity="main",
        ),
        Category(code="N", name="Noise", path="Public Order/Noise", repeat=Repeat(times=2, within_days=30)),
        Category(code="N.1", name="At night", parent="N"),
    ),
    {urgency: Limits(resolve_h=hours) for urgency, hours in ((Urgency.GENERAL, 168), (Urgency.LIFE, 2))},
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("W.S", "W.S"),
        ("w.s", "W.S"),
        ("Water/Supply", "W.S"),
        (" water / SUPPLY ", "W.S"),
        ("no   water", "W.S"),
        ("停水", "W.S"),
        ("Water/Supply/Burst/break", "W.S.B"),
        ("public order/noise", "N"),
        ("Public Order/Noise/At night", None),
        ("Noise/At night", "N.1"),
        ("Supply", None),
        ("", None),
    ],
)
def test_a_category_is_found(text: str, code: str | None) -> None:
    found = TREE.find(text)
    assert (found.code if found else None) == code


def test_what_a_category_leaves_out_comes_from_its_nearest_ancestor() -> None:
    supply, burst = TREE.policy("W.S"), TREE.policy("W.S.B")
    assert (supply.join, supply.affinity, supply.urgency) == (JOIN, "wet", Urgency.UTILITY)
    assert (burst.join, burst.affinity, burst.urgency) == (NEVER, "main", Urgency.LIFE)
    assert burst.chain == ("W.S.B", "W.S", "W")
    assert TREE.policy("N.1").repeat == Repeat(times=2, within_days=30)


def test_where_nobody_says_a_category_is_cautious() -> None:
    night = TREE.policy("N.1")
    assert (night.join, night.affinity, night.urgency) == (NEVER, "N.1", Urgency.GENERAL)
    strange = TREE.policy("strange")
    assert (strange.join, strange.affinity, strange.chain) == (NEVER, "strange", ("strange",))


def test_limits_come_from_the_category_before_the_urgency() -> None:
    assert TREE.limits("W.S.B", Urgency.LIFE).resolve_h == 5
    assert TREE.limits("N", Urgency.LIFE).resolve_h == 2
    assert TREE.limits("N", Urgency.UNKNOWN).resolve_h == 168
    assert TREE.limits("N", Urgency.UTILITY).resolve_h == 168
    assert Tree((), {}).limits("N", Urgency.LIFE) == Limits()


def test_the_longest_join_ignores_what_never_joins() -> None:
    assert TREE.farthest_join_m == 100
    assert Tree((), {}).farthest_join_m == 0
