"""The scores of each story's cases are those that its events give."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.scenarios.brook import brook
from tests.scenarios.language import Story
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.stories import STORIES
from tests.verify.hearing_scores import SAID, ScoreFiles


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.name)
def test_scores_of_a_story_are_those_recomputed(told: Story, tmp_path: Path) -> None:
    city, files = MemoryCity(), ScoreFiles(tmp_path)
    heard = play(told, city)
    for topic in SAID:
        for record in city.records(topic):
            files.hear(record)
    cells, rates = files.compare(brook())
    assert cells.shown == rates.shown == ()
    assert bool(cells.compared) == bool(rates.compared) == bool(heard.states)
