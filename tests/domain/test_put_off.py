"""Limits put off by a pause: what was left before is left afterwards, of the limit and until its warning."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.brook import brook

from hub.contracts.cases import Case, ClockKind, Member, Stage
from hub.contracts.fields import Feed, Urgency
from hub.domain.clocks import put_off, settled
from hub.domain.plans import plan_of

OPENED = datetime(2026, 3, 2, 8, tzinfo=UTC)
MINUTES = st.integers(0, 60 * 24 * 21).map(lambda number: timedelta(minutes=number))


def _case(category: str) -> Case:
    """A case in work: noise has 8 hours, paving 16 working hours, which are two days."""
    city = brook()
    limit = city.limit_of(ClockKind.RESOLVE, category, Urgency.GENERAL)
    assert limit is not None
    member = Member(
        source="call-centre", source_id="T-1", feed=Feed.HOTLINE, category=category, urgency=Urgency.GENERAL,
        town="MILL", cell=None, point=None, site=None, time=OPENED, due=city.due_after(OPENED, limit),
        closed=None, met=None,
    )  # fmt: skip
    return Case(
        case_id="MILL-1", seq=0, town="MILL", cell=None, category=category, urgency=Urgency.GENERAL,
        stage=Stage.IN_WORK, opened=OPENED, changed=OPENED, since=OPENED, lead_unit="mill",
        assist_units=(), catalogue_row=category, members=(member,), clocks=(),
        plan=plan_of(city, category, Urgency.GENERAL, "mill"),
    )  # fmt: skip


def _due(case: Case) -> datetime:
    due = case.members[0].due
    assert due is not None
    return due


def _warns(case: Case, now: datetime) -> datetime | None:
    """When the limit to resolve warns of a case that is in work from now on."""
    (clock,) = (c for c in settled(brook(), case, case, now).clocks if c.kind is ClockKind.RESOLVE)
    return clock.warn_at


@given(MINUTES, MINUTES)
def test_what_was_left_in_calendar_time_is_left(begins: timedelta, length: timedelta) -> None:
    case, start = _case("noise"), OPENED + begins
    after = put_off(brook(), case, start, start + length)
    assert _due(after) - _due(case) == length
    before, warns = _warns(case, start), _warns(after, start + length)
    assert (warns is None) == (before is None)
    assert before is None or warns == before + length


@given(MINUTES, MINUTES)
def test_what_was_left_in_working_time_is_left(begins: timedelta, length: timedelta) -> None:
    case, start, works = _case("paving"), OPENED + begins, brook().worktime
    end = start + length
    after = put_off(brook(), case, start, end)
    rested = works.between(start, end)
    assert works.between(_due(case), _due(after)) == rested
    before, warns = _warns(case, start), _warns(after, end)
    assert (warns is None) == (before is None)
    if before is not None and warns is not None:
        assert works.between(end, warns) == works.between(start, before)


@given(MINUTES, MINUTES, MINUTES)
def test_two_pauses_are_as_one_as_long_as_both(
    begins: timedelta, first: timedelta, second: timedelta
) -> None:
    case, start = _case("noise"), OPENED + begins
    middle, end = start + first, start + first + second
    twice = put_off(brook(), put_off(brook(), case, start, middle), middle, end)
    assert twice.members == put_off(brook(), case, start, end).members


def test_what_was_missed_or_closed_is_not_put_off() -> None:
    case = _case("noise")
    (member,) = case.members
    missed = member.model_copy(update={"met": False})
    closed = member.model_copy(update={"closed": OPENED, "met": True})
    over = case.model_copy(update={"members": (missed, closed)})
    assert put_off(brook(), over, OPENED, OPENED + timedelta(hours=5)).members == over.members
