"""The second opinion on rates, scores and ranks: worked by hand, and every planted mistake found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.verify.scored import Life, about, closed, opened, write_events
from tests.verify.told import NOON

from hub.contracts.action_terms import Answers
from hub.contracts.cases import EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.reasons import Reason
from hub.verify.scores import CityFacts, Comparison, ScoreAudit, ToldRates

E = EventKind
TOWNS = ("110101001", "110101002", "110101003", "110101004")
CITY = CityFacts(
    "Asia/Shanghai",
    weights=(0.2, 0.4, 0.4),
    fewest_assessed=2,
    residents={("town", TOWNS[0]): 30_000, ("district", "110101"): 100_000},
)


def answered(contacted: bool, solved: bool, satisfied: bool) -> Answers:
    return Answers(reached=True, contacted=contacted, solved=solved, satisfied=satisfied)


def called(case_id: str, town: str, answers: Answers, at: datetime = NOON, hours: float = 1) -> Life:
    life = opened(case_id, at, town=town)
    life.then(E.RESOLVED, after=timedelta(hours=hours), stage=Stage.RESOLVED)
    return life.then(E.CALLED_BACK, E.CLOSED, answers=answers, stage=Stage.CLOSED)


def a_town() -> list[Life]:
    """Ten cases of one town, of which eight are over after 1, 2, ... 8 hours."""
    lives = [
        called(f"c-{number}", TOWNS[0], answered(number > 2, number > 4, number > 6), hours=number)
        for number in range(1, 9)
    ]
    lives[0].then(E.REOPENED, stage=Stage.IN_WORK).then(E.BREACHED, clock="resolve")
    closed(lives[0], timedelta(hours=1) - timedelta(minutes=3))
    lives.append(
        opened("c-9", town=TOWNS[0], hazard=HazardGrade.GENERAL)
        .then(E.OBJECTED, by="gas", stage=Stage.OBJECTED)
        .then(E.OBJECTION_UPHELD, stage=Stage.DISPATCHED)
    )
    lives.append(
        opened("c-10", town=TOWNS[0], hazard=HazardGrade.GENERAL)
        .then(about(E.REPORTED_IN, "gas", Reason.ARRIVED_IN_TIME), about(E.ABSENT, "power"))
        .then(about(E.REPORTED_IN, "water", Reason.ARRIVED_LATE), E.CLOSED, stage=Stage.CLOSED)
    )
    return lives


BY_HAND: dict[str, float | None] = {
    "assessed": 10,
    "response": 6 / 8,
    "resolution": 4 / 8,
    "satisfaction": 2 / 8,
    "overdue": 1 / 10,
    "repeat": 0.0,
    "reopening": 1 / 10,
    "overturn": 1.0,
    "arrival": 1 / 3,
    "hazard_closure": 1 / 2,
    "per_10k": 10 * 10_000 / 30_000,
    # nine times: 2 minutes of the hazard, and 2 h (once anew), 2 h, 3 h ... 8 h: the fifth, and the eighth
    "median_s": 4 * 3600.0,
    "p90_s": 7 * 3600.0,
    "score": 100 * (0.2 * 0.75 + 0.4 * 0.5 + 0.4 * 0.25),
    "place": 1,
}


def compare(folder: Path, lives: Iterable[Life], told: Iterable[ToldRates]) -> Comparison:
    write_events(folder, lives)
    with ScoreAudit(CITY) as audit:
        audit.recompute(folder / "case.events.jsonl")
        return audit.compare_rates(told, shown=10_000)


def of_town(found: Comparison, period: str, town: str = TOWNS[0]) -> dict[str, tuple[str, str]]:
    place = f"{period} town {town}"
    return {one.figure: (one.said, one.recomputed) for one in found.shown if one.where == place}


@pytest.mark.parametrize("period", ["2026-W09", "2026-03"])
def test_rates_by_hand_are_those_recomputed(tmp_path: Path, period: str) -> None:
    found = compare(tmp_path, a_town(), [ToldRates(period, "town", TOWNS[0], BY_HAND)])
    assert of_town(found, period) == {}


def test_every_wrong_rate_is_found(tmp_path: Path) -> None:
    wrong = {name: (value or 0) + 0.5 for name, value in BY_HAND.items() if name not in ("median_s", "p90_s")}
    wrong |= {"median_s": 4 * 3600 * 1.011, "p90_s": 7 * 3600 * 0.989, "invented": 1.0}
    found = of_town(compare(tmp_path, a_town(), [ToldRates("2026-03", "town", TOWNS[0], wrong)]), "2026-03")
    assert found.keys() == wrong.keys()
    nothing: Mapping[str, float | None] = dict.fromkeys(BY_HAND)
    found = of_town(compare(tmp_path, a_town(), [ToldRates("2026-03", "town", TOWNS[0], nothing)]), "2026-03")
    assert {figure for figure, (said, _) in found.items() if said == "nothing"} == BY_HAND.keys()


def test_a_sketch_may_be_off_by_one_percent(tmp_path: Path) -> None:
    near = {**BY_HAND, "median_s": 4 * 3600 * 1.0099, "p90_s": 7 * 3600 * 0.9901}
    found = compare(tmp_path, a_town(), [ToldRates("2026-03", "town", TOWNS[0], near)])
    assert of_town(found, "2026-03") == {}


def test_equals_share_a_rank_and_few_cases_have_none(tmp_path: Path) -> None:
    good, bad = answered(True, True, True), answered(False, False, False)
    lives = [called(f"{town}-{n}", town, good if n else bad) for town in TOWNS[:2] for n in range(2)]
    lives += [called(f"{TOWNS[2]}-{n}", TOWNS[2], bad) for n in range(2)]
    lives += [called(TOWNS[3], TOWNS[3], good)]
    found = compare(tmp_path, lives, ())
    ranks = {town: of_town(found, "2026-03", town).get("place") for town in TOWNS}
    assert ranks == {TOWNS[0]: ("nothing", "1.0"), TOWNS[1]: ("nothing", "1.0"),
                     TOWNS[2]: ("nothing", "3.0"), TOWNS[3]: None}  # fmt: skip


def test_weeks_begin_on_monday_and_may_belong_to_another_year(tmp_path: Path) -> None:
    sunday = NOON.replace(year=2026, month=12, day=27)
    lives = [opened(f"c-{days}", sunday + timedelta(days=days), town=TOWNS[0]) for days in (0, 1, 5)]
    found = compare(tmp_path, lives, ())
    assert of_town(found, "2026-W52")["assessed"] == ("nothing", "1.0")
    assert of_town(found, "2026-W53")["assessed"] == ("nothing", "2.0")
    assert of_town(found, "2027-01")["assessed"] == ("nothing", "1.0")
    assert {one.where for one in found.shown if one.where.startswith("2026-W52 city")} == {
        "2026-W52 city city"
    }
