"""Effects of plans: planted ones are found, none is invented, and the interval holds what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from hub.citypack.pattern_rules import EffectRules
from hub.domain.patterns.effect import Effect, TooLittle, Weeks, measure, weekly
from hub.domain.patterns.tallies import Daily, Tally

WEEKS = Weeks(date(2015, 4, 1), before=12, after=4)
RULES = EffectRules()


def city(
    seed: int, effect: float, *, drift: float = 0.15, dispersion: float = 2.0, others: int = 15
) -> Mapping[str, NDArray[np.float64]]:
    """Weekly counts of a topic and of others: a season that all share, drifts of their own, noisy weeks."""
    chance = np.random.default_rng(seed)
    count = WEEKS.before + WEEKS.after
    season = np.exp(0.3 * np.sin(np.arange(count) / 5 + chance.uniform(0, 6)))
    season[WEEKS.before :] *= chance.uniform(0.6, 1.6)  # what befalls the whole city after the plan began
    means = np.exp(chance.uniform(np.log(20), np.log(400), others + 1))[:, None] * season[None, :]
    means[:, WEEKS.before :] *= np.exp(chance.normal(0, drift, others + 1))[:, None]
    means[0, WEEKS.before :] *= effect
    counts = chance.negative_binomial(means / (dispersion - 1), 1 / dispersion).astype(np.float64)
    return {"topic": counts[0], **{f"other-{index:02}": row for index, row in enumerate(counts[1:])}}


def found(runs: int, effect: float, drift: float) -> list[Effect]:
    """What is measured in so many cities; all but a few have controls enough."""
    measured = [measure(RULES, city(seed, effect, drift=drift), "topic", WEEKS) for seed in range(runs)]
    effects = [one for one in measured if isinstance(one, Effect)]
    assert len(effects) >= 0.95 * runs
    return effects


@pytest.mark.parametrize(("effect", "drift"), [(1.0, 0.0), (0.7, 0.15), (1.0, 0.3)])
def test_the_interval_holds_the_truth_as_often_as_it_says(effect: float, drift: float) -> None:
    runs = found(400, effect, drift)
    held = sum(run.low <= effect - 1 <= run.high for run in runs) / len(runs)
    assert 0.92 <= held <= 0.99


def test_the_estimate_is_right_in_the_middle() -> None:
    for effect in (0.7, 1.5):
        ratios = [1 + one.change for one in found(150, effect, 0.15)]
        assert np.median(ratios) == pytest.approx(effect, rel=0.05)


def test_a_strong_effect_is_seen_where_categories_drift_little() -> None:
    effects = found(60, 0.5, 0.1)
    assert sum(one.high < 0 for one in effects) >= 0.9 * len(effects)


def test_the_order_of_categories_changes_nothing() -> None:
    counts = city(3, 0.8)
    turned = {name: counts[name] for name in sorted(counts, reverse=True)}
    assert measure(RULES, counts, "topic", WEEKS) == measure(RULES, turned, "topic", WEEKS)


def test_a_category_that_ran_otherwise_before_is_no_control() -> None:
    counts = dict(city(5, 1.0, drift=0.0))
    rising = counts["other-00"] * np.linspace(0.2, 3, WEEKS.before + WEEKS.after)
    counts["other-00"] = np.round(rising * 400 / rising.sum() * 4)
    measured = measure(RULES, counts, "topic", WEEKS)
    assert isinstance(measured, Effect)
    names = {control.category for control in measured.controls}
    assert "other-00" not in names
    assert len(names) >= 10


def test_too_few_appeals_or_controls_are_said() -> None:
    counts = city(1, 1.0, others=4)
    assert isinstance(measure(RULES, counts, "topic", WEEKS), TooLittle)
    assert measure(RULES, counts, "unheard-of", WEEKS) == TooLittle(
        "unheard-of has fewer than 60 appeals before"
    )


def test_weeks_run_from_the_first_day_of_the_plan() -> None:
    days = [
        Daily(WEEKS.since + timedelta(days=offset), "topic", "D", Tally(appeals=1))
        for offset in (-85, -84, -78, -1, 0, 6, 7, 27, 28)
    ]
    row = weekly(days, WEEKS)["topic"]
    assert row.tolist() == [2.0, *[0.0] * 10, 1.0, 2.0, 1.0, 0.0, 1.0]
    assert (WEEKS.first, WEEKS.last) == (date(2015, 1, 7), date(2015, 4, 28))
