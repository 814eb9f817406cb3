"""Which closed cases are looked at again: drawn by the number of the case alone."""

from __future__ import annotations

import pytest

from hub.domain.endings import drawn

IDS = tuple(f"110101001-2603{day:02}-{number:010x}" for day in range(1, 29) for number in range(400))


def test_the_lot_of_a_case_never_changes() -> None:
    assert drawn("MILL-260302-0123456789") == pytest.approx(0.28972, abs=1e-5)


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_as_many_are_drawn_as_the_city_says(share: float) -> None:
    lots = [drawn(case_id) for case_id in IDS]
    assert all(0 <= lot < 1 for lot in lots)
    assert sum(lot < share for lot in lots) / len(lots) == pytest.approx(share, abs=0.01)


def test_a_smaller_share_draws_among_those_of_a_larger_one() -> None:
    assert {one for one in IDS if drawn(one) < 0.05} < {one for one in IDS if drawn(one) < 0.1}
