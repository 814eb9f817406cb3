"""What goes together is found where it was planted, and not where only places, hours, seasons are shared."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from random import Random
from zoneinfo import ZoneInfo

import pytest
from tests.domain.patterns.street_life import WORKS, season

from hub.citypack.load import load_city
from hub.citypack.pattern_rules import TogetherRules
from hub.domain.patterns.occurrences import Occurred, Occurrences
from hub.domain.patterns.together import Associations, find_together, related_in

PLANTED = {tuple(sorted(pair)) for pair in combinations(WORKS, 2)}
MONDAY = datetime(2026, 3, 2, 22, tzinfo=UTC)
SEEDS = range(20)


def works_on(day: date) -> bool:
    return day.weekday() < 5


def found_in(seen: Occurred, rules: TogetherRules | None = None) -> Associations:
    return find_together(rules or TogetherRules(), seen, works_on, lambda a, b: False, triples=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_works_by_night_are_found_and_nothing_else(seed: int) -> None:
    found = found_in(season(seed, works=16))
    assert {one.categories for one in found.pairs} == PLANTED
    assert [one.categories for one in found.triples] == [tuple(sorted(WORKS))]
    assert all(one.bands[0][0] == 3 for one in found.pairs)
    assert found.tested_pairs > 1000


@pytest.mark.parametrize("seed", SEEDS)
def test_where_nothing_is_planted_nothing_is_found(seed: int) -> None:
    assert found_in(season(seed, works=0)).pairs == ()


def told(*signals: tuple[str, str, int], first_hour: int = 0) -> Occurred:
    """(category, place, day) by 22 o'clock."""
    seen = Occurrences(ZoneInfo("UTC"), hours=6, first_hour=first_hour)
    for category, place, day in signals:
        seen.take(category, place, "town", "town", MONDAY + timedelta(days=day))
    return seen.all()


EXAMPLE = (
    *(("noise", "x", 0), ("noise", "x", 1), ("noise", "y", 2)),
    *(("digging", "x", 0), ("digging", "x", 1), ("digging", "y", 3)),
    *(("rubbish", "x", 0), ("rubbish", "x", 1), ("rubbish", "x", 2), ("rubbish", "y", 0)),
)


def test_the_example_of_the_page() -> None:
    rules = TogetherRules(
        fewest=1, fewest_together=1, fewest_places=1, least_lift=1, false_share=0.99, lasting_days=1
    )
    pairs = find_together(rules, told(*EXAMPLE), works_on, lambda a, b: "rubbish" in (a, b)).pairs
    (pair,) = pairs
    assert pair.categories == ("digging", "noise")
    assert (pair.slots, pair.places) == (2, 1)
    assert pair.share == pytest.approx(2 / 3)
    assert pair.expected == pytest.approx(3 * 3 * (9 + 1) / 16 * 2 / 9)
    assert pair.lift == pytest.approx(1.6)
    assert pair.clustering == pytest.approx(1 + 2 * (1 / 9 - 4 * (5 / 48) ** 2))
    assert pair.p == pair.q == pytest.approx(0.3757, abs=5e-5)
    assert (pair.bands, pair.towns) == (((3, 2),), (("town", 2),))


def test_the_order_of_signals_and_their_repetition_change_nothing() -> None:
    signals = list(EXAMPLE) * 3
    wanted = found_in(told(*EXAMPLE), TogetherRules(fewest=1))
    Random(1).shuffle(signals)
    assert found_in(told(*signals), TogetherRules(fewest=1)) == wanted


def test_a_night_is_not_cut_at_midnight() -> None:
    seen = Occurrences(ZoneInfo("UTC"), hours=6, first_hour=3)
    seen.take("noise", "x", "town", "town", MONDAY)
    seen.take("digging", "x", "town", "town", MONDAY + timedelta(hours=4))
    seen.take("digging", "x", "town", "town", MONDAY + timedelta(hours=5))
    assert seen.all().time.tolist() == [3, 4, 3]
    assert seen.all().day(0) == date(2026, 3, 2)


def test_categories_of_one_matter_are_not_compared() -> None:
    related = related_in(load_city("beijing"))
    assert related("pollution.noise.site", "pollution.noise.road-works")
    assert related("pollution.noise", "pollution.noise.site")
    assert not related("pollution.noise.site", "building.site.fence")
    assert not related("pollution.noise.site", "of another city")


def test_rare_categories_are_not_tested() -> None:
    assert found_in(told(*EXAMPLE), TogetherRules(fewest=5)).tested_pairs == 0
