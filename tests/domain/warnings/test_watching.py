"""What makes an early warning, what does not, and how it goes on."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
from tests.domain.warnings.watched import Watched, after
from tests.scenarios.brook import brook

from hub.citypack.city import City
from hub.citypack.warning_rules import SurgeRules, WarningRules
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import Stage
from hub.contracts.fields import Feed
from hub.contracts.surges import RecentKind
from hub.contracts.warnings import Colour, Scope, Verdict, Warning, WarningState
from hub.domain.warnings.record import newest_of, precision, verdicts_by_colour
from hub.domain.warnings.tables import SOURCE, TRACES, trace_key


def burst(town: Watched, signals: int, *, start: float = 1.0, minutes: float = 3.0) -> None:
    """So many signals of one kind at one place, some minutes apart."""
    for number in range(signals):
        town.say(after(start, minutes=minutes * number))


def quiet_weeks(town: Watched, weeks: int, per_day: int, category: str = "noise") -> None:
    """Signals evenly over the days, none near another."""
    for day in range(7 * weeks):
        for number in range(per_day):
            hour = 24 * number / per_day + (day * 7 % 24) / per_day
            town.say(after(hour, days=day), category, cell=f"{10 + number:04}-{(day * 13) % 90:04}")


def brook_that_learns_first() -> City:
    """The city with the default rules of a surge: it warns of none in its first two days."""
    rules = brook().warnings.model_copy(update={"surges": SurgeRules()})
    return replace(brook(), warnings=rules)


def test_one_burst_is_one_warning_that_grows() -> None:
    town = Watched()
    burst(town, 12)
    warning = town.only()
    assert (warning.town, warning.group, warning.cell) == ("MILL", "main", "0014-0066")
    assert warning.signals == 12
    assert warning.began == after(1)
    assert warning.surge is not None
    assert warning.surge.observed > 10 * warning.surge.expected
    assert warning.unit == "water-works"
    assert town.told[warning.warning_id] == warning.seq + 1
    assert warning.colour is Colour.ORANGE


def test_few_signals_are_no_surge() -> None:
    town = Watched()
    burst(town, 2)
    assert not town.warnings


def test_what_comes_as_usual_is_no_surge_however_much_it_is() -> None:
    town = Watched(brook_that_learns_first())
    quiet_weeks(town, 4, 24)
    assert not town.warnings


def test_the_same_burst_is_less_unusual_where_much_is_usual() -> None:
    busy, calm = Watched(brook_that_learns_first()), Watched(brook_that_learns_first())
    quiet_weeks(busy, 3, 24, "water.burst")
    quiet_weeks(calm, 3, 1, "water.burst")
    for town, number in product((busy, calm), range(8)):
        town.say(after(21 * 24 + 1, minutes=3 * number), cell=None)
    unusual = calm.only().surge
    assert unusual is not None
    busy_ones = [one.surge.p_value for one in busy.warnings.values() if one.surge]
    assert min(busy_ones, default=1.0) > 100 * unusual.p_value


def test_a_warning_ends_when_it_is_quiet_and_a_later_burst_is_another() -> None:
    town = Watched()
    burst(town, 8)
    town.pass_time(after(30))
    assert town.only().state is WarningState.ENDED
    assert town.only().ended == after(1, minutes=21) + (after(6) - after())
    burst(town, 8, start=200)
    assert len(town.warnings) == 2


def test_grave_ones_are_reported_once_before_anybody_else_complains() -> None:
    town = Watched()
    burst(town, 20)
    (report,) = town.reports
    assert (report.source, report.warning) == (SOURCE, town.only().warning_id)
    assert report.place.code in ("0014-0066", "MILL")
    assert report.category == "water.burst"
    assert "complaints" in report.evidence


def test_a_city_that_names_no_colour_opens_no_case() -> None:
    rules = brook().warnings.model_copy(update={"proactive_from": None})
    town = Watched(replace(brook(), warnings=rules))
    burst(town, 20)
    assert town.only().colour is not Colour.BLUE
    assert not town.reports


def test_what_the_hub_itself_reports_never_counts() -> None:
    town = Watched()
    for number in range(20):
        town.say(after(1, minutes=number), feed=Feed.PROACTIVE, source=SOURCE, name=f"W-{number}")
    assert not town.warnings


def test_categories_left_out_are_not_warned_of() -> None:
    rules = WarningRules(leave_out=("water",))
    town = Watched(replace(brook(), warnings=rules))
    burst(town, 20)
    assert not town.warnings


def test_a_sensor_and_complaints_beside_it_need_no_surge() -> None:
    town = Watched()
    town.say(after(1), feed=Feed.SENSOR, source="gateway")
    assert not town.warnings
    for number in range(4):
        town.say(after(1, minutes=10 + number))
    assert town.only().alarms == 1


def test_repeats_and_hazards_are_told_with_it() -> None:
    town = Watched()
    town.say(after(0.9), feed=Feed.INSPECTION, source="inspectorate")
    for number in range(6):
        town.say(after(1, minutes=number), tags=(CaseTag.REPEAT,))
    assert (town.only().hazards, town.only().repeats) == (1, 6)


# gaps, lateness


def test_a_backlog_that_is_told_late_raises_nothing() -> None:
    town = Watched(brook_that_learns_first())
    quiet_weeks(town, 1, 24)
    for number in range(12):
        town.say(after(days=7, hours=8, minutes=number), happened=after(days=7, minutes=number))
    assert not town.warnings


@pytest.mark.parametrize("stamped_anew", [True, False])
def test_a_feed_that_was_silent_teaches_no_zeros_and_its_backlog_is_no_surge(stamped_anew: bool) -> None:
    town = Watched(brook_that_learns_first())
    per_day = 48
    quiet_weeks(town, 3, per_day)
    silent_from, silent_to = after(days=21), after(days=21, hours=14)
    step = (silent_to - silent_from) / 28
    for number in range(28):
        at = silent_to + number * (after(minutes=1) - after())
        town.say(
            at, "noise", cell=f"{10 + number:04}-0001",
            happened=at if stamped_anew else silent_from + number * step,
        )  # fmt: skip
    assert not town.warnings


# verdicts


def test_right_once_enough_complaints_follow() -> None:
    town = Watched()
    burst(town, 9)
    assert (town.only().verdict, town.only().verdict_why) == (Verdict.RIGHT, "came_true")
    assert town.only().further >= 3


def test_wrong_where_nothing_follows() -> None:
    town = Watched()
    number = 0
    while not town.warnings:
        town.say(after(1, minutes=number))
        number += 1
    town.pass_time(after(20))
    assert town.only().verdict is Verdict.UNKNOWN
    town.pass_time(after(30))
    assert (town.only().verdict, town.only().verdict_why) == (Verdict.WRONG, "came_to_nothing")


@pytest.mark.parametrize(
    ("stage", "verdict", "why"),
    [(Stage.CLOSED, Verdict.RIGHT, "case_resolved"), (Stage.INVALID, Verdict.WRONG, "case_invalid")],
)
def test_its_own_case_may_tell(stage: Stage, verdict: Verdict, why: str) -> None:
    rules = brook().warnings.model_copy(update={"proactive_from": Colour.BLUE})
    town = Watched(replace(brook(), warnings=rules))
    number = 0
    while not town.warnings:
        town.say(after(1, minutes=number))
        number += 1
    (report,) = town.reports
    case_id = town.say(after(1.5), feed=Feed.PROACTIVE, source=SOURCE, name=report.id)
    assert town.only().proactive_case == case_id
    town.end(after(3), case_id, stage)
    assert (town.only().verdict, town.only().verdict_why) == (verdict, why)


def test_counts_by_colour_and_verdict() -> None:
    town = Watched()
    burst(town, 12)
    town.pass_time(after(40))
    counts = verdicts_by_colour(newest_of(town.warnings.values()))
    assert counts == {(Colour.ORANGE, Verdict.RIGHT): 1}
    assert precision(counts, Colour.ORANGE) == 1.0
    assert precision(counts, Colour.RED) is None


# memory


def test_what_is_remembered_of_a_group_is_bounded_and_forgotten() -> None:
    town = Watched()
    burst(town, 300, minutes=1)
    key = trace_key("MILL", "main")
    trace = town.task.state.get(TRACES, key)
    assert trace is not None
    assert len(trace.recent) == 64
    assert all(one.kind is RecentKind.COMPLAINT for one in trace.recent)
    town.pass_time(after(days=60))
    town.pass_time(after(days=200))
    assert town.task.state.get(TRACES, key) is None


def test_signals_at_one_place_over_days_are_a_slow_surge() -> None:
    town = Watched()
    quiet_weeks(town, 2, 12, "water.burst")
    for day in range(3):
        for number in range(4):
            town.say(after(9 + number, days=15 + day), cell="0200-0200")
    slow = [one for one in town.warnings.values() if one.surge and one.surge.scope is Scope.CELL]
    assert slow
    assert all(isinstance(one, Warning) for one in slow)


def test_windows_are_named_by_the_pack() -> None:
    with pytest.raises(ValueError, match="quick_min"):
        SurgeRules(quick_min=())
