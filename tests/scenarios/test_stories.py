"""Every story on the memory runner. The same stories run on Kafka in tests/broker/test_scenarios.py."""

from __future__ import annotations

import pytest
from tests.scenarios.language import Story
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.stories import STORIES


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.name)
def test_story(told: Story) -> None:
    play(told, MemoryCity())


def test_names_of_stories_are_their_own() -> None:
    names = [told.name for told in STORIES]
    assert sorted(set(names)) == sorted(names)
