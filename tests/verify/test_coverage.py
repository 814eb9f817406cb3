"""A step's ranges against the records that are there: what is skipped, handled twice or miscounted shows."""

from __future__ import annotations

import pytest
from tests.verify.told import count, entry

from hub.contracts.operations import LedgerEntry, Tally
from hub.topics import HOTLINE
from hub.verify.coverage import Coverage
from hub.verify.violations import ViolationKind

K = ViolationKind


def found(entries: list[LedgerEntry], offsets: list[int]) -> list[ViolationKind]:
    coverage = Coverage("here")
    violations = [each for one in entries for each in coverage.add(one)]
    for offset in offsets:
        if not coverage.is_waiting(offset):
            violations += coverage.see(offset)
    violations += coverage.finish()
    return [each.kind for each in violations]


def ranges(*told: tuple[int, int, int]) -> list[LedgerEntry]:
    return [entry(HOTLINE, first, last, records) for first, last, records in told]


def test_gaps_that_transactions_leave_are_no_loss() -> None:
    assert found(ranges((0, 3, 3), (5, 9, 4)), [0, 1, 3, 5, 6, 8, 9]) == []


def test_what_comes_after_the_last_entry_is_waiting() -> None:
    assert found(ranges((0, 3, 4)), [0, 1, 2, 3, 4, 5]) == []
    assert found([], [0, 1]) == []


@pytest.mark.parametrize(
    ("told", "offsets", "kind"),
    [
        (((0, 3, 4), (3, 5, 3)), [0, 1, 2, 3, 4, 5], K.RANGES_OVERLAP),
        (((4, 5, 2), (0, 3, 4)), [0, 1, 2, 3, 4, 5], K.RANGES_OVERLAP),
        (((0, 3, 5),), [0, 1, 2, 3], K.RANGE_IMPOSSIBLE),
        (((0, 3, 4), (6, 7, 2)), [0, 1, 2, 3, 4, 6, 7], K.RECORD_SKIPPED),
        (((0, 3, 3),), [0, 1, 2, 3], K.RANGE_MISCOUNTED),
        (((0, 3, 4), (4, 5, 2)), [0, 1, 2, 4, 5], K.RANGE_MISCOUNTED),
    ],
)
def test_a_planted_mistake_is_found(
    told: tuple[tuple[int, int, int], ...], offsets: list[int], kind: ViolationKind
) -> None:
    assert kind in found(ranges(*told), offsets)


def test_more_counted_than_handled_is_impossible() -> None:
    wrong = entry(HOTLINE, 0, 1, 2, count(HOTLINE, Tally.ACCEPTED, 3))
    assert found([wrong], [0, 1]) == [K.RANGE_IMPOSSIBLE]


def test_records_that_are_not_kept_any_more_are_not_counted() -> None:
    coverage = Coverage("here")
    for one in ranges((0, 3, 4), (4, 7, 4), (8, 9, 2)):
        assert not list(coverage.add(one))
    assert coverage.truncated
    for offset in (6, 7, 8, 9):
        assert not list(coverage.see(offset))
    assert not list(coverage.finish())
    assert coverage.truncated
