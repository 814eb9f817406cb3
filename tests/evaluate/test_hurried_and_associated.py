"""Base weeks in a hurry tell of the same signals as the whole hub does; what goes together is judged."""

import random
from datetime import UTC, datetime, timedelta

from tests.evaluate.small_life import START, empty
from tests.scenarios.brook import brook as load_brook

from hub.citypack.city import City
from hub.evaluate.associated import judge_associations
from hub.evaluate.figures import associations
from hub.evaluate.heard import SignalId
from hub.evaluate.play import Played, Setting, play
from hub.simulate.truth import Association

NIGHT_WORKS = ("pollution.noise.site", "building.site.fence", "event.site.digging")


def played(city: City, judge_from: float) -> Played:
    return play(city, Setting(5, datetime(2026, 3, 2, tzinfo=UTC), 2, judge_from, 8), lambda _: None)


def test_base_days_tell_of_the_same_signals() -> None:
    city = load_brook()
    hurried, whole = played(city, 5), played(city, 0)
    assert hurried.setting.settles >= hurried.setting.end
    assert whole.setting.settles == whole.setting.start
    too_late: set[SignalId] = {(one.source, one.id) for one in whole.truth.too_late}
    people = {one for one in hurried.heard.case_of if one in hurried.told}
    assert people - too_late == {one for one in whole.heard.case_of if one in whole.told}
    assert len(people) > 300
    # In a hurry nobody acts, so no case is resolved before more can join it.
    assert hurried.records < whole.records
    cases = {len(set(run.heard.case_of.values())) / len(run.heard.case_of) for run in (hurried, whole)}
    assert max(cases) - min(cases) < 0.2


def works(city: City, *, together: bool) -> Played:
    """A month of 300 cells where noise, fences and digging are told of by night, with 40 works or without."""
    run, chance = empty(city), random.Random(3)
    run.truth.associations = (Association("night-works", NIGHT_WORKS, "night-works", 5.0),)
    cells = [f"{1000 + number:04d}-1000" for number in range(300)]

    def tell(category: str, cell: str, day: int) -> None:
        at = START + timedelta(days=day, hours=14 + chance.random() * 5)  # 22 to 3 o'clock in Beijing
        run.heard.occurrences.take(category, cell, "110101001", "110101001", at)

    for category in (*NIGHT_WORKS, "cityscape.waste.piled", "road.traffic.parking", "safety.fire.ebike"):
        for _ in range(300):
            tell(category, chance.choice(cells), chance.randrange(30))
    for place in chance.sample(cells, 40) if together else ():
        for day in sorted(chance.sample(range(30), 10)):
            for category in NIGHT_WORKS:
                tell(category, place, day)
    return run


def test_planted_pairs_are_found_and_nothing_else(beijing: City) -> None:
    judged = list(judge_associations(works(beijing, together=True)))
    assert len(judged) == 3
    assert all(one.must and one.true and one.found for one in judged)
    assert associations(judged)["planted found"].value == associations(judged)["precision"].value == 1


def test_where_nothing_goes_together_planted_pairs_are_missed(beijing: City) -> None:
    judged = list(judge_associations(works(beijing, together=False)))
    assert [one.found for one in judged] == [False] * 3
    assert associations(judged)["planted found"].value == 0
