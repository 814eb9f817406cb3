"""What is planted: occasions, storms, sensors' faults and associations, as the habits say and the truth."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import combinations
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from tests.simulate.conftest import START
from tests.simulate.test_readings import Readings, readings_of

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import HotlineTicket, ReadingPack
from hub.contracts.fields import Point
from hub.errors import HubError
from hub.simulate.city_life import part_of, simulate
from hub.simulate.habits import Habits
from hub.simulate.load_habits import habits_of
from hub.simulate.planted_habits import FaultHabit, FaultHabits, StormHabit
from hub.simulate.publication import Publication
from hub.simulate.truth import Association, Fault, FaultKind, GroundTruth, Incident, Occasion

DAYS = 9


@dataclass
class Lived:
    """Some days of two districts, as densely as in the whole city."""

    truth: GroundTruth
    sent: list[Publication]

    @cached_property
    def brought(self) -> dict[str, list[Incident]]:
        """The incidents of each occasion."""
        found: dict[str, list[Incident]] = defaultdict(list)
        for incident in self.truth.incidents.values():
            if incident.occasion:
                found[incident.occasion].append(incident)
        return found

    def of(self, occasion: Occasion) -> list[Incident]:
        """The incidents of an occasion."""
        return self.brought[occasion.id]

    def kind(self, kind: str) -> list[Occasion]:
        """The occasions of a kind that were over in time."""
        end = START + timedelta(days=DAYS - 1)
        return [one for one in self.truth.occasions if one.kind == kind and one.ended < end]


@pytest.fixture(scope="module")
def centre(beijing: City) -> list[str]:
    return [town.code for town in beijing.towns.values() if town.district in ("110101", "110102")]


@pytest.fixture(scope="module")
def lived(people_of_beijing: City, centre: list[str]) -> Lived:
    truth = GroundTruth()
    stormy = habits_of(people_of_beijing)
    stormy = stormy.model_copy(update={"storms": stormy.storms.model_copy(update={"per_day": 0.5})})
    sent = simulate(people_of_beijing, 4, START, DAYS, towns=centre, truth=truth, habits=stormy)
    return Lived(truth, list(sent))


def ordinary(habits: Habits) -> Habits:
    return habits.model_copy(update={"occasions": (), "storms": StormHabit(), "faults": FaultHabits()})


def test_the_ordinary_day_stays_as_it_is(people_of_beijing: City) -> None:
    city, truth = people_of_beijing, GroundTruth()
    without = list(simulate(city, 7, START, 0.7, 0.1, habits=ordinary(habits_of(city))))
    sent = list(simulate(city, 7, START, 0.7, 0.1, truth=truth))
    planted = {s for one in truth.incidents.values() if one.occasion for s in one.signals}
    assert [one for one in sent if (one.source, one.id) not in planted] == without
    assert 0.001 < len(planted) / len(without) < 0.05


def test_all_that_is_said_of_an_occasion_is_said_at_its_place_while_it_lasts(
    lived: Lived, beijing: City
) -> None:
    by_signal = {(one.source, one.id): one.value for one in lived.sent}
    late = {(one.source, one.id) for one in lived.truth.too_late}
    seen = 0
    for occasion in lived.truth.occasions:
        if occasion.kind == "storm":
            continue
        for incident in lived.of(occasion):
            for signal in incident.signals:
                ticket = by_signal[signal]
                assert isinstance(ticket, HotlineTicket)
                assert signal in late or occasion.began <= ticket.reported_at <= occasion.ended
                if ticket.place.point is not None:
                    centre = Point(lon=occasion.lon, lat=occasion.lat)
                    assert beijing.distance_m(ticket.place.point, centre) <= occasion.within_m + 1
                    seen += 1
    assert seen > 200


def test_a_festival_brings_noise_traffic_and_rubbish(lived: Lived) -> None:
    festivals = lived.kind("festival")
    assert len(festivals) >= 4
    for festival in festivals:
        roots = Counter(
            incident.category.split(".")[0] for incident in lived.of(festival) for _ in incident.signals
        )
        assert set(roots) == {"pollution", "road", "cityscape"}
        assert 12 <= roots.total() <= 75


def test_illegal_sites_are_complained_of_for_weeks(people_of_beijing: City, centre: list[str]) -> None:
    truth = GroundTruth()
    habits = habits_of(people_of_beijing)
    sites = tuple(one for one in habits.occasions if one.kind == "illegal-site")
    only = habits.model_copy(
        update={"occasions": sites, "stories": (), "storms": StormHabit(), "tickets_per_day": 1}
    )
    list(simulate(people_of_beijing, 4, START, 30, towns=centre, truth=truth, habits=only))
    over = [one for one in truth.occasions if one.ended < START + timedelta(days=29)]
    assert len(over) >= 3
    for site in over:
        (incident,) = (one for one in truth.incidents.values() if one.occasion == site.id)
        assert 10 <= len(incident.signals) <= 40
        assert timedelta(days=14) <= site.ended - site.began <= timedelta(days=28)


def test_one_citizen_reports_the_same_again(lived: Lived) -> None:
    tickets = {(one.source, one.id): one.value for one in lived.sent}
    phones: dict[str, set[str]] = defaultdict(set)
    told: Counter[str] = Counter()
    for incident in lived.truth.incidents.values():
        if incident.kind == "same-again":
            (signal,) = incident.signals
            ticket = tickets[signal]
            assert isinstance(ticket, HotlineTicket)
            assert incident.group
            told[incident.group] += 1
            if ticket.appellant and ticket.appellant.phone:
                phones[incident.group].add(ticket.appellant.phone)
    assert max(told.values()) >= 3
    assert {len(found) for found in phones.values()} == {1}


def test_a_storm_multiplies_what_weather_brings_in_several_towns(lived: Lived, beijing: City) -> None:
    storms = lived.kind("storm")
    assert storms
    habit = habits_of(beijing).storms
    for storm in storms:
        assert len(storm.towns) >= 2
        kinds = {one.kind for one in lived.of(storm)}
        assert kinds <= {"storm", *habit.stories}
        of = {one.category for one in lived.of(storm) if one.kind == "storm"}
        during = {signal for one in lived.of(storm) if one.kind == "storm" for signal in one.signals}
        normal = [
            one
            for one in lived.truth.incidents.values()
            if one.occasion is None and one.category in of and one.town in storm.towns
        ]
        times = len(during) / (len(normal) / DAYS)
        assert habit.times[0] * 0.5 < times < habit.times[1] * 2


def test_a_part_of_the_city_is_as_dense_as_the_whole(lived: Lived, centre: list[str], beijing: City) -> None:
    whole = sum(town.residents for town in beijing.towns.values())
    share = sum(beijing.towns[code].residents for code in centre) / whole
    tickets = lived.truth.published[topics.HOTLINE] / DAYS
    assert 0.9 < tickets / (share * habits_of(beijing).tickets_per_day) < 1.25
    towns = Counter(one.town for one in lived.truth.incidents.values())
    inside = sum(count for town, count in towns.items() if town in centre)
    assert inside > 0.98 * towns.total()  # a place may lie just beyond a town's border


def test_a_part_has_its_own_gateways_alone(beijing: City, centre: list[str]) -> None:
    gateways = part_of(beijing, centre).gateways.values()
    assert gateways
    assert {gateway.town for gateway in gateways} <= set(centre)
    assert part_of(beijing, ()) is beijing
    packs = {s.key for s in simulate(beijing, 1, START, 0.05, towns=centre) if s.topic == topics.READINGS}
    assert packs == {gateway.id for gateway in gateways}


def test_a_town_that_the_city_does_not_have_is_refused(beijing: City) -> None:
    with pytest.raises(HubError, match="no town 999"):
        simulate(beijing, 1, START, towns=["999"])


Basket = tuple[str, str, int]


def baskets_of(lived: Lived, city: City) -> dict[Basket, set[str]]:
    """The categories that were told in each cell, on each local day, in each six hours."""
    zone = ZoneInfo(city.settings.timezone)
    found: dict[Basket, set[str]] = defaultdict(set)
    for one in lived.sent:
        if isinstance(one.value, HotlineTicket) and one.value.place.point is not None:
            located = city.locate(one.value.place.point)
            if located is not None and located.cell is not None:
                local = one.time.astimezone(zone)
                found[located.cell, f"{local:%y%m%d}", local.hour // 6].add(one.value.category)
    return found


def lift(baskets: Iterable[set[str]], a: str, b: str) -> float:
    """How much more often two categories come together than chance would have it."""
    every = list(baskets)
    of_a, of_b = sum(a in one for one in every), sum(b in one for one in every)
    return sum(a in one and b in one for one in every) * len(every) / (of_a * of_b)


def test_what_goes_together_does_and_what_only_shares_hours_does_not(lived: Lived, beijing: City) -> None:
    baskets = baskets_of(lived, beijing)
    together: list[Association] = []
    for association in lived.truth.associations:
        lifts = [lift(baskets.values(), a, b) for a, b in combinations(association.categories, 2)]
        if association.occasion:
            together.append(association)
            assert min(lifts) >= association.lift > 1
        else:
            assert association.lift == 1
            assert max(lifts) < 2, association
    assert [one.name for one in together] == ["night-works"]
    assert any(one.kind == "night-works" for one in lived.truth.occasions)


# sensors

FAULTY = FaultHabits(
    stuck=FaultHabit(per_sensor_day=0.02, lasts_hours=(3, 6)),
    missing=FaultHabit(per_sensor_day=0.02, lasts_hours=(3, 6)),
    drift=FaultHabit(per_sensor_day=0.02, lasts_hours=(8, 16)),
)


@pytest.fixture(scope="module")
def faulty(beijing: City, centre: list[str]) -> tuple[GroundTruth, Readings]:
    truth = GroundTruth()
    habits = habits_of(beijing).model_copy(update={"faults": FAULTY, "stories": (), "occasions": ()})
    sent = simulate(beijing, 5, START, 1, 0.01, towns=centre, truth=truth, habits=habits)
    packs = {one.id: one.value for one in sent if isinstance(one.value, ReadingPack)}
    return truth, readings_of(list(packs.values()))


def during(readings: Readings, fault: Fault) -> list[float]:
    told = readings.get((fault.gateway, fault.slot), [])
    return [value for time, value in told if fault.began <= time < fault.ended]


def test_every_kind_of_fault_begins_at_its_rate(faulty: tuple[GroundTruth, Readings]) -> None:
    truth, readings = faulty
    counts = Counter(fault.kind for fault in truth.faults)
    assert set(counts) == set(FaultKind)
    assert all(0.3 < count / (0.02 * len(readings)) < 3 for count in counts.values())


def test_a_stuck_sensor_tells_one_value_and_a_missing_one_none(
    faulty: tuple[GroundTruth, Readings],
) -> None:
    truth, readings = faulty
    alone = Counter((fault.gateway, fault.slot) for fault in truth.faults)
    for fault in truth.faults:
        values = during(readings, fault)
        if alone[fault.gateway, fault.slot] > 1 or len(values) < 6 or fault.kind is FaultKind.DRIFT:
            continue
        known = {value for value in values if value == value}
        assert len(known) == (1 if fault.kind is FaultKind.STUCK else 0)


def test_a_drifting_sensor_leaves_what_is_true_step_by_step(
    faulty: tuple[GroundTruth, Readings], beijing: City
) -> None:
    truth, readings = faulty
    seen = 0
    for fault in truth.faults:
        values = np.array(during(readings, fault))
        if fault.kind is FaultKind.DRIFT and fault.ended < START + timedelta(days=1) and len(values) > 50:
            habit = habits_of(beijing).sensors[
                beijing.kinds[beijing.gateways[fault.gateway].sensors[fault.slot].kind].kind
            ]
            off = abs(np.nanmean(values[-10:]) - np.nanmean(values[:10]))
            seen += bool(off > habit.daily + habit.noise / 2)
    assert seen >= 2


def test_times_are_those_of_the_run(lived: Lived) -> None:
    times: list[datetime] = [one.began for one in lived.truth.occasions]
    assert START <= min(times) <= max(times) < START + timedelta(days=DAYS)
