"""Limits in hours end at the millisecond that a contract would hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.citypack.model import Limits
from hub.contracts.cases import Clock, ClockKind
from hub.domain.deadlines import sign_for_clock

OPENED = datetime(2026, 3, 2, 8, 0, 0, 7_000, tzinfo=UTC)


@given(st.floats(0.01, 10_000))
@example(0.29)
@example(1.13)
def test_a_limit_in_parts_of_an_hour_is_cut_as_the_contract_cuts_it(hours: float) -> None:
    checked = Clock(kind=ClockKind.SIGN_FOR, warn_at=None, due=OPENED + timedelta(hours=hours))

    (clock,) = sign_for_clock(Limits(sign_for_h=hours, resolve_h=None), OPENED, OPENED)

    assert clock.due == checked.due


def test_a_category_without_a_limit_has_no_clock() -> None:
    assert sign_for_clock(Limits(sign_for_h=None, resolve_h=None), OPENED, OPENED) == ()


def test_a_limit_beyond_all_time_is_refused() -> None:
    with pytest.raises(ValueError, match="2100"):
        sign_for_clock(Limits(sign_for_h=1e6, resolve_h=None), OPENED, OPENED)
