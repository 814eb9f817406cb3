"""Limits in hours end at the millisecond that a contract would hold."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.scenarios.brook import brook

from hub.citypack.limits import LimitInForce
from hub.citypack.worktime import millis_of
from hub.contracts.cases import Clock, ClockKind
from hub.contracts.fields import LimitLayer

OPENED = datetime(2026, 3, 2, 8, 0, 0, 7_000, tzinfo=UTC)


def _end(hours: float) -> datetime:
    return brook().due_after(OPENED, LimitInForce(millis_of(hours), False, 0.75, LimitLayer.DEFAULT))


@given(st.floats(0.01, 10_000))
@example(0.29)
@example(1.13)
def test_a_limit_in_parts_of_an_hour_is_cut_as_the_contract_cuts_it(hours: float) -> None:
    checked = Clock(kind=ClockKind.SIGN_FOR, warn_at=None, due=OPENED + timedelta(hours=hours))

    assert _end(hours) == checked.due


def test_a_limit_beyond_all_time_is_refused() -> None:
    with pytest.raises(ValueError, match="2100"):
        _end(1e6)
