"""The worked example of docs/warnings.md, step by step, by the formulas and by the code."""

from __future__ import annotations

from datetime import timedelta
from math import log
from pathlib import Path

import pytest
from tests.domain.warnings.watched import MONDAY

from hub.citypack.warning_rules import SurgeRules
from hub.contracts.surges import GroupNorm, GroupTrace, PartitionNorm
from hub.domain.surges.chance import tail
from hub.domain.surges.rates import known_days, rate_of
from hub.domain.surges.season import EMPTY, Season

PAGE = Path(__file__).parents[3] / "docs" / "warnings.md"
RULES = SurgeRules()
NOW = MONDAY + timedelta(days=29)
PARTITION = PartitionNorm(started=MONDAY, updated=NOW, towns=("A", "B"), feeds=(), lost_days=0.0)
GROUP = GroupNorm(level=40.0, updated=NOW, hours=EMPTY)
TOWN = GroupTrace(town="A", group="g", recent=(), level=24.0, updated=NOW, restless=None, due=NOW)


def test_the_code_gives_what_the_page_says() -> None:
    days = 28 / log(2) * (1 - 0.5)
    prior = (40 * 0.5 + 0.3) / (days + 1)
    shape = 24 + 7 * prior
    per_day = shape / (days + 7)
    told_from = 20 / 24
    size = 1 / (1 / shape + 1 / told_from)

    rate = rate_of(RULES, PARTITION, GROUP, TOWN, 0.5, NOW)
    window = Season(GROUP, None).window(NOW.replace(hour=10), timedelta(hours=1))
    assert known_days(RULES, PARTITION, NOW) == pytest.approx(days)
    assert (rate.per_day, rate.size) == pytest.approx((per_day, shape))
    assert window == pytest.approx((1 / 24, told_from))

    expected = per_day / 24
    chances = [tail(others, expected, size) for others in (3, 4)]
    figures = [f"{days:.1f}", f"{prior:.3f}", f"{shape:.1f}", f"{per_day:.2f}", f"{expected:.3f}"]
    figures += [f"{told_from:.3f}", f"{size:.3f}", *(f"{chance:.1e}" for chance in chances)]
    page = PAGE.read_text("utf-8")
    assert [figure for figure in figures if f"**{figure}**" not in page] == []
