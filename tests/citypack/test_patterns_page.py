"""What the page about patterns shows of a pack is what a pack may say, and what holds without it."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from hub.citypack.needs import NeedsTree
from hub.citypack.pattern_rules import PatternRules

PAGE = (Path(__file__).parents[2] / "docs" / "patterns.md").read_text("utf-8")
DOCUMENTS = [yaml.safe_load(text) for text in re.findall(r"^```yaml\n(.*?)^```", PAGE, re.M | re.S)]


def test_the_page_states_every_field_of_patterns_yaml_with_its_default() -> None:
    (stated,) = (one for one in DOCUMENTS if "topics" in one)
    assert stated == PatternRules().model_dump(mode="json")


def test_the_needs_of_the_page_are_a_tree() -> None:
    (stated,) = (one for one in DOCUMENTS if "needs" in one)
    tree = NeedsTree.model_validate(stated)
    assert len(tree.needs[0].indicators) == 2
    assert set(stated) == set(NeedsTree.model_fields)
    defaults = NeedsTree()
    assert (tree.fewest, tree.prior, tree.weak_times) == (
        defaults.fewest,
        defaults.prior,
        defaults.weak_times,
    )
