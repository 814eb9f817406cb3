import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.contracts.feeds import (
    ActionKind,
    Channel,
    GridReport,
    HazardGrade,
    HotlineTicket,
    Inspection,
    UnitAction,
)
from hub.contracts.fields import Point, Source
from hub.edges.profiles import Made, RowRefused, load_profile, profile_names
from hub.edges.rows import Row
from hub.errors import HubError


def boston(**changed: str) -> Row:
    return {
        "CASE_ENQUIRY_ID": "101001240735",
        "OPEN_DT": "01/01/2015 12:25:23 AM",
        "TARGET_DT": "01/16/2015 08:30:00 AM",
        "CLOSED_DT": "01/02/2015 04:17:43 PM",
        "CASE_TITLE": "PRINTED",
        "SUBJECT": "Public Works Department",
        "REASON": "Street Lights",
        "TYPE": "Street Light Outages",
        "Location": "145-151 Ipswich St  Boston  MA  02215",
        "neighborhood": "Fenway",
        "ward": "Ward 5",
        "LATITUDE": "42.3474",
        "LONGITUDE": "-71.0944",
        "Source": "Citizens Connect App",
    } | changed


def only(made: list[Made]) -> Made:
    assert len(made) == 1
    return made[0]


def test_every_shipped_profile_loads_and_says_what_it_is_for() -> None:
    assert profile_names() == [
        "actions", "beijingair", "boston311", "grid", "hotline", "inspections", "proactive", "senml", "sffood"
    ]  # fmt: skip
    for name in profile_names():
        profile = load_profile(name)
        assert profile.about
        assert profile.topics


def test_a_closed_request_of_a_citizen_gives_a_ticket_and_its_closing() -> None:
    ticket, closing = load_profile("boston311").records(boston())
    assert ticket == Made(
        topic="hotline.tickets",
        key="101001240735",
        value=HotlineTicket.model_validate(
            {
                "source": "boston311",
                "id": "101001240735",
                "reported_at": datetime(2015, 1, 1, 5, 25, 23, tzinfo=UTC),
                "channel": Channel.APP,
                "category": "Public Works Department/Street Lights/Street Light Outages",
                "title": "PRINTED",
                "place": {
                    "point": {"lon": -71.0944, "lat": 42.3474},
                    "code": "Ward 5",
                    "address": "145-151 Ipswich St  Boston  MA  02215",
                },
                "due": datetime(2015, 1, 16, 13, 30, tzinfo=UTC),
            }
        ),
        arrival=datetime(2015, 1, 1, 5, 25, 23, tzinfo=UTC),
    )
    action = closing.value
    assert isinstance(action, UnitAction)
    assert isinstance(ticket.value, HotlineTicket)
    assert (action.id, action.kind, action.unit) == ("101001240735/closed", ActionKind.CLOSE_SIGNAL, None)
    assert action.signal == Source(source="boston311", id="101001240735")
    assert action.place == ticket.value.place
    assert action.at == closing.arrival == datetime(2015, 1, 2, 21, 17, 43, tzinfo=UTC)
    assert closing.key == ticket.key


def test_an_open_request_of_a_worker_is_a_grid_report_alone() -> None:
    made = only(load_profile("boston311").records(boston(Source="City Worker App", CLOSED_DT="")))
    assert isinstance(made.value, GridReport)
    assert made.topic == "grid.reports"


def test_summer_time_is_an_hour_nearer_to_utc() -> None:
    made = load_profile("boston311").records(boston(OPEN_DT="06/30/2015 11:59:59 PM"))
    assert made[0].arrival == datetime(2015, 7, 1, 3, 59, 59, tzinfo=UTC)


def test_a_closing_before_its_ticket_arrives_with_it_and_keeps_its_claimed_time() -> None:
    ticket, closing = load_profile("boston311").records(boston(CLOSED_DT="12/31/2014 11:00:00 PM"))
    assert closing.arrival == ticket.arrival
    assert isinstance(closing.value, UnitAction)
    assert closing.value.at == ticket.arrival - timedelta(hours=1, minutes=25, seconds=23)


def test_the_place_falls_back_from_ward_to_neighborhood_to_nothing() -> None:
    profile = load_profile("boston311")
    places = [
        made.value.place
        for row in (
            boston(ward=" ", CLOSED_DT=""),
            boston(ward="", neighborhood="", Location="", LATITUDE="", LONGITUDE="", CLOSED_DT=""),
        )
        for made in profile.records(row)
        if isinstance(made.value, HotlineTicket)
    ]
    assert (places[0].code, places[0].point) == ("Fenway", Point(lon=-71.0944, lat=42.3474))
    assert (places[1].code, places[1].point, places[1].address) == (None, None, None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"OPEN_DT": "yesterday"}, "reported_at"),
        ({"OPEN_DT": ""}, "reported_at"),
        ({"CASE_ENQUIRY_ID": ""}, "id"),
        ({"LATITUDE": "142"}, "place.point.lat"),
        ({"LATITUDE": ""}, "place.point.lat"),
        ({"CASE_TITLE": "x" * 501}, "title"),
    ],
)
def test_a_refused_row_names_the_field_and_no_value(changed: dict[str, str], field: str) -> None:
    with pytest.raises(RowRefused) as refused:
        load_profile("boston311").records(boston(**changed))
    assert refused.value.field == field
    for value in changed.values():
        assert not value or value not in str(refused.value)


def test_a_row_without_a_needed_column_is_refused() -> None:
    row = {name: value for name, value in boston().items() if name != "TARGET_DT"}
    with pytest.raises(RowRefused, match="TARGET_DT: the row has no such column"):
        load_profile("boston311").records(row)


def test_findings_lose_the_date_of_their_correction() -> None:
    row = {
        "business_id": "11492",
        "score": "88",
        "date": "20150219",
        "type": "routine",
        "findings": "Low risk vermin infestation  [ date violation corrected: 2/26/2015 ]"
        " | Improper cooling methods",
        "postal_code": "94133",
        "latitude": "",
        "longitude": "",
    }
    made = only(load_profile("sffood").records(row))
    assert isinstance(made.value, Inspection)
    assert made.key == made.value.site == "11492"
    assert [(f.hazard, f.grade) for f in made.value.findings] == [
        ("Low risk vermin infestation", HazardGrade.GENERAL),
        ("Improper cooling methods", HazardGrade.GENERAL),
    ]
    assert made.value.inspected_at == datetime(2015, 2, 19, 20, tzinfo=UTC)
    assert (made.value.place.point, made.value.place.code) == (None, "94133")
    assert made.value.score == 88


def test_our_own_contracts_are_read_whole_and_may_say_when_they_arrived() -> None:
    row = {
        "source": "hotline-12345",
        "id": "t1",
        "reported_at": "2026-03-01T08:00:00+08:00",
        "category": "noise",
        "place": {"code": "110101001"},
    }
    profile = load_profile("hotline")
    assert only(profile.records(row)).arrival == datetime(2026, 3, 1, tzinfo=UTC)
    late = only(profile.records({**row, "arrived": "2026-03-01T09:00:00+08:00"}))
    assert late.arrival == datetime(2026, 3, 1, 1, tzinfo=UTC)
    assert late.value == only(profile.records(row)).value
    with pytest.raises(RowRefused, match="arrival: is no time"):
        profile.records({**row, "arrived": "soon"})
    with pytest.raises(RowRefused) as refused:
        profile.records({**row, "id": "", "phone": "13800138000", "reported_at": "13800138000x"})
    assert refused.value.field == "id, reported_at, phone"
    assert "13800138000" not in str(refused.value)


def test_an_action_is_keyed_by_its_case() -> None:
    row = json.loads(
        '{"source": "desk", "id": "a1", "kind": "resolve", "at": "2026-03-01T00:00:00Z", "unit": "u", '
        '"case_id": "110101001-x"}'
    )
    assert only(load_profile("actions").records(row)).key == "110101001-x"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("about: [", "is not YAML"),
        ("about: x", "does not go with its records"),
        ("about: x\nrecords: [{topic: nowhere}]", "records.0.topic: nowhere is not a feed"),
        ("about: x\nrecords: [{topic: city.signals}]", "is not a feed"),
        ("about: x\nrecords: [{topic: iot.readings, contract: Case}]", "takes no Case"),
        ("about: x\nrecords: [{topic: grid.reports, colour: red}]", "Extra inputs"),
        ("about: x\nrecords: [{topic: grid.reports, fields: {id: a}}]", "also needs source, reported_at"),
        (
            "about: x\nrecords: [{topic: grid.reports, fields: {place: {object: {pint: a}}}}]",
            "fields.place.pint: PlaceRef has no such field",
        ),
        ("about: x\nzone: Mars/Base\nrecords: [{topic: grid.reports, whole: true}]", "no time zone"),
        (
            "about: x\nrecords: [{topic: grid.reports, fields: {source: a, id: {upper: b}, reported_at: c, "
            "category: d, place: e}}]",
            "records.0.id: no such expression",
        ),
        (
            "about: x\nrecords: [{topic: grid.reports, fields: {source: a, id: {column: b, cut: '('}, "
            "reported_at: c, category: d, place: e}}]",
            "records.0.id.cut",
        ),
        (
            "about: x\nrecords: [{topic: grid.reports, fields: {source: a, id: {template: '{b:!}'}, "
            "reported_at: c, category: d, place: e}}]",
            "records.0.id.template",
        ),
    ],
)
def test_a_wrong_profile_is_refused_with_the_place_in_it(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    with pytest.raises(HubError) as wrong:
        load_profile(str(path))
    assert problem in wrong.value.message
    assert "profile mine" in wrong.value.message
    assert wrong.value.fix


def test_an_unknown_profile_names_those_that_ship() -> None:
    with pytest.raises(HubError, match="boston311"):
        load_profile("bostn311")


def test_a_map_without_a_default_refuses_what_it_does_not_name(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "about: x\nsource: s\nrecords:\n- topic: grid.reports\n  fields:\n    id: id\n"
        "    reported_at: {time: at}\n    category: c\n    place: {object: {code: p}}\n"
        "    kind: {map: k, values: {1: event}}\n"
    )
    profile = load_profile(str(path))
    row: dict[str, object] = {"id": "1", "at": "2026-03-01 08:00", "c": "c", "p": "p", "k": 1}
    assert isinstance(only(profile.records(row)).value, GridReport)
    with pytest.raises(RowRefused, match="kind: holds a value"):
        profile.records({**row, "k": "2"})
    with pytest.raises(RowRefused, match="reported_at: is no time"):
        profile.records({**row, "at": "noon"})
