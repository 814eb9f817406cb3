"""Every reason has a use, a column of the ledger and a meaning."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path

from hub.contracts import reasons
from hub.contracts.meanings import MEANINGS
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason, tally_of

SOURCE = Path(reasons.__file__).parents[1]
ORDER = (Tally.ACCEPTED, Tally.DUPLICATE, Tally.LATE, Tally.REJECTED, Tally.DEAD)


def test_every_reason_is_given_by_some_code() -> None:
    declared = {Path(reasons.__file__), SOURCE / "contracts" / "meanings.py"}
    used: set[str] = set()
    for path in SOURCE.rglob("*.py"):
        if path not in declared:
            used.update(re.findall(r"\bReason\.([A-Z_]+)\b", path.read_text(encoding="utf-8")))
    assert {reason.name for reason in Reason} <= used


def test_every_reason_counts_in_exactly_one_column() -> None:
    columns = (reasons._DUPLICATE, reasons._LATE, reasons._REJECTED, reasons._DEAD)
    assert not any(a & b for a, b in combinations(columns, 2))
    assert {tally_of(reason) for reason in Reason} == set(ORDER)


def test_reasons_stand_by_column() -> None:
    """A reason added under the wrong heading, or left out of its column, is out of order."""
    places = [ORDER.index(tally_of(reason)) for reason in Reason]
    assert places == sorted(places)


def test_every_reason_has_a_meaning_in_one_line() -> None:
    assert list(MEANINGS) == list(Reason)
    for reason, meaning in MEANINGS.items():
        assert 10 < len(meaning) < 100, reason
        assert not meaning.endswith("."), reason
        assert "\n" not in meaning, reason
    assert len({*MEANINGS.values()}) == len(MEANINGS)


def test_values_are_the_names_in_small_letters() -> None:
    assert all(reason.value == reason.name.lower() for reason in Reason)
