"""Intervals: Wilson's for things drawn on their own, wider where one counts often, ranks for medians."""

import pytest
from scipy import stats

from hub.evaluate.interval import Interval, counted, middle_of, share


@pytest.mark.parametrize(("hits", "of"), [(1, 3), (50, 60), (0, 12), (12, 12), (999, 1000)])
def test_a_share_has_wilson_s_interval(hits: int, of: int) -> None:
    ours = counted([True] * hits + [False] * (of - hits))
    theirs = stats.binomtest(hits, of).proportion_ci(method="wilson")
    assert ours.value == hits / of
    # Ours divides the spread by n - 1, which is the wider one.
    assert ours.low is not None
    assert ours.high is not None
    assert ours.low == pytest.approx(theirs.low, abs=0.5 / of)
    assert ours.high == pytest.approx(theirs.high, abs=0.5 / of)


def test_many_pairs_of_one_incident_are_hardly_more_than_one_thing() -> None:
    apart = share([1.0] * 50 + [0.0] * 50, [1.0] * 100)
    together = share([50.0, 0.0], [50.0, 50.0])
    assert apart.value == together.value == 0.5
    assert together.high is not None
    assert apart.high is not None
    assert together.high > apart.high + 0.2


def test_where_nothing_is_there_is_no_figure() -> None:
    assert share([], []) == share([0.0], [0.0]) == middle_of([]) == Interval()


def test_a_median_lies_between_two_of_the_values() -> None:
    figure = middle_of([float(value) for value in range(100)])
    assert figure == Interval(49.5, 40.0, 59.0)
    assert middle_of([3.0]) == Interval(3.0, 3.0, 3.0)
