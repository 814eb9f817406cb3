"""Limits in force: which layer of a pack answers, and when a limit is over."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.limits import DEFAULT_HOURS, LIMIT_KINDS, LimitTable, layer_of
from hub.citypack.load import load_city
from hub.citypack.model import Category, LimitRow, Limits, UnitLevel
from hub.citypack.tree import Tree
from hub.contracts.cases import ClockKind
from hub.contracts.fields import LimitLayer, Urgency

CATEGORIES = (
    Category(code="water", name="Water", urgency=Urgency.UTILITY),
    Category(code="burst", name="Burst", parent="water", limits=Limits(resolve_h=12, warn_share=0.5)),
    Category(code="dry", name="No water", parent="water"),
    Category(code="noise", name="Noise"),
)
BY_URGENCY = {
    Urgency.GENERAL: Limits(),
    Urgency.UTILITY: Limits(sign_for_h=2, resolve_h=24, working=True),
    Urgency.LIFE: Limits(sign_for_h=1, resolve_h=2),
}
RESOLVE = ClockKind.RESOLVE


def table(*rows: LimitRow) -> LimitTable:
    return LimitTable(rows, Tree(CATEGORIES, BY_URGENCY))


TOWN, LIFE = UnitLevel.TOWN, Urgency.LIFE

LADDER = (
    LimitRow(kind=RESOLVE, category="dry", urgency=LIFE, level=TOWN, hours=1),
    LimitRow(kind=RESOLVE, category="dry", urgency=LIFE, hours=2),
    LimitRow(kind=RESOLVE, category="dry", level=TOWN, hours=3),
    LimitRow(kind=RESOLVE, category="dry", hours=4),
    LimitRow(kind=RESOLVE, category="water", urgency=LIFE, level=TOWN, hours=5),
    LimitRow(kind=RESOLVE, category="water", urgency=LIFE, hours=6),
    LimitRow(kind=RESOLVE, category="water", level=TOWN, hours=7),
    LimitRow(kind=RESOLVE, category="water", hours=8),
    LimitRow(kind=RESOLVE, urgency=LIFE, level=TOWN, hours=9),
    LimitRow(kind=RESOLVE, urgency=LIFE, hours=10),
)
"""What answers for no water, life in danger, at a town: the first of what there is."""


@pytest.mark.parametrize("gone", range(len(LADDER)))
def test_the_most_specific_row_answers(gone: int) -> None:
    assert table(*LADDER[gone:]).answer(RESOLVE, "dry", LIFE, TOWN).row == LADDER[gone]


def test_a_category_speaks_before_its_parents_rows_and_after_its_own() -> None:
    own = LimitRow(kind=RESOLVE, category="burst", hours=1)
    assert table(*LADDER).answer(RESOLVE, "burst", LIFE, TOWN).layer is LimitLayer.CATEGORY
    assert table(own, *LADDER).answer(RESOLVE, "burst", LIFE, TOWN).row == own


def test_rows_of_level_and_kind_speak_where_the_urgency_is_silent() -> None:
    by_level = LimitRow(kind=RESOLVE, level=TOWN, hours=11)
    by_kind = LimitRow(kind=RESOLVE, hours=12)
    answer = table(by_level, by_kind).answer
    assert answer(RESOLVE, "dry", LIFE, TOWN).layer is LimitLayer.URGENCY
    assert answer(RESOLVE, "noise", Urgency.GENERAL, TOWN).row == by_level
    assert answer(RESOLVE, "noise", Urgency.GENERAL, None).row == by_kind


def test_a_parent_answers_for_a_category_that_says_nothing_of_the_kind() -> None:
    # The category's own limits answer for both kinds, and say that none runs to sign for it.
    assert table().answer(ClockKind.SIGN_FOR, "burst", LIFE, None).limit is None
    row = LimitRow(kind=ClockKind.REVIEW, category="water", hours=6)
    found = table(row).answer(ClockKind.REVIEW, "burst", Urgency.LIFE, UnitLevel.CITY)
    assert (found.row, found.layer) == (row, LimitLayer.CATEGORY_ROW)


def test_an_unknown_urgency_is_that_of_the_category() -> None:
    found = table().answer(RESOLVE, "water", Urgency.UNKNOWN, None).limit
    assert found is not None
    assert (found.hours, found.working, found.layer) == (24, True, LimitLayer.URGENCY)


def test_a_row_without_hours_says_that_no_limit_runs() -> None:
    row = LimitRow(kind=ClockKind.CALLBACK, category="noise")
    answer = table(row).answer(ClockKind.CALLBACK, "noise", Urgency.GENERAL, None)
    assert (answer.limit, answer.layer) == (None, LimitLayer.CATEGORY_ROW)


@pytest.mark.parametrize("kind", LIMIT_KINDS)
def test_what_nobody_says_is_built_in(kind: ClockKind) -> None:
    limit = table().answer(kind, "noise", Urgency.GENERAL, UnitLevel.CITY).limit
    if kind in (ClockKind.SIGN_FOR, RESOLVE):
        assert limit is None
    else:
        assert limit is not None
        assert (limit.hours, limit.working, limit.layer) == (DEFAULT_HOURS[kind], False, LimitLayer.DEFAULT)


def test_every_layer_of_a_row_has_its_name() -> None:
    rows = [
        LimitRow(kind=RESOLVE, category=category, urgency=urgency, level=level)
        for category in (None, "noise")
        for urgency in (None, Urgency.LIFE)
        for level in (None, UnitLevel.TOWN)
    ]
    assert len({layer_of(row) for row in rows}) == 8


CITY = load_city("beijing")


@given(st.floats(0.01, 10_000))
def test_calendar_hours_end_at_the_millisecond_of_the_contract(hours: float) -> None:
    row = LimitRow(kind=RESOLVE, category="noise", hours=hours)
    limit = table(row).answer(RESOLVE, "noise", Urgency.GENERAL, None).limit
    start = datetime(2026, 3, 2, 8, 0, 0, 7_000, tzinfo=UTC)
    assert limit is not None
    exact = start + timedelta(hours=hours)
    assert CITY.due_after(start, limit) == exact - timedelta(microseconds=exact.microsecond % 1000)


def test_a_working_limit_warns_after_its_share_of_working_time() -> None:
    row = LimitRow(kind=RESOLVE, category="noise", hours=8, working=True)
    limit = table(row).answer(RESOLVE, "noise", Urgency.GENERAL, None).limit
    assert limit is not None
    # Friday 15:00 in Beijing: three hours are left of it.
    start = datetime(2026, 3, 6, 7, tzinfo=UTC)
    assert CITY.warn_after(start, limit) == datetime(2026, 3, 9, 4, tzinfo=UTC)
    assert CITY.due_after(start, limit) == datetime(2026, 3, 9, 6, tzinfo=UTC)
