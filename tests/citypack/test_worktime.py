"""Working time: laws that hold for every calendar, and days worked out by hand."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.calendar import Calendar, Holiday, WorkHours
from hub.citypack.load import load_city
from hub.citypack.worktime import WorkTime, millis_of

BEIJING = ZoneInfo("Asia/Shanghai")
BOSTON = ZoneInfo("America/New_York")


def hours(*stretches: tuple[int, int]) -> tuple[WorkHours, ...]:
    return tuple(WorkHours(start=time(start), end=time(end % 24)) for start, end in stretches)


OFFICE = WorkTime(Calendar(work_start=time(9), work_end=time(17)), "America/New_York")
LUNCH = WorkTime(
    Calendar(hours=hours((9, 12), (14, 18)), weekday_hours={5: hours((9, 12))}, weekend=(7,)),
    "Asia/Shanghai",
)
NIGHT = WorkTime(Calendar(hours=hours((0, 6), (22, 24)), weekend=()), "America/New_York")
ALWAYS = WorkTime(Calendar(hours=hours((0, 24)), weekend=()), "America/New_York")

worktimes = st.sampled_from(
    (OFFICE, LUNCH, NIGHT, load_city("beijing").worktime, load_city("boston").worktime)
)
EPOCH = datetime(2014, 12, 1, tzinfo=UTC)
instants = st.integers(0, 12 * 366 * 86_400_000).map(lambda at: EPOCH + timedelta(milliseconds=at))
millis = st.integers(1, 400 * 8 * 3_600_000)


@given(worktimes, instants, millis)
def test_what_was_added_lies_between(worktime: WorkTime, start: datetime, passed: int) -> None:
    assert worktime.between(start, worktime.add_millis(start, passed)) == timedelta(milliseconds=passed)


@given(worktimes, instants, instants)
def test_adding_what_lies_between_leads_to_the_end_but_for_time_off(
    worktime: WorkTime, a: datetime, b: datetime
) -> None:
    start, end = min(a, b), max(a, b)
    worked = worktime.between(start, end) // timedelta(milliseconds=1)
    assert worktime.between(worktime.add_millis(start, worked), end) == timedelta(0)


def test_what_ends_with_the_day_may_end_at_the_next_opening() -> None:
    at_opening = WorkTime(
        Calendar(work_start=time(8, 30), work_end=time(17), ends_at_opening=True), "America/New_York"
    )
    friday = datetime(2015, 6, 5, 20, tzinfo=BOSTON)
    assert at_opening.add(friday, 8.5) == datetime(2015, 6, 9, 8, 30, tzinfo=BOSTON)
    assert at_opening.add(friday, 8) == datetime(2015, 6, 8, 16, 30, tzinfo=BOSTON)
    # The year's last day of work leads into the next year.
    assert at_opening.add(datetime(2015, 12, 31, 8, 30, tzinfo=BOSTON), 8.5) == datetime(
        2016, 1, 1, 8, 30, tzinfo=BOSTON
    )


@given(worktimes, instants, millis, millis)
def test_working_time_adds_up(worktime: WorkTime, start: datetime, first: int, then: int) -> None:
    in_steps = worktime.add_millis(worktime.add_millis(start, first), then)
    assert in_steps == worktime.add_millis(start, first + then)


@given(worktimes, instants, instants, millis)
def test_a_later_start_is_never_over_sooner(
    worktime: WorkTime, a: datetime, b: datetime, passed: int
) -> None:
    assert worktime.add_millis(min(a, b), passed) <= worktime.add_millis(max(a, b), passed)


@given(worktimes, instants, instants, instants)
def test_parts_make_the_whole(worktime: WorkTime, a: datetime, b: datetime, c: datetime) -> None:
    assert worktime.between(a, b) + worktime.between(b, c) == worktime.between(a, c)


@given(instants, instants)
def test_without_any_rest_working_time_is_time(a: datetime, b: datetime) -> None:
    assert ALWAYS.between(a, b) == b - a


# 2025: 春节 from 28 January to 4 February; Sunday 26 January and Saturday 8 February are worked 调休.


@pytest.mark.parametrize(
    ("start", "working_hours", "end"),
    [
        # From Friday 24 January 16:00: 2 h that day, 9 h on the make-up Sunday, 9 h on Monday 27.
        ((1, 24, 16), 11, (1, 26, 18)),
        ((1, 24, 16), 12, (1, 27, 10)),
        ((1, 27, 17), 2, (2, 5, 10)),
        # The Saturday before the make-up Sunday is free.
        ((1, 25, 12), 1, (1, 26, 10)),
        # New Year's eve is a holiday; four days of work follow it, and the fourth is Saturday 8 February.
        ((1, 28, 9), 36, (2, 8, 18)),
        ((1, 28, 9), 36.5, (2, 10, 9, 30)),
    ],
)
def test_spring_festival_in_beijing(
    start: tuple[int, int, int], working_hours: float, end: tuple[int, ...]
) -> None:
    worktime = load_city("beijing").worktime
    begun = datetime(2025, *start, tzinfo=BEIJING)
    due = datetime(2025, *end, tzinfo=BEIJING)  # type: ignore[arg-type, misc]  # month, day, hour, minute
    assert worktime.add(begun, working_hours) == due


def test_the_clocks_go_forward_in_boston() -> None:
    # Sunday 8 March 2015, 02:00: Friday 16:00 EST is 21:00 UTC, Monday 9:00 EDT is 13:00 UTC.
    friday = datetime(2015, 3, 6, 16, tzinfo=BOSTON)
    assert OFFICE.add(friday, 2) == datetime(2015, 3, 9, 14, tzinfo=UTC)
    # 22:00 to 24:00 and 0:00 to 6:00 of that night: seven hours, because there is no hour from 2:00 to 3:00.
    night = datetime(2015, 3, 7, 22, tzinfo=BOSTON).astimezone(UTC)
    assert NIGHT.between(night, datetime(2015, 3, 8, 6, tzinfo=BOSTON).astimezone(UTC)) == timedelta(hours=7)


def test_the_clocks_go_back_in_boston() -> None:
    night = datetime(2015, 10, 31, 22, tzinfo=BOSTON).astimezone(UTC)
    morning = datetime(2015, 11, 1, 6, tzinfo=BOSTON).astimezone(UTC)
    assert NIGHT.between(night, morning) == timedelta(hours=9)
    assert NIGHT.add(night, 8.5) == morning - timedelta(minutes=30)


def test_a_stretch_that_begins_in_the_hour_that_there_is_not() -> None:
    worktime = WorkTime(
        Calendar(
            hours=(WorkHours(start=time(1), end=time(2, 45)), WorkHours(start=time(3), end=time(4))),
            weekend=(),
        ),
        "America/New_York",
    )
    day = datetime(2015, 3, 8, tzinfo=BOSTON).astimezone(UTC)
    # One hour until the clocks go forward, then from 3:00 to 4:00.
    assert worktime.between(day, day + timedelta(hours=6)) == timedelta(hours=2)


def test_a_lunch_break_and_a_short_friday() -> None:
    thursday = datetime(2026, 3, 5, 11, tzinfo=BEIJING)
    assert LUNCH.add(thursday, 1) == datetime(2026, 3, 5, 12, tzinfo=BEIJING)
    assert LUNCH.add(thursday, 2) == datetime(2026, 3, 5, 15, tzinfo=BEIJING)
    assert LUNCH.add(thursday, 6) == datetime(2026, 3, 6, 10, tzinfo=BEIJING)
    assert LUNCH.add(thursday, 9) == datetime(2026, 3, 7, 10, tzinfo=BEIJING)
    assert LUNCH.working_day_hours == 7


def test_what_ends_with_the_day_ends_there() -> None:
    morning = datetime(2015, 6, 1, 9, tzinfo=BOSTON)
    assert OFFICE.add(morning, 8) == datetime(2015, 6, 1, 17, tzinfo=BOSTON)
    assert OFFICE.add(morning, 8 + 1 / 1_000) == datetime(2015, 6, 2, 9, 0, 3, 600_000, BOSTON)
    assert OFFICE.add(morning, 0) == morning


def test_only_working_time_is_working() -> None:
    assert OFFICE.is_working(datetime(2015, 6, 1, 9, tzinfo=BOSTON))
    assert not OFFICE.is_working(datetime(2015, 6, 1, 17, tzinfo=BOSTON))
    assert not OFFICE.is_working(datetime(2015, 6, 6, 12, tzinfo=BOSTON))


def test_a_make_up_day_has_the_hours_of_its_weekday() -> None:
    calendar = Calendar(
        weekday_hours={6: hours((10, 14))},
        holidays=(Holiday(day=date(2026, 1, 1), name="New Year"),),
        workdays=(date(2026, 1, 3),),
    )
    saturday = datetime(2026, 1, 3, tzinfo=BEIJING)
    worktime = WorkTime(calendar, "Asia/Shanghai")
    assert worktime.between(saturday, saturday + timedelta(days=1)) == timedelta(hours=4)
    assert not worktime.works_on(date(2026, 1, 1))


def test_limits_beyond_all_time_and_below_none_are_refused() -> None:
    start = datetime(2026, 1, 5, 9, tzinfo=UTC)
    with pytest.raises(ValueError, match="2100"):
        OFFICE.add(start, 1e6)
    with pytest.raises(ValueError, match="negative"):
        OFFICE.add(start, -1)
    with pytest.raises(ValueError, match="negative"):
        millis_of(-0.5)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"hours": [{"start": "12:00", "end": "09:00"}]}, "later than start"),
        ({"hours": [{"start": "09:00", "end": "12:00"}, {"start": "11:00", "end": "18:00"}]}, "has ended"),
        ({"hours": [{"start": "09:00", "end": "00:00"}, {"start": "11:00", "end": "18:00"}]}, "has ended"),
        ({"work_start": "09:00", "hours": [{"start": "09:00", "end": "12:00"}]}, "leave out work_start"),
        ({"weekday_hours": {"8": [{"start": "09:00", "end": "12:00"}]}}, "1 \\(Monday\\)"),
        ({"weekday_hours": {"5": []}}, "each with hours"),
    ],
)
def test_hours_that_make_no_sense_are_refused(written: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        Calendar.model_validate(written)
