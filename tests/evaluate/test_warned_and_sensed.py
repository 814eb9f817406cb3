"""Warnings against troubles, alarms against what was wrong, judged by runs that are written down by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from tests.evaluate.small_life import CATEGORY, HERE, START, at, empty, happens

from hub.citypack.city import City
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.contracts.warnings import Colour, Verdict, Warning, WarningState
from hub.evaluate.figures import alarms, sensors, troubles, warnings
from hub.evaluate.play import Played
from hub.evaluate.sensed import judge_alarms
from hub.evaluate.troubles import troubles_of
from hub.evaluate.warned import JudgedTrouble, judge_warnings
from hub.simulate.truth import Excursion, Fault, FaultKind, Silence

MANY = [1 + number / 10 for number in range(12)]
"""The hours at which twelve citizens complain."""


def warn(played: Played, raised: datetime, *, group: str = CATEGORY, cell: str | None = None) -> Warning:
    city = played.city
    located = city.locate(HERE)
    assert located is not None
    warning = Warning(
        warning_id=f"W{len(played.heard.warnings)}",
        seq=0,
        district=city.district_of(located.town),
        town=located.town,
        cell=cell,
        group=city.affinity_of(group),
        category=group,
        colour=Colour.BLUE,
        score=1,
        began=raised,
        raised=raised,
        changed=raised,
        state=WarningState.ACTIVE,
        verdict=Verdict.UNKNOWN,
        signals=3,
    )
    played.heard.warnings[warning.warning_id] = warning
    return warning


def here(played: Played) -> str:
    located = played.city.locate(HERE)
    assert located is not None
    assert located.cell is not None
    return located.cell


def test_a_warning_in_time_at_the_place_in_the_group_is_right(beijing: City) -> None:
    played = empty(beijing)
    happens(played, "cut", MANY)
    warn(played, at(1.4), cell=here(played))
    judged, must = judge_warnings(played)
    assert [(one.kind, one.strictly, one.fairly) for one in judged] == [("power-cut", True, True)]
    assert must == [JudgedTrouble("power-cut", timedelta(hours=0.4), timedelta(hours=0.5))]
    assert troubles(must)["lead, min"].value == pytest.approx(30)


@pytest.mark.parametrize(
    ("hour", "group", "far"),
    [
        (0.5, CATEGORY, False),  # before it began
        (9.0, CATEGORY, False),  # when it was long over
        (1.4, "water.supply.none", False),
        (1.4, CATEGORY, True),
    ],
)
def test_a_warning_of_another_time_group_or_place_is_wrong(
    beijing: City, hour: float, group: str, far: bool
) -> None:
    played = empty(beijing)
    happens(played, "cut", MANY)
    column, row = here(played).split("-")
    warn(played, at(hour), group=group, cell=f"{int(column) + 20:04d}-{row}" if far else here(played))
    judged, must = judge_warnings(played)
    assert not any(one.fairly for one in judged)
    assert [one.delay for one in must] == [None]
    assert warnings(judged)["precision"].value == troubles(must)["recall"].value == 0


def test_a_few_complaints_are_no_trouble_that_must_be_seen(beijing: City) -> None:
    played = empty(beijing)
    happens(played, "cut", MANY[:6])
    happens(played, "smell", MANY[:3], category="gas.leak.smell", kind="gas-smell")
    warn(played, at(1.3)), warn(played, at(1.3), group="gas.leak.smell")
    judged, must = judge_warnings(played)
    assert not must
    assert [(one.strictly, one.fairly) for one in judged] == [(False, True), (False, False)]


def test_what_a_sensor_shows_may_be_warned_of(beijing: City) -> None:
    played = empty(beijing)
    smell = happens(played, "smell", [1.0, 1.1], category="gas.leak.smell", kind="gas-smell")
    smell.excursions = (Excursion("g", 0, "s", "high", 30.0, at(1), at(2)),)
    warn(played, at(1.2), group="gas.leak.smell")
    judged, _ = judge_warnings(played)
    assert [one.fairly for one in judged] == [True]


def test_a_warning_after_the_last_complaint_is_right_but_too_late(beijing: City) -> None:
    played = empty(beijing)
    happens(played, "cut", MANY)
    warn(played, at(3))
    judged, must = judge_warnings(played)
    assert [one.fairly for one in judged] == [True]
    assert [one.delay for one in must] == [None]


def test_a_storm_is_a_trouble_of_each_town_and_group_and_a_festival_one(beijing: City) -> None:
    played = empty(beijing)
    for number, (category, occasion) in enumerate(
        (
            (CATEGORY, "storm/1/0"),
            (CATEGORY, "storm/1/0"),
            ("water.drainage.blocked", "storm/1/0"),
            ("pollution.noise.square", "festival/1/0"),
            ("road.traffic.jam", "festival/1/0"),
        )
    ):
        kind = occasion.split("/")[0]
        happens(played, f"i{number}", [1], category=category, kind=kind).occasion = occasion
    found = sorted((one.kind, len(one.groups), len(one.complaints)) for one in troubles_of(played))
    assert found == [("festival", 2, 2), ("storm", 1, 1), ("storm", 1, 2)]


def test_matters_of_neighbours_that_stay_apart_are_one_trouble(beijing: City) -> None:
    played = empty(beijing)
    for number in range(3):
        happens(played, f"i{number}", [1], category="heating.supply.cold-home").group = "block"
    assert [len(one.complaints) for one in troubles_of(played)] == [3]


# alarms


def raise_alarm(played: Played, sensor: str, kind: AlarmKind, hour: float) -> None:
    number = len(played.heard.alarms)
    alarm = Alarm(
        alarm_id=f"g/{sensor}/{kind}/{number}",
        gateway="g",
        sensor=sensor,
        kind=kind,
        state=AlarmState.ACTIVE_UNACKED,
        raised=at(hour),
        changed=at(hour),
        value=None,
        limit=None,
        town="110101001",
        cell=None,
    )
    played.heard.alarms[alarm.alarm_id] = alarm


def test_alarms_are_judged_by_what_was_wrong_with_their_sensor(beijing: City) -> None:
    gateway = next(one for one in beijing.gateways.values() if len(one.sensors) > 3)
    first, second, third, fourth = (sensor.id for sensor in gateway.sensors[:4])
    played = empty(beijing)
    cut = happens(played, "cut", MANY)
    cut.excursions = (Excursion(gateway.id, 0, first, "low", 0.1, at(1), at(4)),)
    played.truth.silences.append(Silence(gateway.id, 1, at(2), at(30)))
    played.truth.faults.append(Fault(gateway.id, 2, third, FaultKind.MISSING, 0.0, at(2), at(40)))
    raise_alarm(played, first, AlarmKind.LOW, 1.1)
    raise_alarm(played, first, AlarmKind.LOW, 20)
    raise_alarm(played, second, AlarmKind.SILENT, 3)
    raise_alarm(played, third, AlarmKind.HIGH, 3)
    raise_alarm(played, fourth, AlarmKind.SILENT, 3)
    wrongs, told = judge_alarms(played)
    assert {one.what: one.delay for one in wrongs} == {
        "out of limits": timedelta(hours=0.1),
        "silent": timedelta(hours=1),
        "missing": None,
    }
    assert [one.right for one in told] == [True, False, True, False, False]
    assert sensors(wrongs)["recall"].value == pytest.approx(2 / 3)
    assert alarms(told)["precision"].value == pytest.approx(2 / 5)


def test_what_goes_on_beyond_the_end_need_not_be_told(beijing: City) -> None:
    gateway = next(iter(beijing.gateways.values()))
    played = empty(beijing)
    played.truth.silences.append(Silence(gateway.id, 0, at(40), at(60)))
    assert judge_alarms(played) == ([], [])
    played.setting = replace(played.setting, days=3, start=START)
    assert [one.delay for one in judge_alarms(played)[0]] == [None]
