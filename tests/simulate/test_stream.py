"""The stream: the same for the same arguments, in order of arrival, whole, of valid contracts."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from tests.simulate.conftest import START

from hub import topics
from hub.citypack.city import City
from hub.citypack.load import load_city, packaged_cities
from hub.contracts.feeds import HotlineTicket
from hub.errors import HubError
from hub.simulate.city_life import simulate
from hub.simulate.publication import Publication, by_arrival
from hub.simulate.truth import GroundTruth


def lines(city: City, seed: int, days: float = 0.1, scale: float = 0.02) -> list[str]:
    return [f"{sent!r}" for sent in simulate(city, seed, START, days, scale)]


def test_the_same_arguments_give_the_same_bytes(beijing: City) -> None:
    assert lines(beijing, 7) == lines(beijing, 7)


def test_another_seed_gives_another_life(beijing: City) -> None:
    assert not set(lines(beijing, 7)) & set(lines(beijing, 8))


def test_a_longer_run_begins_as_a_shorter_one(brook: City) -> None:
    short = [repr(sent) for sent in simulate(brook, 3, START, 1, 20)]
    long = [repr(sent) for sent in simulate(brook, 3, START, 2, 20)]
    assert long[: len(short)] == short
    assert len(long) > 1.5 * len(short)


def test_a_moment_is_the_same_in_any_time_zone(brook: City) -> None:
    elsewhere = START.astimezone(ZoneInfo("America/New_York"))
    assert list(simulate(brook, 3, elsewhere, 0.2)) == list(simulate(brook, 3, START, 0.2))


def test_a_day_is_as_long_where_the_clocks_change(brook: City) -> None:
    start = START.replace(month=3, day=28).astimezone(ZoneInfo("Europe/Vienna"))
    sent = list(simulate(brook, 3, start, 2, 20))
    assert {(one.time - start) // timedelta(hours=1) for one in sent} >= set(range(47))
    ids = Counter((one.topic, one.id) for one in sent)
    assert max(ids.values()) <= 2


def test_publications_come_in_order_of_arrival_and_none_after_the_end(beijing: City) -> None:
    sent = list(simulate(beijing, 7, START, 0.2, 0.05))
    assert all(by_arrival(before) <= by_arrival(after) for before, after in pairwise(sent))
    assert sent[0].arrived >= START
    assert sent[-1].arrived < START + timedelta(days=0.2)
    assert all(one.time <= one.arrived for one in sent)


def test_every_feed_but_the_units_publishes_what_its_contract_allows(beijing: City) -> None:
    sent = list(simulate(beijing, 7, START, 0.1, 0.02))
    assert {one.topic for one in sent} == {topics.HOTLINE, topics.GRID, topics.INSPECTIONS, topics.READINGS}
    for one in sent:
        assert type(one.value) in topics.TOPICS[one.topic].contracts
        assert type(one.value).model_validate(one.value.model_dump()) == one.value
        assert (one.source, one.id) == (one.value.source, one.value.id)  # type: ignore[attr-defined]


def test_ids_repeat_only_where_the_same_record_is_sent_again(people_of_beijing: City) -> None:
    truth = GroundTruth()
    first: dict[tuple[str, str], Publication] = {}
    again = []
    for sent in simulate(people_of_beijing, 7, START, 0.5, 0.05, truth=truth):
        if (sent.topic, sent.id) in first:
            assert sent.value == first[sent.topic, sent.id].value
            again.append(sent)
        first.setdefault((sent.topic, sent.id), sent)
    assert again == truth.repeated
    assert 5 <= len(again) <= 0.01 * len(first)


def test_a_beijing_day_has_the_stated_numbers(people_of_beijing: City) -> None:
    """66,000 tickets and a third as many reports on a mean day; a Monday has some more."""
    start = START.astimezone(ZoneInfo(people_of_beijing.settings.timezone)).replace(hour=0)
    counts = Counter(sent.topic for sent in simulate(people_of_beijing, 1, start, 1, 0.05))
    assert 3300 <= counts[topics.HOTLINE] <= 3850
    assert 0.3 <= counts[topics.GRID] / counts[topics.HOTLINE] <= 0.37


def test_nights_and_days_off_are_quiet(people_of_beijing: City) -> None:
    city = people_of_beijing
    zone = ZoneInfo(city.settings.timezone)
    start = START.astimezone(zone).replace(hour=0) - timedelta(days=2)
    tickets = [one for one in simulate(city, 5, start, 3, 0.02) if isinstance(one.value, HotlineTicket)]
    per_day = Counter(one.time.astimezone(zone).isoweekday() for one in tickets)
    assert per_day[7] < 0.9 * per_day[1]
    per_hour = Counter(one.time.astimezone(zone).hour for one in tickets)
    assert sum(per_hour[hour] for hour in range(6)) < 0.35 * sum(per_hour[hour] for hour in range(9, 15))


@pytest.mark.parametrize("name", packaged_cities())
def test_every_city_that_ships_can_be_simulated(name: str) -> None:
    truth = GroundTruth()
    sent = list(simulate(load_city(name), 1, START, 0.1, 0.02, truth=truth))
    assert sent
    assert truth.incidents


@pytest.mark.parametrize(("days", "scale"), [(0.0, 1.0), (1.0, 0.0), (-1.0, 1.0)])
def test_impossible_lengths_and_scales_are_refused(brook: City, days: float, scale: float) -> None:
    with pytest.raises(HubError, match="must be above 0"):
        simulate(brook, 1, START, days, scale)
