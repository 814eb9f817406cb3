"""Rates, scores, handling times and rankings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict

import pytest
from ddsketch import DDSketch
from hypothesis import given
from hypothesis import strategies as st

from hub.citypack.model import Weights
from hub.contracts.scores import ScoreCounts
from hub.domain.scoring.handling import ACCURACY, bin_of, quantile
from hub.domain.scoring.merging import Merged
from hub.domain.scoring.ranking import Unranked, ranking
from hub.domain.scoring.rates import Rates, rates

WEIGHTS = Weights(response=0.2, resolution=0.4, satisfaction=0.4, fewest_assessed=10)


def of(counts: Mapping[str, int], residents: int | None = None) -> Rates:
    return rates(Merged(ScoreCounts.model_validate(counts)), WEIGHTS, residents)


def test_without_anything_every_rate_is_unknown() -> None:
    assert set(asdict(of({})).values()) == {None}


@pytest.mark.parametrize(
    ("rate", "counts", "expected"),
    [
        ("response", {"asked": 4, "contacted": 3}, 0.75),
        ("resolution", {"asked_solved": 8, "solved": 6}, 0.75),
        ("satisfaction", {"asked_satisfied": 5, "satisfied": 5}, 1.0),
        ("overdue", {"assessed": 10, "overdue": 1}, 0.1),
        ("repeat", {"assessed": 10, "repeat": 2}, 0.2),
        ("reopening", {"assessed": 10, "reopened": 3}, 0.3),
        ("overturn", {"objected": 9, "upheld": 1, "rejected": 3}, 0.25),
        ("arrival", {"summoned": 4, "arrived": 3, "arrived_late": 1}, 0.5),
        ("hazard_closure", {"hazards": 2, "hazards_closed": 2}, 1.0),
    ],
)
def test_a_rate_is_its_part_of_its_whole(rate: str, counts: dict[str, int], expected: float) -> None:
    assert getattr(of(counts), rate) == expected


def test_appeals_are_told_per_ten_thousand_residents_where_they_are_known() -> None:
    assert of({"appeals": 12}, 60_000).per_10k == 2.0
    assert of({"appeals": 12}, 0).per_10k is None


def test_the_score_weighs_the_three_rates_and_needs_them_all() -> None:
    known = {"asked": 2, "contacted": 1, "asked_solved": 4, "solved": 3, "asked_satisfied": 1}
    assert of(known).score == pytest.approx(100 * (0.2 * 0.5 + 0.4 * 0.75))
    assert of({**known, "asked_satisfied": 0}).score is None


@given(st.lists(st.floats(1, 3e7), min_size=1, max_size=60), st.sampled_from((0.0, 0.5, 0.9, 1.0)))
def test_a_quantile_is_the_sketch_s_own_and_near_the_true_one(times: list[float], share: float) -> None:
    sketch = DDSketch(ACCURACY)
    for time in times:
        sketch.add(time)
    found = quantile(Counter(map(bin_of, times)), share)
    assert found == sketch.get_quantile_value(share)
    true = sorted(times)[int(share * (len(times) - 1))]
    assert found == pytest.approx(true, rel=ACCURACY * 1.0001)


def test_no_handling_time_has_no_quantile() -> None:
    assert quantile({}, 0.5) is None


def placed(*subjects: tuple[str, int, int]) -> list[tuple[str, int | None, str | None]]:
    """Subjects with their assessed cases and how many of 100 citizens are satisfied, as they are ranked."""
    said = {"asked": 1, "contacted": 1, "asked_solved": 1, "solved": 1, "asked_satisfied": 100}
    sums = {
        name: Merged(ScoreCounts.model_validate({**said, "assessed": assessed, "satisfied": satisfied}))
        for name, assessed, satisfied in subjects
    }
    found = ranking(sums, {name: rates(one, WEIGHTS) for name, one in sums.items()}, 10)
    return [(one.subject, one.place, one.unranked) for one in found]


def test_ties_share_a_place_and_the_next_one_is_left_out() -> None:
    found = placed(("a", 20, 80), ("b", 20, 90), ("c", 30, 80), ("d", 20, 70))
    assert found == [("b", 1, None), ("a", 2, None), ("c", 2, None), ("d", 4, None)]


def test_who_has_too_few_cases_has_no_place_and_says_why() -> None:
    found = placed(("few", 9, 100), ("enough", 10, 50))
    assert found == [("enough", 1, None), ("few", None, Unranked.TOO_FEW)]


def test_who_has_no_score_has_no_place_and_says_why() -> None:
    sums = {"silent": Merged(ScoreCounts(assessed=50))}
    (one,) = ranking(sums, {"silent": rates(sums["silent"], WEIGHTS)}, 10)
    assert (one.place, one.unranked) == (None, Unranked.NO_SCORE)
