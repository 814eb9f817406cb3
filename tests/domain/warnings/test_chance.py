"""The tail of a count agrees with scipy's over many sizes of counts, also where it is very small."""

from __future__ import annotations

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom, poisson

from hub.domain.surges.chance import tail

MEANS = st.floats(1e-4, 200)


@given(count=st.integers(0, 300), mean=MEANS)
def test_without_overdispersion_it_is_poissons(count: int, mean: float) -> None:
    assert tail(count, mean, inf) == pytest.approx(poisson.sf(count - 1, mean), rel=1e-8, abs=1e-290)


@given(count=st.integers(0, 300), mean=MEANS, size=st.floats(0.05, 500))
def test_it_is_the_negative_binomials(count: int, mean: float, size: float) -> None:
    expected = nbinom.sf(count - 1, size, size / (size + mean))
    assert tail(count, mean, size) == pytest.approx(expected, rel=1e-6, abs=1e-290)


def test_more_is_never_likelier() -> None:
    chances = [tail(count, 3.5, 2.0) for count in range(60)]
    assert chances == sorted(chances, reverse=True)
    assert chances[0] == 1.0


def test_where_nothing_is_expected_something_is_impossible() -> None:
    assert (tail(0, 0.0, 1.0), tail(1, 0.0, 1.0)) == (1.0, 0.0)
