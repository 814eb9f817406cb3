"""The month's topic: what speaks for a category, small numbers, ties, and that order of input is nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.pattern_rules import TopicRules, TopicWeights
from hub.domain.patterns.months import Month, whole_months
from hub.domain.patterns.tallies import Daily, Tally
from hub.domain.patterns.topics import Ranking, base_of, rank_topics

RULES = TopicRules(fewest=1)
MARCH = Month(2015, 3)


def itself(category: str) -> str:
    return category


def rank(days: Sequence[Daily], rules: TopicRules = RULES, *, broad: bool = True) -> Ranking:
    return rank_topics(rules, days, MARCH, itself, broad=broad)


def of(month: int, category: str, appeals: int, district: str = "D1", **counts: int) -> list[Daily]:
    """Appeals spread over the first and the last day of a month of 2015."""
    first, last = Month(2015, month).first, Month(2015, month).last
    return [
        Daily(first, category, district, Tally(appeals=appeals - appeals // 2, **counts)),
        Daily(last, category, district, Tally(appeals=appeals // 2)),
    ]


def alone(weight: str) -> TopicRules:
    weights = dict.fromkeys(TopicWeights.model_fields, 0.0) | {weight: 1.0}
    return TopicRules(fewest=1, weights=TopicWeights(**weights))


def order(ranking: Ranking) -> list[str]:
    return [topic.category for topic in ranking.topics]


def test_more_appeals_stand_first() -> None:
    days = [*of(3, "noise", 50), *of(3, "heat", 80), *of(3, "dogs", 20)]
    ranking = rank(days, alone("volume"))
    assert order(ranking) == ["heat", "noise", "dogs"]
    assert [topic.parts.volume for topic in ranking.topics] == pytest.approx([5 / 6, 3 / 6, 1 / 6])
    assert ranking.base is None
    assert ranking.topics[0].figures.growth is None


def test_growth_is_against_the_mean_of_three_months_by_day() -> None:
    days = [
        *(each for month in (1, 2) for each in of(month, "heat", 59)),
        *of(3, "heat", 62),
        *of(1, "noise", 59),
        *of(3, "noise", 124),
    ]
    ranking = rank(days, alone("growth"))
    assert order(ranking) == ["noise", "heat"]
    assert ranking.base is not None
    assert [str(month) for month in ranking.base.months] == ["2015-01", "2015-02"]
    noise, heat = ranking.topics
    # 118 appeals in 59 days are 62 in the 31 days of March; 20 more that are as expected draw towards 1
    assert heat.expected == pytest.approx(62)
    assert heat.figures.growth == pytest.approx(1.0)
    assert noise.figures.growth == pytest.approx((124 + 20) / (31 + 20))


def test_last_year_counts_where_it_is_known() -> None:
    known = whole_months([date(2014, 2, 27), date(2014, 3, 9), date(2015, 3, 31)])
    assert known[0] == Month(2014, 3)
    base = base_of(MARCH, known)
    assert base is not None
    assert (base.months, base.last_year) == ((Month(2014, 3),), True)


def test_growth_of_few_is_worth_less_than_growth_of_many() -> None:
    days = [
        *of(2, "few", 1),
        *of(3, "few", 5),
        *of(2, "many", 100),
        *of(3, "many", 300),
    ]
    assert order(rank(days, alone("growth"))) == ["many", "few"]


def test_breadth_counts_districts_as_if_equally_hit() -> None:
    wide = [each for district in "ABCD" for each in of(3, "wide", 10, district)]
    narrow = [
        *of(3, "narrow", 97, "A"),
        *(each for district in "BCD" for each in of(3, "narrow", 1, district)),
    ]
    ranking = rank([*wide, *narrow], alone("breadth"))
    assert order(ranking) == ["wide", "narrow"]
    assert ranking.topics[0].figures.breadth == pytest.approx(4)
    assert ranking.topics[1].figures.breadth == pytest.approx(100**2 / (97**2 + 3))
    within = rank([*wide, *narrow], broad=False)
    assert {topic.figures.breadth for topic in within.topics} == {None}


def test_rates_are_drawn_towards_the_mean() -> None:
    days = [
        *of(3, "one-bad", 1, asked_solved=1, solved=0),
        *of(3, "many-bad", 100, asked_solved=100, solved=40),
        *of(3, "good", 100, asked_solved=99, solved=99),
    ]
    ranking = rank(days, alone("unsolved"))
    assert order(ranking) == ["many-bad", "one-bad", "good"]
    mean = 61 / 200
    assert ranking.topics[1].figures.unsolved == pytest.approx((1 + 20 * mean) / 21)


def test_equal_figures_share_a_part_and_order_by_code() -> None:
    ranking = rank([*of(3, "b", 10), *of(3, "a", 10), *of(3, "c", 10)])
    assert order(ranking) == ["a", "b", "c"]
    assert {topic.score for topic in ranking.topics} == {0.5}


def test_small_numbers_are_not_ranked() -> None:
    ranking = rank([*of(3, "noise", 19), *of(3, "heat", 20)], TopicRules(fewest=20))
    assert (order(ranking), ranking.unranked) == (["heat"], 1)


def test_categories_count_under_their_group() -> None:
    days = [*of(3, "noise.site", 10), *of(3, "noise.square", 15), *of(3, "other.praise", 90)]
    ranking = rank_topics(
        RULES, days, MARCH, lambda code: None if code.startswith("other") else code.partition(".")[0]
    )
    assert [(topic.category, topic.tally.appeals) for topic in ranking.topics] == [("noise", 25)]


DAYS = st.lists(
    st.builds(
        Daily,
        st.dates(date(2015, 1, 1), date(2015, 3, 31)),
        st.sampled_from(["noise", "heat", "dogs", "waste"]),
        st.sampled_from(["D1", "D2"]),
        st.builds(Tally, appeals=st.integers(0, 30), assessed=st.just(30), repeat=st.integers(0, 30)),
    ),
    max_size=40,
)


@given(days=DAYS, seed=st.randoms(use_true_random=False))
def test_order_of_input_is_nothing(days: list[Daily], seed: object) -> None:
    turned = sorted(days, key=lambda _: seed.random())  # type: ignore[attr-defined]
    assert rank(days) == rank(turned)


@given(days=DAYS)
def test_every_score_is_a_share_and_ranks_run_without_gaps(days: list[Daily]) -> None:
    ranking = rank(days)
    assert [topic.rank for topic in ranking.topics] == list(range(1, len(ranking.topics) + 1))
    assert all(0 <= topic.score <= 1 for topic in ranking.topics)
    scores = [topic.score for topic in ranking.topics]
    assert scores == sorted(scores, reverse=True)


@given(days=DAYS, more=st.integers(1, 500))
def test_more_appeals_never_lower_a_topic(days: list[Daily], more: int) -> None:
    """With volume and growth alone: they are all that an appeal changes beside breadth and the rates."""
    rules = TopicRules(
        fewest=1, weights=TopicWeights(volume=0.5, growth=0.5, breadth=0, repeats=0, unsolved=0)
    )
    known = [*days, Daily(date(2015, 1, 1), "base", "D1", Tally()), *of(3, "heat", 1)]
    before = order(rank(known, rules)).index("heat")
    after = order(rank([*known, Daily(date(2015, 3, 5), "heat", "D1", Tally(appeals=more))], rules)).index(
        "heat"
    )
    assert after <= before
