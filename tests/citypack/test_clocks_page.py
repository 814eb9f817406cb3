"""What the page about clocks shows is what the hub does."""

import csv
import re
from datetime import time
from io import StringIO
from pathlib import Path

import yaml

from hub.citypack.calendar import Calendar
from hub.citypack.limits import DEFAULT_HOURS, LIMIT_KINDS
from hub.citypack.model import LimitRow
from hub.cli.city_limits import LAYERS

PAGE = (Path(__file__).parents[2] / "docs" / "clocks.md").read_text("utf-8")


def block(language: str) -> str:
    found = re.search(rf"^```{language}\n(.*?)^```", PAGE, re.M | re.S)
    assert found is not None
    return found.group(1)


def test_the_calendar_of_the_page_is_one() -> None:
    calendar = Calendar.model_validate(yaml.safe_load(block("yaml")))
    assert [each.end for each in calendar.hours_on(1)] == [time(12), time(18)]
    assert [each.end for each in calendar.hours_on(5)] == [time(16)]


def test_the_limits_of_the_page_are_rows() -> None:
    rows = [
        LimitRow.model_validate({name: cell for name, cell in row.items() if cell})
        for row in csv.DictReader(StringIO(block("csv")))
    ]
    assert [row.hours for row in rows] == [0.5, 18, None]


def test_the_page_names_every_kind_with_its_built_in_hours() -> None:
    told = dict(re.findall(r"^\| `(\w+)` \| [^|]+ \| (\w+) \|$", PAGE, re.M))
    known = {kind: DEFAULT_HOURS.get(kind) for kind in LIMIT_KINDS}
    assert told == {kind.value: "none" if hours is None else f"{hours:g}" for kind, hours in known.items()}


def test_the_picture_shows_every_layer_in_the_words_of_the_command() -> None:
    assert re.findall(r"\w+\[\"([^\"]+)\"\]", block("mermaid")) == [*LAYERS.values()]
