"""repeats.yaml: off without the file, a category's own rule before its parents', mistakes named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from hub.citypack.load import load_city, read_pack
from hub.citypack.repeats import Again, AgainAtPlace, RepeatPolicy, RepeatRules

WritePack = Callable[..., Path]

REPEATS = """\
appellant: {times: 3, within_days: 30}
place: {times: 4, within_days: 40, apart_h: 24}
categories:
  - {category: utility, appellant: {times: 5, within_days: 90}}
  - {category: burst, never: true}
"""


def test_a_pack_without_the_file_remembers_nobody(write_pack: WritePack) -> None:
    city = load_city(write_pack())
    assert city.repeats == RepeatPolicy()
    assert city.repeat_rules.of("noise") == RepeatRules(None, None)
    assert not city.repeat_rules.remembers


def test_the_nearest_rule_above_a_category_holds(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "repeats.yaml").write_text(REPEATS)
    rules = load_city(folder).repeat_rules
    place = AgainAtPlace(times=4, within_days=40, apart_h=24)
    assert rules.of("noise") == RepeatRules(Again(times=3, within_days=30), place)
    assert rules.of("dry") == RepeatRules(Again(times=5, within_days=90), place)
    assert rules.of("burst") == RepeatRules(None, None)
    assert (rules.person_memory, rules.place_memory) == (timedelta(days=90), timedelta(days=40))


def test_who_needs_help_is_remembered_for_a_month_at_least(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "repeats.yaml").write_text("help: {times: 5, within_days: 7, dissatisfied: 2}\n")
    rules = load_city(folder).repeat_rules
    assert (rules.person_memory, rules.place_memory) == (timedelta(days=31), timedelta(0))
    assert rules.remembers


@pytest.mark.parametrize(
    ("text", "field", "problem"),
    [
        ("categories: [{category: nois, never: true}]\n", "categories", "nois is not in"),
        (f"{REPEATS}  - {{category: burst, never: true}}\n", "categories", "burst stands 2 times"),
        ("categories: [{category: noise}]\n", "categories.0", "say either never: true"),
        ("appellant: {times: 1, within_days: 30}\n", "appellant.times", "greater than or equal to 2"),
        ("help: {times: 5, within_days: 30}\n", "help.dissatisfied", "is missing"),
        ("smallest_group: 1\n", "smallest_group", "greater than or equal to 2"),
    ],
)
def test_a_mistake_is_named(write_pack: WritePack, text: str, field: str, problem: str) -> None:
    folder = write_pack()
    (folder / "repeats.yaml").write_text(text)
    city, mistakes = read_pack(folder)
    assert city is None
    assert [(one.file, one.field) for one in mistakes] == [("repeats.yaml", field)]
    assert problem in mistakes[0].problem


def test_categories_that_remediation_names_are_known(write_pack: WritePack) -> None:
    folder = write_pack()
    (folder / "patterns.yaml").write_text("remediation: {categories: [nois]}\n")
    _, mistakes = read_pack(folder)
    assert [(one.file, one.field) for one in mistakes] == [("patterns.yaml", "remediation")]
    (folder / "patterns.yaml").write_text("remediation: {categories: [utility]}\n")
    city = load_city(folder)
    assert city.patterns.remediation.covers(city.ancestors_of("burst"))
    assert not city.patterns.remediation.covers(city.ancestors_of("noise"))
