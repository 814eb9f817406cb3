"""Months of the calendar, and which of them are known whole."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hub.domain.patterns.months import Month, whole_months


@given(day=st.dates(date(2000, 1, 1), date(2099, 12, 31)), steps=st.integers(-40, 40))
def test_months_step_there_and_back(day: date, steps: int) -> None:
    month = Month.of(day)
    assert month.plus(steps).plus(-steps) == month
    assert month.first <= day <= month.last
    assert month.last + timedelta(days=1) == month.plus(1).first
    assert month.days == (month.last - month.first).days + 1


def test_only_whole_months_are_known() -> None:
    days = [date(2014, 12, 31), date(2015, 1, 1), date(2015, 2, 7), date(2015, 4, 29)]
    assert [str(month) for month in whole_months(days)] == ["2015-01", "2015-02"]  # nothing of March is known
    assert whole_months([date(2015, 2, 1), date(2015, 2, 28)]) == (Month(2015, 2),)
    assert whole_months([]) == ()
