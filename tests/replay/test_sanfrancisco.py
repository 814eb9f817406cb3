"""Two years of real food inspections through a city pack that needed no code, counted again from the file."""

from __future__ import annotations

import csv
import gzip
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from hub.citypack.load import read_pack
from hub.cli.replay import replay

Find = Callable[[str], Path]

PACK = Path(__file__).resolve().parents[2] / "examples" / "cities" / "sanfrancisco"
LOCAL = ZoneInfo("America/Los_Angeles")
POOR_BELOW = 71
REPEAT_WITHIN = timedelta(days=548)
CORRECTED = re.compile(r"\s*\[ date violation corrected:[^\]]*\]\s*$")


@dataclass(frozen=True)
class Inspected:
    """One row of the published file, read without any of the hub's code."""

    id: str
    business: str
    at: datetime
    score: float
    findings: tuple[str, ...]
    postal_code: str
    has_point: bool


@dataclass(frozen=True)
class Replayed:
    """What a replay of the file wrote."""

    summary: dict[str, object]
    cases: tuple[dict[str, object], ...]
    rejected: tuple[dict[str, str], ...]

    def members(self) -> dict[str, dict[str, object]]:
        """The case of every signal in one; a signal in two cases would be a mistake."""
        found: dict[str, dict[str, object]] = {}
        for case in self.cases:
            signals = case["members"]
            assert isinstance(signals, list)
            for signal in signals:
                assert signal["source_id"] not in found
                found[signal["source_id"]] = case
        return found


@pytest.fixture(scope="module")
def inspected(shared_data: Find) -> tuple[Inspected, ...]:
    with gzip.open(shared_data("inspections/sf-food-2015-2016.csv.gz"), "rt", encoding="utf-8") as lines:
        return tuple(map(_inspected, csv.DictReader(lines)))


def _inspected(row: dict[str, str]) -> Inspected:
    return Inspected(
        id=f"{row['business_id']}/{row['date']}/{row['type']}",
        business=row["business_id"],
        at=datetime.strptime(f"{row['date']} 12", "%Y%m%d %H").replace(tzinfo=LOCAL),
        score=float(row["score"]),
        findings=tuple(CORRECTED.sub("", text).strip() for text in row["findings"].split(" | ") if text),
        postal_code=row["postal_code"],
        has_point=bool(row["latitude"]),
    )


@pytest.fixture(scope="module")
def replayed(shared_data: Find, tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    out = tmp_path_factory.mktemp("sanfrancisco")
    file = shared_data("inspections/sf-food-2015-2016.csv.gz")
    result = CliRunner().invoke(
        replay,
        ["--city", str(PACK), "--runner", "memory", "--out", str(out), f"{file}:sffood"],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    return Replayed(
        summary=json.loads((out / "summary.json").read_text(encoding="utf-8")),
        cases=tuple(_lines(out / "cases.jsonl")),
        rejected=tuple(_lines(out / "rejected.jsonl")),
    )


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def poor(inspected: tuple[Inspected, ...]) -> set[str]:
    """The signals of poor scores; the number after those of the findings."""
    return {f"{one.id}#{len(one.findings)}" for one in inspected if one.score < POOR_BELOW}


def repeated(inspected: tuple[Inspected, ...]) -> set[str]:
    """The signals of findings that an earlier inspection of the same business made, not too long before."""
    times: defaultdict[tuple[str, str], list[datetime]] = defaultdict(list)
    for one in inspected:
        for text in one.findings:
            times[one.business, text].append(one.at.astimezone(ZoneInfo("UTC")))
    return {
        f"{one.id}#{number}"
        for one in inspected
        for number, text in enumerate(one.findings)
        if any(
            timedelta(0) < one.at.astimezone(ZoneInfo("UTC")) - before <= REPEAT_WITHIN
            for before in times[one.business, text]
        )
    }


def test_the_pack_has_no_mistakes() -> None:
    city, mistakes = read_pack(PACK)
    assert mistakes == ()
    assert city is not None
    named = {source.file for source in city.settings.sources}
    assert {file.name for file in PACK.iterdir()} == named | {"city.yaml", "README.md"}


def test_every_finding_text_of_the_file_is_a_category(inspected: tuple[Inspected, ...]) -> None:
    city, _ = read_pack(PACK)
    assert city is not None
    texts = {text for one in inspected for text in one.findings}
    assert len(texts) == 65
    assert {text for text in texts if city.category_of(text) is None} == set()


@pytest.mark.timeout(300)
def test_the_ledger_balances_and_every_row_is_accounted_for(
    inspected: tuple[Inspected, ...], replayed: Replayed
) -> None:
    assert len(inspected) == 8_356
    nowhere = {one.id for one in inspected if not one.has_point and not one.postal_code}
    rows_nowhere = sum(1 for one in inspected if not one.has_point and not one.postal_code)
    twice = len(inspected) - len({one.id for one in inspected})
    assert replayed.summary["ledger"] == {
        "sffood": {
            "received": 8_356,
            "accepted": 8_356 - rows_nowhere - twice,
            "rejected": rows_nowhere,
            "duplicate": twice,
            "late": 0,
            "dead": 0,
        }
    }
    assert {(row["source_id"], row["reason"]) for row in replayed.rejected} == {
        (row, "no_place") for row in nowhere
    }


@pytest.mark.timeout(300)
def test_poor_scores_and_repeated_findings_are_hazard_cases_and_nothing_else_is(
    inspected: tuple[Inspected, ...], replayed: Replayed
) -> None:
    placed = tuple(one for one in inspected if one.has_point or one.postal_code)
    bad, again = poor(placed), repeated(placed)
    assert len(bad) == 225
    assert len(again) > 2_000
    assert set(replayed.members()) == bad | again


@pytest.mark.timeout(300)
def test_a_business_has_one_case_and_a_case_one_business(replayed: Replayed) -> None:
    by_business: defaultdict[str, set[object]] = defaultdict(set)
    by_case: defaultdict[object, set[str]] = defaultdict(set)
    for signal, case in replayed.members().items():
        business = signal.split("/", 1)[0]
        by_business[business].add(case["case_id"])
        by_case[case["case_id"]].add(business)
    assert {len(businesses) for businesses in by_case.values()} == {1}
    assert {len(cases) for cases in by_business.values()} == {1}


@pytest.mark.timeout(300)
def test_what_has_no_point_lies_in_the_town_of_its_postal_code(
    inspected: tuple[Inspected, ...], replayed: Replayed
) -> None:
    by_code = {one.id: one.postal_code for one in inspected if not one.has_point and one.postal_code}
    towns = {
        (by_code[signal.rsplit("#", 1)[0]], case["town"])
        for signal, case in replayed.members().items()
        if signal.rsplit("#", 1)[0] in by_code
    }
    codes = {code for code, town in towns if code == town}
    assert len(codes) > 20
    assert {(code, town) for code, town in towns if code != town} <= {("94014", "SF"), ("94143", "94122")}


@pytest.mark.timeout(300)
def test_every_case_has_a_lead_and_no_case_closes_without_a_re_inspection(replayed: Replayed) -> None:
    leads = {str(case["lead_unit"]) for case in replayed.cases}
    assert all(lead == "food-safety" or lead.startswith("inspectors-") for lead in leads)
    assert {case["stage"] for case in replayed.cases} == {"dispatched"}
