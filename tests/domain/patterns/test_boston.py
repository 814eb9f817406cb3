"""Boston's half year of real requests: its record snow is found untold, and plans that never were are not."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.domain.patterns.boston import TICKETS, boston, boston_days

from hub.citypack.pattern_rules import EffectRules, TopicRules
from hub.domain.patterns.effect import Effect, Weeks, measure, weekly
from hub.domain.patterns.groups import at_depth, compared_with
from hub.domain.patterns.months import Month
from hub.domain.patterns.topics import rank_topics


@pytest.fixture(scope="module")
def leading(shared_data: Callable[[str], Path]) -> Callable[[int, int | None], list[str]]:
    days = boston_days(shared_data(TICKETS))

    def ten(month: int, depth: int | None) -> list[str]:
        ranking = rank_topics(TopicRules(), days, Month(2015, month), at_depth(boston(), depth))
        return [topic.category for topic in ranking.topics[:10]]

    return ten


def test_february_is_about_snow(leading: Callable[[int, int | None], list[str]]) -> None:
    ten = leading(2, None)
    assert ten[0] == "administrative-general-requests.misc-snow-complaint"
    assert "street-cleaning.request-for-snow-plowing-emergency-responder" in ten[:5]
    assert "highway-maintenance.empty-litter-basket" in ten[:5]
    groups = leading(2, 2)
    assert groups[0] == "public-works-department.administrative-general-requests"
    assert "public-works-department.street-cleaning" in groups[:5]


def test_may_is_not(leading: Callable[[int, int | None], list[str]]) -> None:
    assert not [category for category in leading(5, None) if "snow" in category]


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
