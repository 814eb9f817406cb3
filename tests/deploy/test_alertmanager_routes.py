"""Who is told of what: Alertmanager's own tool answers for the file that ships."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from tests.docs.pages import PROJECT, text_of
from tests.system_tools import amtool, said

from hub.citypack.load import load_city

FILE = PROJECT / "deploy" / "alertmanager" / "alertmanager.yml"
CONFIG: dict[str, Any] = yaml.safe_load(text_of(FILE))


def told(**labels: str) -> set[str]:
    """The receivers of an alert with these labels."""
    words = [f"{name}={value}" for name, value in labels.items()]
    return set(said(amtool(), "config", "routes", "test", f"--config.file={FILE}", *words).strip().split(","))


def test_alertmanager_takes_the_file() -> None:
    assert "SUCCESS" in said(amtool(), "check-config", str(FILE))


@pytest.mark.parametrize(
    ("labels", "receivers"),
    [
        ({"scope": "district", "severity": "warning", "district": "110105"}, {"110105"}),
        (
            {"scope": "district", "severity": "critical", "district": "110105"},
            {"operations-centre", "110105"},
        ),
        ({"scope": "town", "severity": "warning", "district": "110119", "town": "110119001"}, {"110119"}),
        (
            {"scope": "town", "severity": "warning", "district": "110119", "proactive": "true"},
            {"hub-cases", "110119"},
        ),
        ({"scope": "unit", "severity": "warning", "unit": "110101001", "district": "110101"}, {"110101"}),
        ({"scope": "unit", "severity": "warning", "unit": "water-group"}, {"water-group"}),
        ({"scope": "unit", "severity": "warning", "unit": "tax"}, {"operations-centre"}),
        ({"scope": "engine", "severity": "critical"}, {"duty-engineer"}),
        ({"scope": "engine", "severity": "warning"}, {"duty-engineer"}),
        ({"scope": "city", "severity": "critical"}, {"operations-centre"}),
        ({"scope": "district", "severity": "warning", "district": "other"}, {"operations-centre"}),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_an_alert_reaches_its_units(labels: dict[str, str], receivers: set[str]) -> None:
    assert told(**labels) == receivers


def test_receivers_are_districts_and_units_of_the_pack() -> None:
    city = load_city("beijing")
    routes = CONFIG["route"]["routes"]
    matchers = [matcher for route in routes for matcher in route.get("matchers", ())]
    districts = {code for matcher in matchers for code in re.findall(r'^district="(\w+)"$', matcher)}
    assert districts == {*city.districts}
    units = {code for matcher in matchers for code in re.findall(r'^unit="([\w-]+)"$', matcher)}
    assert units <= {*city.units}
    offices = {"operations-centre", "duty-engineer", "hub-cases"}
    assert {receiver["name"] for receiver in CONFIG["receivers"]} == districts | units | offices


def test_nobody_is_woken_for_a_warning_and_nothing_hides_what_is_critical() -> None:
    muted = [(route, inner) for route in CONFIG["route"]["routes"] for inner in route.get("routes", ())]
    assert len(muted) == 1 + len(load_city("beijing").districts)
    for route, inner in muted:
        assert inner["matchers"] == ['severity="warning"']
        assert inner["mute_time_intervals"] == ["night"]
        assert "mute_time_intervals" not in route
