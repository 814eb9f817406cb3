"""Alertmanager's messages become reports: those that opt in, once for each alert, with what a case needs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.edges.alert_messages import TOWN, alert, message

from hub.citypack.city import City
from hub.citypack.load import load_city
from hub.contracts.fields import Urgency
from hub.contracts.proactive import ProactiveReport, ReportOrigin
from hub.edges.alerts import MOST_ALERTS, SOURCE, AlertMessage, Told, Wrong, read_message, reports_of


@pytest.fixture(scope="module")
def city() -> City:
    return load_city("beijing")


def told(city: City, body: bytes) -> Told:
    read = read_message(body)
    assert isinstance(read, AlertMessage), read
    return reports_of(read, city)


def report(city: City, **labels: str) -> ProactiveReport:
    (found,) = told(city, message(alert(**labels))).reports
    return found


def test_an_alert_that_opts_in_becomes_a_report_of_its_town(city: City) -> None:
    made = report(city)
    assert made.id == "a1b2c3d4e5f60718/2026-03-01T12:00:00.123Z"
    assert (made.source, made.origin) == (SOURCE, ReportOrigin.ALERT)
    assert made.reported_at == datetime(2026, 3, 1, 12, 0, 0, 123_000, UTC)
    assert (made.category, made.place.code) == ("sensor.silent.city", TOWN)
    assert made.title == "有 4 个传感器离线"
    assert made.evidence == "alert TownSensorsSilent\n4 sensors are silent"
    assert made.urgency is Urgency.UNKNOWN
    assert report(city, urgency="life").urgency is Urgency.LIFE


def test_the_same_alert_is_the_same_report_and_a_new_one_is_not(city: City) -> None:
    again = {**alert(), "startsAt": "2026-03-02T12:00:00Z"}
    made = told(city, message(alert(), alert(), again, alert(fingerprint="ff"))).reports
    assert len({each.id for each in made}) == 3
    assert made[0] == made[1]


def test_others_open_nothing(city: City) -> None:
    quiet = [alert(proactive=""), alert(proactive="false"), alert("resolved")]
    assert told(city, message(*quiet)) == Told((), ())


@pytest.mark.parametrize(
    ("labels", "field"),
    [
        ({"category": ""}, "category"),
        ({"category": "no.such"}, "category"),
        ({"town": ""}, "town"),
        ({"town": "110101"}, "town"),
        ({"district": "110102"}, "district"),
        ({"urgency": "soon"}, "urgency"),
        ({"urgency": "unknown"}, "urgency"),
    ],
    ids=str,
)
def test_a_label_that_can_not_be_used_is_named_and_the_others_open_cases(
    city: City, labels: dict[str, str], field: str
) -> None:
    made = told(city, message(alert(), alert(**labels)))
    assert [wrong.field for wrong in made.wrong] == [f"alerts.1.labels.{field}"]
    assert len(made.reports) == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (b"", "body"),
        (b"[]", "body"),
        (b"\xff{}", "body"),
        (message(version="3"), "version"),
        (message(alerts=None), "alerts"),
        (message(*[alert()] * (MOST_ALERTS + 1)), "alerts"),
        (message({**alert(), "startsAt": "yesterday"}), "alerts.0.startsAt"),
        (message({**alert(), "startsAt": "1999-01-01T00:00:00Z"}), "alerts.0.startsAt"),
        (message({**alert(), "fingerprint": "A/../B"}), "alerts.0.fingerprint"),
        (message({**alert(), "labels": {"a": 1}}), "alerts.0.labels.a"),
        (message({**alert(), "status": "?"}), "alerts.0.status"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_message_that_is_none_is_refused_with_its_field(body: bytes, field: str) -> None:
    read = read_message(body)
    assert isinstance(read, Wrong)
    assert read.field == field


def test_what_is_wrong_is_never_quoted() -> None:
    read = read_message(message({**alert(), "startsAt": "secret-secret"}))
    assert isinstance(read, Wrong)
    assert "secret" not in read.problem


def test_long_texts_are_cut(city: City) -> None:
    long = {**alert(), "annotations": {"summary": "x" * 4_000, "description": "y" * 4_000}}
    (made,) = told(city, message(long)).reports
    assert len(made.title) == 500
    assert len(made.evidence) == 4_000
