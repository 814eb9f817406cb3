"""The record snow of 2015 is in Boston's warnings, without anybody having told of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.domain.warnings.boston import warnings_of

from hub.citypack.load import load_city

SNOW = ("misc-snow-complaint", "request-for-snow-plowing", "space-savers", "snow-removal")
BASKETS = "highway-maintenance.empty-litter-basket"
WINTER, FEBRUARY = range(1, 4), 2


@pytest.mark.soak
@pytest.mark.timeout(600)
def test_the_snow_of_2015_is_warned_of(shared_data: Callable[[str], Path]) -> None:
    found = warnings_of(load_city("boston"), shared_data("tickets/boston311-2015-h1.csv.gz")).values()
    snow = [one for one in found if any(part in one.category for part in SNOW)]
    assert len(snow) > 15
    assert {one.raised.month for one in snow} <= set(WINTER)
    assert "2015-01-27" in {f"{one.raised:%Y-%m-%d}" for one in snow}
    assert len({one.town for one in snow if one.raised.month == FEBRUARY}) >= 3
    baskets = Counter(one.raised.month for one in found if one.category == BASKETS)
    assert baskets.most_common(1)[0][0] == FEBRUARY
