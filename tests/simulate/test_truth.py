"""The truth: each signal has one incident, incidents are as their stories say, what is planted is listed."""

from collections import Counter
from datetime import timedelta

import pytest
from tests.simulate.conftest import START

from hub import topics
from hub.citypack.city import City
from hub.contracts.feeds import GridReport, HotlineTicket, Inspection
from hub.contracts.fields import Feed, Point
from hub.domain.intake_feeds import finding_id
from hub.domain.tables import MEMORY
from hub.simulate.city_life import simulate
from hub.simulate.load_habits import habits_of
from hub.simulate.publication import Publication
from hub.simulate.truth import GroundTruth

Told = tuple[GroundTruth, list[Publication]]


@pytest.fixture(scope="module")
def told(people_of_beijing: City) -> Told:
    truth = GroundTruth()
    return truth, list(simulate(people_of_beijing, 7, START, 1.2, 0.06, truth=truth))


def test_each_signal_belongs_to_exactly_one_incident(told: Told) -> None:
    truth, sent = told
    expected = {
        (one.source, name)
        for one in sent
        for name in (
            [finding_id(one.id, number) for number in range(len(one.value.findings))]
            if isinstance(one.value, Inspection)
            else [one.id]
        )
    }
    listed = [signal for incident in truth.incidents.values() for signal in incident.signals]
    assert Counter(listed) == Counter(dict.fromkeys(expected, 1))
    assert truth.signals().keys() == expected


def test_what_was_published_is_counted(told: Told) -> None:
    truth, sent = told
    assert truth.published == Counter(one.topic for one in sent)


def test_all_stories_of_the_season_happen_each_day(told: Told, beijing: City) -> None:
    kinds = {incident.kind for incident in told[0].incidents.values()}
    stories = {story.kind for story in habits_of(beijing).stories if not story.months or 3 in story.months}
    occasions = {occasion.kind for occasion in habits_of(beijing).occasions} | {"storm"}
    assert kinds - occasions == stories | {"single", "household", "hazard"}


def test_matters_of_households_stay_apart(told: Told, beijing: City) -> None:
    for incident in told[0].incidents.values():
        apart = beijing.join_of(incident.category).never
        assert not (apart and len(incident.signals) > 1)
        assert not (incident.group and not apart)
    groups = Counter(incident.group for incident in told[0].incidents.values() if incident.group)
    assert max(groups.values()) > 2


def test_reports_of_one_incident_are_near_each_other_in_space_time_and_kind(
    told: Told, beijing: City
) -> None:
    truth, sent = told
    by_signal = {(one.source, one.id): one.value for one in sent}
    seen = 0
    for incident in truth.incidents.values():
        join = beijing.join_of(incident.category)
        if incident.occasion:  # these last for weeks
            continue
        for signal in incident.signals if len(incident.signals) > 1 else ():
            value = by_signal[signal]
            assert isinstance(value, HotlineTicket | GridReport)
            assert beijing.affinity_of(value.category) == beijing.affinity_of(incident.category)
            late = value.reported_at - incident.began
            assert timedelta(0) <= late <= timedelta(hours=join.within_hours) or signal in {
                (one.source, one.id) for one in truth.too_late
            }
            if value.place.point is not None:
                centre = Point(lon=incident.lon, lat=incident.lat)
                assert beijing.distance_m(value.place.point, centre) <= join.within_m
                seen += 1
    assert seen > 50


def test_the_right_unit_is_what_the_catalogue_says_of_the_true_place(told: Told, beijing: City) -> None:
    truth, _ = told
    for incident in truth.incidents.values():
        assert incident.lead_unit in beijing.units
        located = beijing.locate(Point(lon=incident.lon, lat=incident.lat))
        assert located is not None
        assert located.town == incident.town
        feeds = {"hazard": (Feed.INSPECTION,)}.get(incident.kind, (Feed.HOTLINE, Feed.GRID))
        rows = [beijing.choose(incident.category, located.town, feed, None) for feed in feeds]
        assert incident.lead_unit in {beijing.resolve_units(row, located)[0] for row in rows}


def test_late_and_forgotten_letters_are_listed(told: Told) -> None:
    truth, sent = told
    tickets = [one for one in sent if isinstance(one.value, HotlineTicket)]
    slow = {one.id for one in tickets if one.arrived - one.time > timedelta(hours=1)}
    repeated = {one.id for one in truth.repeated}
    listed = {one.id for one in (*truth.late, *truth.too_late) if one.topic == topics.HOTLINE}
    assert slow - repeated <= listed <= slow
    assert len(listed) > 0.01 * len(tickets)
    assert all(one.arrived - one.time > MEMORY for one in truth.too_late)


def test_four_in_ten_single_grid_reports_are_solved_on_the_spot(told: Told) -> None:
    truth, sent = told
    reports = {one.id: one.value for one in sent if isinstance(one.value, GridReport)}
    solved = {name for name, report in reports.items() if report.solved_at is not None}
    assert {name for _, name in truth.solved_on_spot} == solved
    assert 0.35 <= len(solved) / len(reports) <= 0.45
    signals = {("grid-app", name) for name in solved}
    for incident in truth.incidents.values():
        assert len(incident.signals) == 1 or not signals & set(incident.signals)


def test_findings_are_looked_at_again_until_they_are_rectified(people_of_beijing: City) -> None:
    visits = [
        one.value
        for one in simulate(people_of_beijing, 3, START, 8, 0.01)
        if isinstance(one.value, Inspection)
    ]
    found = {(v.id, number) for v in visits for number in range(len(v.findings))}
    results = [result for v in visits for result in v.reinspections]
    assert {(r.inspection_id, r.finding) for r in results} <= found
    passed = Counter((r.inspection_id, r.finding) for r in results if r.passed)
    assert max(passed.values()) == 1
    assert len(passed) > 0.5 * len(found)
    assert {finding.grade.value for v in visits for finding in v.findings} == {"general", "major"}
    sites = {v.id: v.site for v in visits}
    assert all(sites[r.inspection_id] == v.site for v in visits for r in v.reinspections)
