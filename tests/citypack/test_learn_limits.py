"""A calendar and limits are found again in deadlines that were made by them, noise and all."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from tests.citypack.labelled import FACTS, START, Told, table

from hub.citypack.calendar import Calendar, Holiday
from hub.citypack.learn.learned_limits import learn_elapsed, learn_from, learn_with, limit_rows, parted
from hub.citypack.learn.limits import FEWEST_TICKETS
from hub.citypack.learn.profile import load_profile
from hub.citypack.learn.promises import Promises, WorkedSeconds
from hub.citypack.learn.read_tickets import read_tickets
from hub.citypack.learn.working_hours import FOUND, learn_calendar
from hub.citypack.load import find_pack, load_city
from hub.citypack.worktime import WorkTime
from hub.cli import main
from hub.contracts.cases import ClockKind
from hub.contracts.fields import LimitLayer, Urgency
from hub.errors import HubError

HELD = (date(2015, 1, 19), date(2015, 2, 16))
"""Mondays off; the second is not known to the profile."""
REAL = Calendar(
    work_start=time(8, 30),
    work_end=time(16, 30),
    years=(2015,),
    holidays=tuple(Holiday(day=day, name="Holiday") for day in HELD),
    ends_at_opening=True,
)
GIVEN = Calendar(
    years=(2015,),
    holidays=(Holiday(day=HELD[0], name="Holiday"), Holiday(day=date(2015, 2, 3), name="Not kept")),
)
LAMP, HOLE, HEAT = ("Works", "Street", "Lamp"), ("Works", "Street", "Hole"), ("Works", "Homes", "Heat")
LIMITS = {LAMP: 80.0, HOLE: 8.0}


def silent(_: str, __: float) -> None:
    """Nobody waits."""


@pytest.fixture(scope="module")
def promises() -> Promises:
    return Promises.of(table(*_told()))


def _told() -> Iterator[Told]:
    """Three months: lamps have ten working days, holes one, heat two plain days; one in ten errs."""
    chance, worktime = Random(5), WorkTime(REAL, "UTC")
    for _ in range(3_000):
        hour = round(chance.uniform(0, 24 * 90), 2)
        path = chance.choice((LAMP, HOLE, HEAT))
        opened = START + timedelta(hours=hour)
        due = worktime.add(opened, LIMITS[path]) if path in LIMITS else opened + timedelta(hours=48)
        error = chance.uniform(100, 900) if chance.random() < 0.1 else 0.0
        yield Told(hour, path=path, due=(due - START) / timedelta(hours=1) + error)
    yield Told(5.0, path=("Works", "Street", "Rare"), due=30.0)
    yield Told(6.0, path=LAMP)


def test_the_calendar_is_found(promises: Promises) -> None:
    found = learn_calendar(promises, GIVEN, "UTC", silent)
    assert (found.work_start, found.work_end, found.ends_at_opening) == (time(8, 30), time(16, 30), True)
    assert found.weekend == (6, 7)
    assert [(each.day, each.name) for each in found.holidays] == [(HELD[0], "Holiday"), (HELD[1], FOUND)]


def test_one_limit_per_category_is_found(promises: Promises) -> None:
    learned = learn_from(promises, FACTS.model_copy(update={"calendar": GIVEN}), silent)
    found = {limit.path: (limit.seconds / 3600, limit.working) for limit in learned.written().limits}
    assert found == {LAMP: (80.0, True), HOLE: (8.0, True), HEAT: (48.0, False)}
    fit = learned.written().judge(promises)
    assert fit.tickets == len(promises) == 3_001
    assert 0.85 <= fit.near / fit.tickets <= 0.95
    assert fit.near > 1.3 * learn_elapsed(promises, FACTS).judge(promises).near


def test_a_category_with_few_deadlines_has_no_row(promises: Promises) -> None:
    learned = learn_from(promises, FACTS, silent)
    rare = next(limit for limit in learned.limits if limit.path[-1] == "Rare")
    assert rare.fit.tickets < FEWEST_TICKETS
    assert not rare.speaks
    rows = limit_rows(learned.written().limits, lambda path: path[-1].lower())
    assert [row.category for row in rows] == ["heat", "hole", "lamp"]
    assert {row.kind for row in rows} == {ClockKind.RESOLVE}


seconds = st.integers(0, 2 * 366 * 86_400)
rows = st.lists(st.tuples(seconds, seconds, st.integers(1, 400 * 3600)), min_size=1, max_size=20)


@given(rows, st.booleans())
def test_columns_of_working_time_are_as_working_time_is(
    rows: list[tuple[int, int, int]], at_opening: bool
) -> None:
    calendar = REAL.model_copy(update={"ends_at_opening": at_opening})
    worktime = WorkTime(calendar, "America/New_York")
    columns = WorkedSeconds(calendar, "America/New_York", range(2014, 2019))
    for start, end, worked in rows:
        begun, ended = (START + timedelta(seconds=after) for after in (start, end))
        first, last = (np.array([int(at.timestamp())]) for at in (begun, ended))
        assert columns.between(first, last)[0] == worktime.between(begun, ended) / timedelta(seconds=1)
        added = datetime.fromtimestamp(int(columns.add(first, worked)[0]), UTC)
        assert added == worktime.add_millis(begun, worked * 1000)


def test_tickets_without_deadlines_teach_nothing() -> None:
    with pytest.raises(HubError, match="No ticket of the file has a deadline"):
        parted(Promises.of(table(Told())), None)


def test_a_day_before_all_deadlines_leaves_nothing_to_learn(promises: Promises) -> None:
    with pytest.raises(HubError, match="before that day"):
        parted(promises, int(START.timestamp()) - 1)
    with pytest.raises(HubError, match="on or after that day"):
        parted(promises, int(START.timestamp()) + 400 * 86_400)


# The real thing: Boston's own deadlines, from the calendar that the law gives its city hall.

LEGAL = Calendar.model_validate(
    {
        "work_start": "09:00",
        "work_end": "17:00",
        "years": [2015],
        "holidays": [
            {"day": "2015-01-01", "name": "New Year's Day"},
            {"day": "2015-01-19", "name": "Martin Luther King Day"},
            {"day": "2015-02-16", "name": "Presidents' Day"},
            {"day": "2015-03-17", "name": "Evacuation Day"},
            {"day": "2015-04-20", "name": "Patriots' Day"},
            {"day": "2015-05-25", "name": "Memorial Day"},
            {"day": "2015-06-17", "name": "Bunker Hill Day"},
        ],
    }
)
TICKETS = "tickets/boston311-2015-h1.csv.gz"
FIRST_OF_MAY = 1_430_452_800  # midnight in Boston


@pytest.fixture(scope="module")
def boston(shared_data: Callable[[str], Path]) -> Promises:
    return Promises.of(read_tickets(shared_data(TICKETS).read_bytes(), load_profile("boston311")))


def test_bostons_deadlines_are_found_again_and_later_ones_foretold(boston: Promises) -> None:
    facts = load_profile("boston311").facts.model_copy(update={"calendar": LEGAL})
    known, later = parted(boston, FIRST_OF_MAY)
    learned = learn_from(known, facts, silent)
    calendar = learned.calendar
    assert (calendar.work_start, calendar.work_end, calendar.ends_at_opening) == (time(8, 30), time(17), True)
    dropped = {each.day for each in LEGAL.holidays} - {each.day for each in calendar.holidays}
    assert dropped == {date(2015, 3, 17), date(2015, 6, 17)}
    assert len(boston) == 43_592
    same, foretold = (learned.written().judge(part) for part in (known, later))
    assert same.near / same.tickets >= 0.90
    assert foretold.near / foretold.tickets >= 0.85
    everything = learn_with(boston, calendar, facts.timezone).written().judge(boston)
    assert everything.near / everything.tickets >= 0.915


def test_the_command_writes_limits_that_boston_runs_by(
    shared_data: Callable[[str], Path], tmp_path: Path
) -> None:
    pack = tmp_path / "boston"
    shutil.copytree(str(find_pack("boston")), pack)
    arguments = ["--profile", "boston311", "--out", str(pack), "--until", "2015-05-01"]
    done = CliRunner().invoke(main, ["city", "learn-limits", str(shared_data(TICKETS)), *arguments])
    assert done.exit_code == 0, done.output
    assert "later, not learned from" in done.stdout
    city = load_city(pack)
    lamp = city.category_of("Public Works Department/Street Lights/Street Light Outages")
    assert lamp is not None
    limit = city.limit_of(ClockKind.RESOLVE, lamp.code, Urgency.UNKNOWN)
    assert limit is not None
    assert (limit.hours, limit.working, limit.layer) == (85, True, LimitLayer.CATEGORY_ROW)
    # The first street lamp of the year, told on 1 January at 0:25, was due on the 16th at 8:30.
    opened = datetime(2015, 1, 1, 0, 25, 23, tzinfo=ZoneInfo("America/New_York"))
    assert city.due_after(opened, limit) == datetime(2015, 1, 16, 13, 30, tzinfo=UTC)
