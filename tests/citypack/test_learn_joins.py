"""Which tickets lie near each other, how cases live, and what a rule of joining is worth."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.citypack.labelled import Told, table

from hub.citypack.geometry import distance_m
from hub.citypack.learn.join_policy import (
    MENU,
    PRICES,
    Joined,
    JoinLearner,
    choose_price,
    gain,
    score,
)
from hub.citypack.learn.nearby import codes, distances_m, find_pairs
from hub.citypack.learn.simulate import Past, Policy
from hub.citypack.learn.tickets import Path
from hub.citypack.model import Join
from hub.contracts.fields import Point

POTHOLE: Path = ("Works", "Roads", "Pothole")
CRACK: Path = ("Works", "Roads", "Crack")
NOISE: Path = ("Police", "Noise", "Party")


def silent(_: str) -> None:
    pass


def cases(policy: Policy, *told: Told) -> list[int]:
    return [int(case) for case in Past.of(table(*told), 100, 2160).cases(policy)]


places = st.lists(
    st.builds(
        Told,
        hour=st.integers(0, 60),
        north=st.one_of(st.none(), st.integers(-400, 400)),
        path=st.sampled_from([POTHOLE, CRACK, NOISE]),
        address=st.sampled_from(["", "1 main st", "2 main st"]),
    ),
    max_size=25,
)


@given(places)
def test_pairs_are_those_that_a_search_by_hand_finds(told: list[Told]) -> None:
    told = sorted(told, key=lambda one: one.hour)
    tickets = table(*told)
    found = find_pairs(tickets, codes([one.path[:-1] for one in told]), 100.0, 48 * 3600)
    expected = set()
    for later, earlier in product(range(len(told)), repeat=2):
        one, other = told[later], told[earlier]
        if earlier >= later or one.path[:-1] != other.path[:-1] or one.hour - other.hour > 48:
            continue
        if one.north is not None and other.north is not None:
            near = abs(one.north - other.north) <= 100
        else:
            near = bool(one.address) and one.address == other.address
        if near:
            expected.add((later, earlier))
    pairs = list(zip(found.later.tolist(), found.earlier.tolist(), strict=True))
    assert pairs == sorted(expected)


@given(*(st.floats(low, high) for low, high in ((-71.2, -70.9), (42.2, 42.5)) * 2))
def test_distances_are_those_of_the_rules(lon: float, lat: float, other_lon: float, other_lat: float) -> None:
    ours = distances_m(*(np.array([value]) for value in (lon, lat, other_lon, other_lat)))
    theirs = distance_m(Point(lon=lon, lat=lat), Point(lon=other_lon, lat=other_lat))
    assert ours[0] == pytest.approx(theirs)


OWN = {POTHOLE: Join(related=False, within_m=50, within_hours=24)}


def test_a_ticket_joins_the_nearest_open_case_and_of_equally_near_ones_the_oldest() -> None:
    assert cases(OWN, Told(0, north=0), Told(1, north=80), Told(2, north=50)) == [0, 1, 1]
    assert cases(OWN, Told(0, north=0), Told(1, north=80), Told(2, north=40)) == [0, 1, 0]


def test_a_ticket_without_a_policy_never_joins_and_too_far_or_late_ones_do_not_either() -> None:
    assert cases({}, Told(0), Told(1)) == [0, 1]
    assert cases(OWN, Told(0), Told(1, north=51)) == [0, 1]
    assert cases(OWN, Told(0), Told(24)) == [0, 0]
    assert cases(OWN, Told(0), Told(24.1)) == [0, 1]


def test_a_case_is_open_until_its_last_ticket_is_closed() -> None:
    assert cases(OWN, Told(0, closed=2), Told(3)) == [0, 1]
    assert cases(OWN, Told(0, closed=2), Told(1, closed=5), Told(3)) == [0, 0, 0]
    assert cases(OWN, Told(0, closed=-1), Told(0.5)) == [0, 1]


def test_kindred_categories_join_only_where_the_new_tickets_policy_says_so() -> None:
    both = OWN | {CRACK: Join(related=True, within_m=50, within_hours=24)}
    assert cases(both, Told(0, path=CRACK), Told(1, path=POTHOLE)) == [0, 1]
    assert cases(both, Told(0, path=POTHOLE), Told(1, path=CRACK)) == [0, 0]
    assert cases(both | {NOISE: both[CRACK]}, Told(0), Told(1, path=NOISE)) == [0, 1]


def test_without_a_real_point_only_the_same_address_joins() -> None:
    blind = Told(1, north=None, address="1 main st")
    assert cases(OWN, Told(0, north=500, address="1 main st"), blind) == [0, 0]
    assert cases(OWN, Told(0, north=None, address="2 main st"), blind) == [0, 1]
    assert cases(OWN, Told(0, north=None), Told(1, north=None)) == [0, 1]


def test_the_gain_worked_out_by_hand() -> None:
    # 20 merged, 6 of them duplicates, price 0.1: (6 + 10 * 0.05) / (20 + 10) = 0.21667;
    # 20 * (0.21667 - 0.1) = 2.3333. With 1 duplicate it is chance; with 2 in 50 it costs more than it brings.
    merges, hits = np.array([20.0, 20.0, 50.0]), np.array([6.0, 1.0, 2.0])
    worth = gain(merges, hits, 0.1)
    assert worth[0] == pytest.approx(2.3333, abs=1e-4)
    assert worth[1] == -np.inf
    assert worth[2] == pytest.approx(50 * (2.5 / 60 - 0.1))
    assert worth[2] < 0


def test_each_category_learns_the_narrowest_of_its_best_rules() -> None:
    potholes = [Told(n * 2.0, north=0, duplicate=n > 0) for n in range(8)]
    parties = [Told(n * 2.0 + 1, north=0, path=NOISE) for n in range(8)]
    tickets = table(*sorted(potholes + parties, key=lambda one: one.hour))
    learner = JoinLearner(Past.of(tickets, 100, 2160), silent)
    everything = np.ones(len(tickets), dtype=np.bool_)
    policy = learner.learn(everything, 0.1)
    assert policy == {POTHOLE: Join(related=False, within_m=5, within_hours=24)}
    assert policy[POTHOLE] == MENU[0]
    assert learner.judge(policy, everything) == Joined(tickets=16, merged=7, duplicates=7, found=7)


def test_the_price_is_the_lowest_that_keeps_the_worst_month_within_bounds() -> None:
    """In February everybody reports one hole again and again, and nobody calls that a duplicate."""
    january = [Told(n, north=n * 1000, duplicate=False) for n in range(80)]
    january += [Told(100 + n, north=n * 1000, duplicate=n < 4) for n in range(8)]
    february = [Told(800 + n, north=0, duplicate=False) for n in range(80)]
    learner = JoinLearner(Past.of(table(*january, *february), 100, 2160), silent)
    price = choose_price(learner, silent)
    assert price > PRICES[0]
    shares = {at: max(month.share for month in learner.by_month(at).values()) for at in PRICES}
    assert shares[price] <= 0.095 < shares[round(price - 0.01, 2)]


def test_score_counts_only_the_given_tickets() -> None:
    tickets = table(Told(0), Told(1, duplicate=True), Told(2, duplicate=True))
    joined = score(tickets, np.array([0, 0, 2]), np.array([False, True, True]))
    assert joined == Joined(tickets=2, merged=1, duplicates=2, found=1)
    assert (joined.share, joined.recall) == (0.5, 0.5)
    assert (Joined().share, Joined().recall) == (0.0, 0.0)
