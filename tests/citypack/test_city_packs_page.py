"""The minimal pack on the page about city packs is a good one."""

import re
from pathlib import Path

from hub.citypack.case_policy import CasePolicy
from hub.citypack.load import load_city
from hub.contracts.fields import Feed

PAGE = Path(__file__).parents[2] / "docs" / "city-packs.md"


def test_the_minimal_pack_of_the_page_loads(tmp_path: Path) -> None:
    files = re.findall(
        r"^`([a-z_]+\.(?:csv|yaml))`\n\n```\w+\n(.*?)^```", PAGE.read_text("utf-8"), re.M | re.S
    )
    for name, text in files:
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(files) == 9
    city = load_city(tmp_path)
    place = city.located_by_code("ward 1")
    assert place is not None
    row = city.choose("litter", place.town, Feed.GRID, None)
    assert city.resolve_units(row, place) == ("north", ("lakeside",))
    assert city.affinity_of("water.burst") == city.affinity_of("water.none")


def test_every_rule_of_cases_is_explained() -> None:
    page = PAGE.read_text("utf-8")
    section = page.partition("## Handling of cases")[2].partition("\n## ")[0]
    assert all(f"`{name}`" in section for name in CasePolicy.model_fields)
