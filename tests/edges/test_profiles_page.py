"""The profile on the page about profiles works as the page says."""

from __future__ import annotations

import re
from pathlib import Path

from hub.contracts.feeds import HotlineTicket, UnitAction
from hub.edges.profiles import load_profile, profile_names

PAGE = Path(__file__).resolve().parent.parent.parent / "docs" / "profiles.md"


def test_the_profile_of_the_page_makes_what_it_says(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert found is not None
    path = tmp_path / "water.yaml"
    path.write_text(found[1], "utf-8")
    row = {
        "number": "7", "received": "2026-03-01 08:00:00", "closed": "2026-03-01 07:00:00", "status": "done",
        "how": "tel", "kind": "burst", "subject": "water", "words": "much of it", "name": "Wang", "phone": "",
        "lon": "116.3", "lat": "39.9", "grid": "", "town": "110101001", "address": "5 Long Street",
    }  # fmt: skip
    ticket, closing = load_profile(str(path)).records(row)
    assert isinstance(ticket.value, HotlineTicket)
    assert isinstance(closing.value, UnitAction)
    assert (ticket.value.category, ticket.value.channel, ticket.value.place.code) == (
        "water/burst",
        "phone",
        "110101001",
    )
    assert closing.arrival == ticket.arrival > closing.value.at
    assert load_profile(str(path)).records({**row, "status": "test", "closed": ""}) == []


def test_the_page_names_every_profile_that_ships() -> None:
    page = PAGE.read_text("utf-8")
    assert all(f"`{name}`" in page for name in profile_names())
