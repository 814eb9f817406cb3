"""The optional documents of a pack about patterns: defaults without them, mistakes named in them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from hub.citypack.checks.needs import uncovered
from hub.citypack.fields import Zone
from hub.citypack.load import load_city, read_pack
from hub.citypack.needs import NeedsTree
from hub.citypack.pattern_rules import PatternRules
from hub.cli import main

WritePack = Callable[..., Path]

NEEDS = """\
needs:
  - code: living
    name: Living well
    indicators:
      - {code: quiet, name: Quiet, categories: [noise], weight: 2, zones: {core: 3}}
      - {code: dry-homes, name: Water, categories: [utility, burst], measure: solved, direction: higher}
leave_out: [other]
"""


def test_a_pack_without_them_has_the_defaults(write_pack: WritePack) -> None:
    city = load_city(write_pack())
    assert city.patterns == PatternRules()
    assert city.needs == NeedsTree()


def test_a_pack_says_what_it_wants(write_pack: WritePack) -> None:
    patterns = "topics: {level: 1, leave_out: [other]}\nremediation: {times_city: 2}\n"
    folder = write_pack()
    (folder / "patterns.yaml").write_text(patterns)
    (folder / "indicators.yaml").write_text(NEEDS)
    city = load_city(folder)
    assert city.patterns.topics.level == 1
    assert city.patterns.remediation.times_city == 2
    quiet, homes = city.needs.needs[0].indicators
    assert (quiet.weight_in(Zone.CORE), quiet.weight_in(Zone.URBAN), homes.weight_in(Zone.CORE)) == (3, 2, 1)


def problems(folder: Path, file: str, text: str) -> list[str]:
    (folder / file).write_text(text)
    city, mistakes = read_pack(folder)
    assert city is None
    assert {mistake.file for mistake in mistakes} == {file}
    return [f"{mistake.field}: {mistake.problem}" for mistake in mistakes]


def test_a_category_that_is_not_there_is_named(write_pack: WritePack) -> None:
    found = problems(write_pack(), "patterns.yaml", "topics: {leave_out: [nois]}\n")
    assert found == ["topics: nois is not in categories.csv"]


def test_a_category_of_an_indicator_that_is_not_there_is_named(write_pack: WritePack) -> None:
    found = problems(write_pack(), "indicators.yaml", NEEDS.replace("[noise]", "[boise]"))
    assert found == ["needs: boise is not in categories.csv"]


def test_weights_that_are_not_one_are_refused(write_pack: WritePack) -> None:
    found = problems(write_pack(), "patterns.yaml", "topics: {weights: {volume: 0.9}}\n")
    assert "must be 1, not 1.6" in found[0]


def test_a_code_that_stands_twice_is_refused(write_pack: WritePack) -> None:
    found = problems(write_pack(), "indicators.yaml", NEEDS.replace("dry-homes", "quiet"))
    assert "quiet stands twice" in found[0]


def test_categories_under_no_indicator_are_listed(write_pack: WritePack) -> None:
    folder = write_pack()
    assert uncovered(load_city(folder)) == ()
    (folder / "indicators.yaml").write_text(NEEDS.replace("categories: [noise]", "categories: [burst]"))
    assert uncovered(load_city(folder)) == ("noise",)
    told = CliRunner().invoke(main, ["city", "check", str(folder)])
    assert "1 categories are under no indicator: noise" in told.output


def test_every_category_of_beijing_is_under_a_need_or_left_out() -> None:
    city = load_city("beijing")
    assert len(city.needs.needs) == 12
    assert uncovered(city) == ()


def test_a_share_has_its_own_direction(write_pack: WritePack) -> None:
    found = problems(write_pack(), "indicators.yaml", NEEDS.replace("direction: higher", "direction: lower"))
    assert "solved is better higher" in found[0]
