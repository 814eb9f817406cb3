"""Scores as metrics: windows of the newest days, by city, district, town and unit."""

from __future__ import annotations

import pickle
from collections.abc import Iterable
from datetime import date, timedelta
from random import Random

import pytest
from prometheus_client import CollectorRegistry

from hub.citypack.model import Weights
from hub.contracts.scores import HandlingBin, ScoreBy, ScoreCell, ScoreCounts
from hub.domain.scoring.handling import bin_of
from hub.domain.scoring.merging import merge
from hub.exporters.known import KnownNames
from hub.exporters.score_gauges import ScoreGauges
from hub.exporters.score_windows import CITY, MONTH, WEEK, Scope, ScoreWindows
from hub.metrics import HubMetrics

LAST = date(2026, 3, 28)
DISTRICT, TOWN, UNIT = "110101", "110101001", "water-group"
KNOWN = KnownNames(
    districts=frozenset({DISTRICT, "110102"}),
    units=frozenset({UNIT}),
    towns={TOWN: DISTRICT, "110102001": "110102"},
    residents={TOWN: 50_000, "110102001": 30_000},
    weights=Weights(response=0.2, resolution=0.4, satisfaction=0.4),
)


def cell(
    ago: int,
    by: ScoreBy = ScoreBy.DISTRICT,
    subject: str = DISTRICT,
    district: str = DISTRICT,
    seconds: tuple[float, ...] = (),
    **counts: int,
) -> ScoreCell:
    return ScoreCell(
        day=(LAST - timedelta(days=ago)).isoformat(),
        by=by,
        subject=subject,
        district=district,
        changes=1,
        counts=ScoreCounts(**{"cases": 1, "assessed": 1, **counts}),
        handling=tuple(HandlingBin(index=bin_of(each), count=1) for each in seconds),
    )


class Shown:
    """Windows and their gauges over a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._gauges = ScoreGauges(HubMetrics(self.registry), KNOWN)
        self._windows = ScoreWindows()

    def take(self, *cells: ScoreCell) -> None:
        for each in cells:
            self._windows.take(each)
        self._gauges.show(self._windows.figures())

    def value(self, name: str, by: str = "district", subject: str = DISTRICT, **labels: str) -> float | None:
        homes = {"city": "", "unit": "", "town": subject[:6]}
        place = {"by": by, "subject": subject, "district": homes.get(by, subject)}
        return self.registry.get_sample_value(name, {**place, **labels})

    def ratio(
        self, rate: str, days: int = WEEK, by: str = "district", subject: str = DISTRICT
    ) -> float | None:
        return self.value("hub_score_ratio", by, subject, rate=rate, days=str(days))


@pytest.fixture
def shown() -> Shown:
    return Shown()


def test_rates_are_those_of_the_rules(shown: Shown) -> None:
    told = {"appeals": 100, "assessed": 20, "overdue": 1}
    answers = {
        "asked": 10,
        "contacted": 9,
        "asked_solved": 10,
        "solved": 8,
        "asked_satisfied": 5,
        "satisfied": 4,
    }
    whole = cell(0, seconds=(600.0, 3_600.0))
    shown.take(whole.model_copy(update={"counts": ScoreCounts(cases=20, **told, **answers)}))
    assert shown.ratio("response") == 0.9
    assert shown.ratio("resolution") == 0.8
    assert shown.ratio("overdue") == 0.05
    assert shown.ratio("score") == pytest.approx(0.2 * 0.9 + 0.4 * 0.8 + 0.4 * 0.8)
    assert shown.ratio("hazard_closure") is None, "there are no hazards"
    assert shown.value("hub_score_cases", days="7") == 20
    assert shown.value("hub_score_answered_cases", days="7") == 10
    assert shown.value("hub_score_appeals_per_resident_ratio", days="7") == 100 / 50_000
    median = shown.value("hub_score_handling_seconds", quantile="0.5", days="7")
    assert median == pytest.approx(600, rel=0.01)


def test_a_day_leaves_the_windows_as_newer_ones_come(shown: Shown) -> None:
    shown.take(cell(WEEK, assessed=10), cell(0, assessed=1))
    assert shown.value("hub_score_cases", days="7") == 1
    assert shown.value("hub_score_cases", days="28") == 11
    shown.take(cell(-MONTH, subject="110102", district="110102"))
    assert shown.value("hub_score_cases", days="28") is None
    assert shown.value("hub_score_cases", by=CITY, subject=CITY, days="28") == 1


def test_a_correction_stands_in_place_of_what_it_corrects(shown: Shown) -> None:
    shown.take(cell(3, asked_solved=10, solved=8))
    shown.take(cell(3, asked_solved=10, solved=2))
    assert shown.ratio("resolution") == 0.2
    shown.take(cell(3, cases=0, assessed=0))
    assert shown.ratio("resolution") is None


def test_the_city_is_the_sum_of_its_districts_and_a_unit_of_its_own_over_them(shown: Shown) -> None:
    shown.take(
        cell(0, assessed=3),
        cell(1, subject="110102", district="110102", assessed=4),
        cell(0, ScoreBy.UNIT, UNIT, DISTRICT, assessed=5),
        cell(0, ScoreBy.UNIT, UNIT, "110102", assessed=6),
        cell(0, ScoreBy.TOWN, TOWN, assessed=2),
        cell(0, ScoreBy.CATEGORY, "water", assessed=9),
    )
    assert shown.value("hub_score_cases", by=CITY, subject=CITY, days="7") == 7
    assert shown.value("hub_score_cases", by="unit", subject=UNIT, days="28") == 11
    assert shown.value("hub_score_cases", by="unit", subject=UNIT, days="7") is None
    assert shown.value("hub_score_cases", by="town", subject=TOWN, days="28") == 2


def test_who_is_not_in_the_pack_has_no_series(shown: Shown) -> None:
    shown.take(
        cell(0, subject="x" * 50, district="x" * 50),
        cell(0, ScoreBy.TOWN, "y" * 50),
        cell(0, ScoreBy.UNIT, "z" * 50),
    )
    (family,) = (family for family in shown.registry.collect() if family.name == "hub_score_cases")
    assert {sample.labels["by"] for sample in family.samples} == {CITY}


def _at_random(chance: Random) -> Iterable[ScoreCell]:
    for _ in range(300):
        subject = chance.choice((DISTRICT, "110102"))
        seconds = tuple(chance.uniform(60, 90_000) for _ in range(chance.randrange(4)))
        yield cell(
            chance.randrange(40),
            subject=subject,
            district=subject,
            seconds=seconds,
            solved=chance.randrange(9),
        )


def test_windows_equal_a_sum_over_the_newest_cells_however_they_came() -> None:
    for seed in range(5):
        cells = list(_at_random(Random(seed)))
        windows = ScoreWindows()
        for each in cells:
            windows.take(each)
            if each.counts.solved == 0:
                windows.figures()
        newest = {(each.day, each.subject): each for each in cells}
        last = max(day for day, _ in newest)
        for days in (WEEK, MONTH):
            first = (date.fromisoformat(last) - timedelta(days=days - 1)).isoformat()
            inside = {key: each for key, each in newest.items() if key[0] >= first}
            for subject in (DISTRICT, "110102"):
                wanted = merge(each for (_, of), each in inside.items() if of == subject)
                assert windows.figures()[Scope("district", subject, days)] == wanted
            assert windows.figures()[Scope(CITY, CITY, days)] == merge(inside.values())


def test_the_memory_of_the_windows_does_not_grow_with_time() -> None:
    def size_after(days: int) -> int:
        windows = ScoreWindows()
        for ago in range(days, -1, -1):
            windows.take(cell(ago, seconds=(600.0,)))
            windows.figures()
        return len(pickle.dumps(windows._cells))

    assert size_after(MONTH * 10) == size_after(MONTH * 2)
