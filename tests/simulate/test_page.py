"""docs/simulator.md says what the habits, the units and the truth file really hold."""

import json
from pathlib import Path

import pytest
from tests.conftest import PROJECT

from hub.citypack.city import City
from hub.simulate.files import write_truth
from hub.simulate.habits import Story
from hub.simulate.load_habits import habits_of
from hub.simulate.truth import GroundTruth
from hub.simulate.unit_model import Behaviour


@pytest.fixture(scope="module")
def page() -> str:
    return (PROJECT / "docs" / "simulator.md").read_text("utf-8")


def row(story: Story) -> str:
    sensor = story.sensor
    shown = "" if sensor is None else f"{sensor.kind} {sensor.limit}, {sensor.share:.0%}".replace("%", " %")
    grid = f"{story.grid_share:.0%}".replace("%", " %") if story.grid else ""
    cells = (
        story.kind,
        f"{story.per_day:g}",
        f"{story.reports[0]} to {story.reports[1]}",
        f"{story.within_m:g} m, {story.within_hours:g} h",
        grid,
        shown,
    )
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def test_every_story_has_its_row(page: str, beijing: City) -> None:
    rows = {row(story) for story in habits_of(beijing).stories}
    assert rows <= set(page.splitlines()), sorted(rows - set(page.splitlines()))


def test_totals_are_the_habits_own(page: str, beijing: City) -> None:
    habits = habits_of(beijing)
    assert f"{habits.tickets_per_day:,.0f} a mean day" in page
    assert f"{habits.inspections_per_day:,.0f} a working day" in page
    assert f"all others together {habits.rest:.0%}".replace("%", " %") in page
    assert f"{habits.solved_on_spot:.0%} of the single ones".replace("%", " %") in page


def test_units_behave_as_the_page_says(page: str) -> None:
    how = Behaviour()
    assert f"after {how.sign_for[0]:.0%} of the limit".replace("%", " %") in page
    assert f"| forgotten | {how.forgotten:.0%};".replace("%", " %") in page
    assert f"| signed for by a unit that does not lead | {how.wrong_unit:.1%} |".replace("%", " %") in page


def test_the_centre_and_the_reviewer_behave_as_the_page_says(page: str) -> None:
    how = Behaviour()
    for told in (
        f"{how.reached:.0%} of citizens answer",
        f"contacted {how.contacted:.0%}, solved {how.solved:.1%}, of those satisfied {how.satisfied:.0%}",
        f"| objected to | {how.objects:.0%}, within three hours; the reviewer upholds {how.upheld:.0%}",
        f"| handed back | {how.hands_back:.1%} |",
        f"| whistled for | {how.whistles:.1%};",
        f"{how.absent:.0%} do not come, {how.silent:.0%} do not co-sign, {how.refuses_closure:.0%} refuse",
        f"| suspended | {how.suspends:.0%},",
        f"| more time asked for | {how.asks_time:.0%},",
        f"| left out of the score, asked | {how.asks_exclusion:.1%} of closed cases |",
    ):
        assert told.replace("%", " %") in page, told


def test_every_field_of_the_truth_is_explained(page: str, tmp_path: Path) -> None:
    write_truth(
        tmp_path, GroundTruth(), {"city": "", "seed": 1, "start": "", "days": 1, "scale": 1, "districts": ()}
    )
    truth = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    for name in (*truth, *truth["run"]):
        assert f"`{name}`" in page
