"""The scores of all stories' cases are those that their events give: each story in districts of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.scenarios.brook import brook
from tests.scenarios.language import Story
from tests.scenarios.play import MemoryCity, play
from tests.scenarios.stories import STORIES
from tests.verify.hearing_scores import ScoreFiles

from hub import topics
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Contract
from hub.contracts.scores import ScoreBy, ScoreCell
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers


@pytest.mark.timeout(600)
def test_scores_of_stories_are_those_recomputed(tmp_path: Path) -> None:
    files = ScoreFiles(tmp_path)
    for told in STORIES:
        for value in _said(told):
            match value:
                case CaseEvent():
                    files.hear_event(_event_apart(value, told.name))
                case ScoreCell():
                    files.hear_cell(_cell_apart(value, told.name))
    cells, rates = files.compare(brook())
    assert cells.shown == rates.shown == ()
    assert min(cells.compared, rates.compared) > 10 * len(STORIES)


def _said(told: Story) -> Iterator[Contract]:
    city = MemoryCity()
    play(told, city)
    for topic in (topics.EVENTS, topics.SCORES_DAILY):
        for record in city.records(topic):
            attributes = read_headers(record.headers)
            yield decode(attributes.type, attributes.version, record.value or b"")


def _event_apart(event: CaseEvent, story: str) -> CaseEvent:
    apart = {"case_id": f"{story}: {event.case_id}", "district": f"{story}: {event.district}"}
    return event.model_copy(update=apart)


def _cell_apart(cell: ScoreCell, story: str) -> ScoreCell:
    apart = {"district": f"{story}: {cell.district}"}
    if cell.by is ScoreBy.DISTRICT:
        apart["subject"] = apart["district"]
    return cell.model_copy(update=apart)
