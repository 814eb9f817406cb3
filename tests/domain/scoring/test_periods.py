"""Days, weeks and months by name."""

from __future__ import annotations

from datetime import date

import pytest

from hub.domain.scoring.periods import Period, PeriodKind


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("2015-03-02", date(2015, 3, 2), date(2015, 3, 2)),
        ("2015-W10", date(2015, 3, 2), date(2015, 3, 8)),
        ("2015-W53", date(2015, 12, 28), date(2016, 1, 3)),
        ("2015-02", date(2015, 2, 1), date(2015, 2, 28)),
        ("2016-02", date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-12", date(2015, 12, 1), date(2015, 12, 31)),
    ],
)
def test_a_period_has_a_first_and_a_last_day(name: str, first: date, last: date) -> None:
    period = Period.named(name)
    assert (period.name, period.first, period.last) == (name, first, last)
    assert period.holds(first.isoformat())
    assert period.holds(last.isoformat())
    days = list(period.days())
    assert (days[0], days[-1]) == (first.isoformat(), last.isoformat())
    assert len(days) == (last - first).days + 1


@pytest.mark.parametrize(
    "name", ["2015", "2015-13", "2015-W54", "2014-W53", "2015-2", "20150302", "soon", ""]
)
def test_what_is_no_period_is_refused(name: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the calendar words it
        Period.named(name)


def test_a_day_lies_in_its_week_and_month() -> None:
    assert Period.of("2016-01-01", PeriodKind.WEEK).name == "2015-W53"
    assert Period.of("2016-01-01", PeriodKind.MONTH).name == "2016-01"
    assert Period.of("2016-01-01", PeriodKind.DAY).name == "2016-01-01"
    assert not Period.of("2016-01-01", PeriodKind.MONTH).holds("2016-02-01")
