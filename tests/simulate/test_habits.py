"""Habits: Beijing's fit its pack; a file that does not is refused with what is wrong."""

from importlib.resources import files

import pytest

from hub.citypack.city import City
from hub.errors import HubError
from hub.simulate.habits import Habits, Story
from hub.simulate.load_habits import habits_of, read_habits
from hub.simulate.reported import reported_by_people

DAY = "[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1]"
HOURS = f"hours: {{day: {{workday: {DAY}, day_off: {DAY}}}, even: {{workday: {DAY}, day_off: {DAY}}}}}\n"


def _all_words_of(city: City, story: Story) -> list[str]:
    words = [found.code for text in story.named if (found := city.category_of(text))]
    return words + ([city.kinds[story.sensor.kind].category] if story.sensor else [])


def test_what_beijing_s_incidents_are_called_may_join_in_its_pack(beijing: City) -> None:
    for story in habits_of(beijing).stories:
        words = _all_words_of(beijing, story)
        if story.apart:
            assert all(beijing.join_of(word).never for word in words)
            continue
        assert len({beijing.affinity_of(word) for word in words}) == 1
        for word in words:
            join = beijing.join_of(word)
            assert not join.never
            assert story.within_m <= join.within_m
            assert story.within_hours <= max(join.within_hours, beijing.join_of(words[0]).within_hours)


def test_beijing_s_hazards_are_not_told_by_citizens(beijing: City) -> None:
    hazards = [hazard.category for hazard in habits_of(beijing).hazards]
    people = set(reported_by_people(beijing, hazards))
    assert people
    assert not any(code.startswith(("hazard.", "sensor.")) for code in people)


def test_a_city_without_habits_gets_plain_ones(brook: City) -> None:
    habits = habits_of(brook)
    assert {matter.category for matter in habits.matters} >= {"water.burst", "noise", "bill"}
    assert {hazard.category for hazard in habits.hazards} == {"hazard.exit", "hazard.pest", "hazard.score"}
    assert {story.kind for story in habits.stories} == {"shared", "sensed-pressure", "sensed-sound"}


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("matters: [{category: nonsense, tickets: 1}]", "no category nonsense"),
        ("matters: [{category: noise, tickets: -1}]", "matters.0.tickets"),
        ("matters: [{category: noise, tickets: 1, hours: dusk}]", "no profile is named dusk"),
        ("sensors: {barometer: {base: 1}}", "no kind of sensor barometer"),
        ("tickets_a_day: 5", "tickets_a_day"),
    ],
)
def test_a_mistake_in_a_file_is_named(brook: City, more: str, wrong: str) -> None:
    with pytest.raises(HubError, match=wrong):
        read_habits(f"tickets_per_day: 100\n{HOURS}{more}\n", brook, "brook.yaml")


def test_every_file_belongs_to_a_city_that_ships() -> None:
    names = {file.name for file in (files("hub.simulate") / "cities").iterdir()}
    packs = {file.name for file in (files("hub") / "cities").iterdir()}
    assert {name.removesuffix(".yaml") for name in names} <= packs


def test_habits_are_frozen(brook: City) -> None:
    assert Habits.model_config["frozen"]
    assert habits_of(brook) == habits_of(brook)
