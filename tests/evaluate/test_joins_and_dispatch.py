"""Pairs of signals and leads of cases, judged by runs that are written down by hand."""

from dataclasses import replace

import pytest
from tests.evaluate.small_life import at, case, empty, happens

from hub.citypack.city import City
from hub.evaluate.dispatch import LedRight, judge_dispatch
from hub.evaluate.figures import joins
from hub.evaluate.joins import JoinedIncident, judge_joins


def test_pairs_joined_and_pairs_missed_are_counted(beijing: City) -> None:
    played = empty(beijing)
    cut = happens(played, "cut", [1, 1.1, 1.2, 1.3])
    case(played, "A", *cut.signals[:3])
    case(played, "B", cut.signals[3])
    assert list(judge_joins(played)) == [JoinedIncident("power-cut", 6, 3, 6, 3, 0)]
    figures = joins(list(judge_joins(played)))
    assert (figures["precision"].value, figures["recall"].value) == (1, 0.5)
    assert figures["F1"].value == pytest.approx(2 / 3)


def test_a_stranger_in_a_case_is_wrong_for_both_sides(beijing: City) -> None:
    played = empty(beijing)
    cut, other = happens(played, "cut", [1, 1.1]), happens(played, "other", [1.2], kind="single")
    case(played, "A", *cut.signals, *other.signals)
    by_kind = {one.kind: one for one in judge_joins(played)}
    assert by_kind["power-cut"].wrong == by_kind["single"].wrong == 1
    assert joins(list(by_kind.values()))["precision"].value == pytest.approx(1 / 3)


def test_what_comes_after_the_work_was_done_cannot_be_known(beijing: City) -> None:
    played = empty(beijing)
    cut = happens(played, "cut", [1, 1.1, 5])
    case(played, "A", *cut.signals[:2]).done.append((at(4), True))
    case(played, "B", cut.signals[2])
    (judged,) = judge_joins(played)
    assert (judged.pairs, judged.joined, judged.fair_pairs, judged.fair_joined) == (3, 1, 1, 1)


def test_without_a_point_only_the_same_address_can_be_known(beijing: City) -> None:
    played = empty(beijing)
    cut = happens(played, "cut", [1, 1.1, 1.2, 1.3])
    for number, address in ((1, "1 Mill Rd"), (2, "2 Mill Rd"), (3, "1 Mill Rd")):
        told = played.told[cut.signals[number]]
        played.told[cut.signals[number]] = replace(told, point=None, address=address)
    for number, signal in enumerate(cut.signals):
        case(played, f"C{number}", signal)
    (judged,) = judge_joins(played)
    assert (judged.pairs, judged.fair_pairs, judged.fair_joined) == (6, 1, 0)


def test_a_reopened_case_takes_signals_again(beijing: City) -> None:
    played = empty(beijing)
    led = case(played, "A", ("hotline", "1"))
    led.done += [(at(2), True), (at(3), False)]
    assert [led.done_at(at(hour)) for hour in (1, 2, 2.5, 3, 9)] == [False, True, True, False, False]


def test_only_what_began_late_enough_is_judged(beijing: City) -> None:
    played = empty(beijing)
    happens(played, "early", [1]), happens(played, "late", [30])
    for name in ("early", "late"):
        case(played, name, *played.truth.incidents[name].signals)
    played.setting = replace(played.setting, judge_from=1)
    assert len(list(judge_joins(played))) == len(list(judge_dispatch(played))) == 1


def test_leads_are_judged_at_first_and_finally(beijing: City) -> None:
    played = empty(beijing)
    for name in ("a", "b"):
        happens(played, name, [1])
    case(played, "A", *played.truth.incidents["a"].signals)
    case(played, "B", *played.truth.incidents["b"].signals, lead="wrong").lead = "right"
    case(played, "C", ("gateways", "an alarm"))
    judged = sorted(judge_dispatch(played), key=lambda one: one.at_first)
    assert judged == [LedRight("power-cut", False, True), LedRight("power-cut", True, True)]
