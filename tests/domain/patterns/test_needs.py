"""Seven haves, five natures: indices against a base and a zone, weights by zone, small numbers, weak ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.brook import brook

from hub.citypack.city import City
from hub.citypack.fields import Zone
from hub.citypack.needs import Direction, Indicator, Measure, Need, NeedsTree
from hub.domain.patterns.months import Month
from hub.domain.patterns.needs import Book, NeedIndex, default_base, need_indices, peers_of
from hub.domain.patterns.tallies import Daily, Tally

JANUARY, FEBRUARY, MARCH = Month(2015, 1), Month(2015, 2), Month(2015, 3)
QUIET = Indicator(code="quiet", name="Quiet", categories=("noise",))
SOLVED = Indicator(
    code="solved", name="Solved", categories=("water",), measure=Measure.SOLVED, direction=Direction.HIGHER
)


def city(*indicators: Indicator, fewest: float = 30, third: Zone = Zone.URBAN) -> City:
    """Three districts: EAST and WEST of the stories, and NORTH; all urban, 1,000 residents each."""
    known = brook()
    districts = {
        code: known.districts["WEST"].model_copy(update={"code": code, "zone": zone})
        for code, zone in (("EAST", Zone.URBAN), ("WEST", Zone.URBAN), ("NORTH", third))
    }
    towns = {
        code: known.towns["MILL"].model_copy(update={"code": code, "district": code, "residents": 1_000})
        for code in districts
    }
    needs = NeedsTree(needs=(Need(code="living", name="Living", indicators=indicators),), fewest=fewest)
    return replace(known, districts=districts, towns=towns, needs=needs)


def of(month: Month, district: str, category: str = "noise", **counts: int) -> list[Daily]:
    """A month's counts, all on its first day; the last day is known too."""
    return [
        Daily(month.first, category, district, Tally(**counts)),
        Daily(month.last, category, district, Tally()),
    ]


def told(
    place: City, days: list[Daily], month: Month = FEBRUARY, base: Month = JANUARY
) -> dict[str, NeedIndex]:
    return {one.district: one for one in need_indices(place, Book(place, days), month, (base,))}


def test_fewer_appeals_a_day_are_better_than_the_base() -> None:
    days = [
        *of(JANUARY, "WEST", appeals=310),
        *of(FEBRUARY, "WEST", appeals=140),
        *of(JANUARY, "EAST", appeals=310),
        *of(FEBRUARY, "EAST", appeals=280),
    ]
    found = told(city(QUIET), days)
    # 310 appeals in 31 days are 280 in the 28 of February
    assert found["WEST"].against_base.index == pytest.approx(100 * 285 / 145)
    assert found["EAST"].against_base.index == pytest.approx(100)
    assert found["NORTH"].against_base.index is None
    assert found["NORTH"].against_base.worst == "0 expected, 30 are needed"


def test_a_share_that_is_better_higher_counts_the_others() -> None:
    days = [
        *of(JANUARY, "WEST", "water.burst", asked_solved=200, solved=180),
        *of(FEBRUARY, "WEST", "water.none", asked_solved=100, solved=80),
    ]
    found = told(city(SOLVED), days)["WEST"]
    # 20 of 200 not solved are 10 of 100: there were 20
    assert found.against_base.index == pytest.approx(100 * 15 / 25)
    assert found.against_base.worst == "Solved 1.67 times as bad"


def test_indicators_combine_by_the_weights_of_the_zone() -> None:
    weighed = QUIET.model_copy(update={"zones": {Zone.ECOLOGICAL: 3.0}})
    days = [
        *of(JANUARY, "WEST", appeals=310),
        *of(FEBRUARY, "WEST", appeals=560),
        *of(JANUARY, "WEST", "water", asked_solved=100, solved=50),
        *of(FEBRUARY, "WEST", "water", asked_solved=100, solved=50),
    ]
    north = [one._replace(district="NORTH") for one in days]
    found = told(city(weighed, SOLVED, third=Zone.ECOLOGICAL), [*days, *north])
    worse = 565 / 285
    assert found["WEST"].against_base.index == pytest.approx(100 / worse**0.5)
    assert found["NORTH"].against_base.index == pytest.approx(100 / worse**0.75)


def test_a_district_is_weak_beside_its_zone() -> None:
    days = [
        *of(JANUARY, "WEST", appeals=1),
        *of(FEBRUARY, "WEST", appeals=300),
        *of(FEBRUARY, "EAST", appeals=100),
        *of(FEBRUARY, "NORTH", appeals=100),
    ]
    found = told(city(QUIET), days)
    assert [code for code, one in found.items() if one.weak] == ["WEST"]
    assert found["WEST"].against_zone.index == pytest.approx(100 * 105 / 305)
    assert found["EAST"].against_zone.index == pytest.approx(100 * 205 / 105)


def test_what_chance_explains_is_not_weak() -> None:
    days = [
        *of(JANUARY, "WEST", appeals=1),
        *of(FEBRUARY, "WEST", appeals=42),
        *of(FEBRUARY, "EAST", appeals=32),
        *of(FEBRUARY, "NORTH", appeals=32),
    ]
    west = told(city(QUIET), days)["WEST"]
    assert west.against_zone.index is not None
    assert west.against_zone.index < 100 / 1.25
    assert not west.weak


def test_a_district_alone_in_its_zone_is_compared_with_the_city() -> None:
    place = city(QUIET, third=Zone.CORE)
    assert peers_of(place, "NORTH") == ("EAST", "WEST")
    assert peers_of(place, "WEST") == ("EAST",)


def test_the_trend_goes_from_the_base_to_the_month() -> None:
    months = [JANUARY.plus(number) for number in range(5)]
    days = [
        each
        for number, month in enumerate(months)
        for each in of(month, "WEST", appeals=month.days * (10 - number))
    ]
    west = told(city(QUIET), days, months[4])["WEST"]
    assert [month for month, _ in west.trend] == months[1:]
    assert [round(index) for _, index in west.trend] == [111, 125, 142, 165]
    assert west.slope == pytest.approx(18.4, abs=0.5)
    assert told(city(QUIET), days)["WEST"].slope is None


def test_the_base_is_a_year_before_where_that_is_known() -> None:
    days = [each for number in range(14) for each in of(JANUARY.plus(number), "WEST", appeals=1)]
    book = Book(city(QUIET), days)
    assert default_base(book, Month(2016, 2)) == (FEBRUARY,)
    assert default_base(book, Month(2015, 6)) == (JANUARY, FEBRUARY, MARCH)
    assert default_base(book, FEBRUARY) == (JANUARY,)


def test_a_district_twice_as_bad_is_weak_and_the_others_are_not() -> None:
    chance = np.random.default_rng(20)
    marked = found = 0
    for _ in range(200):
        days = [*of(JANUARY, "WEST", appeals=1)]
        for district, mean in (("WEST", 60), ("EAST", 60), ("NORTH", 120)):
            days += of(FEBRUARY, district, appeals=int(chance.poisson(mean)))
        judged = told(city(QUIET), days)
        marked += judged["WEST"].weak + judged["EAST"].weak
        found += judged["NORTH"].weak
    assert marked <= 0.01 * 400
    assert found >= 0.95 * 200


def test_of_districts_alike_one_in_fifty_at_most_is_weak() -> None:
    chance = np.random.default_rng(21)
    weak = 0
    for _ in range(300):
        days = [*of(JANUARY, "WEST", appeals=1)]
        for district in ("WEST", "EAST", "NORTH"):
            days += of(FEBRUARY, district, appeals=int(chance.poisson(45)))
        weak += sum(one.weak for one in told(city(QUIET), days).values())
    assert weak <= 0.02 * 900


COUNTS = st.integers(0, 200)


@given(before=COUNTS, now=COUNTS, more=st.integers(1, 50))
def test_more_appeals_are_never_better(before: int, now: int, more: int) -> None:
    def index(appeals: int) -> float | None:
        days = [*of(JANUARY, "WEST", appeals=before), *of(FEBRUARY, "WEST", appeals=appeals)]
        return told(city(QUIET), days)["WEST"].against_base.index

    one, other = index(now), index(now + more)
    assert (one is None) == (other is None) == (before * 28 / 31 < 30)
    if one is not None and other is not None:
        assert other < one
