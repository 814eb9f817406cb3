"""On Boston's real requests, plans that never were have no effect about as often as the interval says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.domain.patterns.boston import TICKETS, boston, boston_days

from hub.citypack.pattern_rules import EffectRules
from hub.domain.patterns.effect import Effect, Weeks, measure, weekly
from hub.domain.patterns.groups import compared_with


@pytest.mark.parametrize("since", [date(2015, 4, 29), date(2015, 5, 27)], ids=str)
def test_what_nobody_planned_had_no_effect(shared_data: Callable[[str], Path], since: date) -> None:
    weeks = Weeks(since, before=12, after=4)
    counts = weekly(boston_days(shared_data(TICKETS)), weeks)
    measured = []
    for category in sorted(counts):
        group_of = compared_with(boston(), category)
        comparable = {name: row for name, row in counts.items() if group_of(name) == name}
        measured.append(measure(EffectRules(), comparable, category, weeks))
    effects = [one for one in measured if isinstance(one, Effect)]
    assert len(effects) > 40
    assert sum(one.low <= 0 <= one.high for one in effects) >= 0.92 * len(effects)
