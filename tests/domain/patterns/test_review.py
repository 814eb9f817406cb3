"""Towns under remediation: who enters, stays and leaves, month by month, and what the logs are told."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import given
from hypothesis import strategies as st
from tests.runtime.town_log import cases_task
from tests.scenarios.brook import brook

from hub.citypack.city import City
from hub.citypack.pattern_rules import PatternRules, RemediationRules
from hub.contracts.reasons import Reason
from hub.contracts.standing import Standing, TownStatus
from hub.domain.patterns.months import Month
from hub.domain.patterns.review import Review, TownMonth, Verdict, review, statuses
from hub.domain.patterns.tallies import Daily, Tally
from hub.domain.remediation import heed
from hub.flow import Arrival

RULES = RemediationRules(
    appeals=100, per_10k=None, times_city=None, solved_below=0.8, fewest_asked=10, leave_months=2
)
BAD, GOOD, UNASKED = Tally(200, 0, 0, 50, 30), Tally(20, 0, 0, 20, 19), Tally(200, 0, 0, 5, 0)


def city(rules: RemediationRules = RULES) -> City:
    return replace(brook(), patterns=PatternRules(remediation=rules))


def lived(*months: Tally, town: str = "QUAY") -> list[Daily]:
    """A town's months of 2015, each on its first and last day, beside a quiet town."""
    days = []
    for number, tally in enumerate(months, start=1):
        month = Month(2015, number)
        days += [Daily(month.first, town, "W", tally), Daily(month.last, "HEATH", "W", Tally(appeals=1))]
        days += [Daily(month.first, "HEATH", "W", Tally(appeals=1)), Daily(month.last, town, "W", Tally())]
    return days


def of(days: list[Daily], rules: RemediationRules = RULES, town: str = "QUAY") -> list[Review]:
    """The town's reviews, month by month."""
    last = max(Month.of(day.day) for day in days).month
    found = [review(city(rules), days, Month(2015, month)) for month in range(1, last + 1)]
    return [next(one for one in reviews if one.town == town) for reviews in found]


def verdicts(*months: Tally) -> list[str]:
    return [one.verdict.value for one in of(lived(*months))]


def test_a_town_enters_stays_and_leaves() -> None:
    months = (GOOD, BAD, GOOD, BAD, GOOD, GOOD, GOOD, BAD)
    assert verdicts(*months) == ["out", "enters", "stays", "stays", "stays", "leaves", "out", "enters"]
    found = of(lived(*months))
    assert [one.without for one in found] == [0, 0, 1, 0, 1, 2, 0, 0]
    assert found[4].since == Month(2015, 2)
    assert found[7].since == Month(2015, 8)


def test_a_month_with_too_few_answers_says_nothing() -> None:
    assert verdicts(UNASKED, BAD, GOOD, UNASKED, GOOD) == ["out", "enters", "stays", "stays", "leaves"]


def test_many_appeals_alone_or_few_solved_alone_are_not_enough() -> None:
    assert verdicts(Tally(200, 0, 0, 50, 45)) == ["out"]
    assert verdicts(Tally(90, 0, 0, 50, 5)) == ["out"]


def test_reasons_can_be_read() -> None:
    (entered, stays) = of(lived(BAD, GOOD))
    assert entered.why == "200 appeals (100 are many); 60.0% of 50 call it solved (too few, 80% are due)"
    assert stays.why.startswith("1 of 2 months without: few appeals; 95.0% of 20 call it solved (enough")


def test_appeals_by_resident_count_against_the_city() -> None:
    towns = {code: town.model_copy(update={"residents": 10_000}) for code, town in brook().towns.items()}
    peopled = replace(
        brook(),
        towns=towns,
        patterns=PatternRules(remediation=RemediationRules(times_city=1.5, fewest_asked=10)),
    )
    reviews = {one.town: one for one in review(peopled, lived(BAD), Month(2015, 1))}
    # 202 appeals in three towns of 10,000 each: the city has 67.3 per 10,000, the town 200
    assert reviews["QUAY"].figures == TownMonth(200, 200.0, 200 / (202 / 3), 50, 0.6)
    assert reviews["QUAY"].verdict is Verdict.ENTERS
    assert reviews["HEATH"].verdict is Verdict.OUT


def test_where_nobody_knows_the_residents_only_numbers_count() -> None:
    by_resident = RemediationRules(appeals=None, per_10k=1.0, times_city=1.0, fewest_asked=10)
    town = brook().towns["QUAY"].model_copy(update={"residents": 0})
    empty = replace(
        city(by_resident),
        towns={"QUAY": town, "HEATH": brook().towns["HEATH"].model_copy(update={"residents": 0})},
    )
    assert {one.verdict for one in review(empty, lived(BAD), Month(2015, 1))} == {Verdict.OUT}


def test_a_month_that_is_not_over_is_not_reviewed() -> None:
    days = lived(BAD, GOOD)
    assert review(city(), days, Month(2015, 3)) == ()
    assert review(city(), days[:-3], Month(2015, 2)) == ()


@given(
    months=st.lists(st.sampled_from([BAD, GOOD, UNASKED]), min_size=1, max_size=10),
    chance=st.randoms(use_true_random=False),
)
def test_order_of_input_is_nothing_and_nobody_leaves_who_has_not_entered(
    months: list[Tally], chance: Random
) -> None:
    days = lived(*months)
    turned = sorted(days, key=lambda _: chance.random())
    month = Month(2015, len(months))
    assert review(city(), days, month) == review(city(), turned, month)
    inside = False
    for one in of(days):
        assert (one.verdict is Verdict.ENTERS) <= (not inside)
        assert (one.verdict in (Verdict.STAYS, Verdict.LEAVES)) == (
            inside and one.verdict is not Verdict.ENTERS
        )
        inside = one.verdict in (Verdict.ENTERS, Verdict.STAYS)


def test_the_logs_hear_of_it_and_once_is_enough() -> None:
    days = lived(BAD, GOOD, GOOD)
    state = cases_task().state
    heard = []
    for month in (1, 2, 3, 3, 1):
        told = statuses(city(), Month(2015, month), review(city(), days, Month(2015, month)))
        assert [emit.id for emit in told] == [
            f"QUAY/2015-{month:02}/{log}" for log in ("HEATH", "MILL", "QUAY")
        ]
        body = told[1].value
        assert isinstance(body, TownStatus)
        arrival = Arrival(told[1].topic, "unknown", told[1].id, told[1].key, body.at, body.at)
        outcome = heed(city(), state, body, arrival)
        state.apply(outcome.changes)
        heard.append((outcome.reason, body.standing))
    assert heard == [
        (Reason.STANDING_KNOWN, Standing.REMEDIATION),
        (Reason.STANDING_KNOWN, Standing.REMEDIATION),
        (Reason.STANDING_KNOWN, Standing.NORMAL),
        (Reason.DUPLICATE, Standing.NORMAL),
        (Reason.DECIDED_ANEW, Standing.REMEDIATION),
    ]


def test_towns_that_are_out_are_not_told_of() -> None:
    assert statuses(city(), Month(2015, 1), review(city(), lived(GOOD), Month(2015, 1))) == ()
