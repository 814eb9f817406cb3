"""The judge itself: what is lost, doubled, foreign or out of order is seen, and told apart."""

from __future__ import annotations

import pytest
from tests.broker.faults.compare import Content, Verdict, compare_place

from hub.runtime.record import Record

PLACE = ("case.events", 0)
HEADERS = (("ce_id", b"1"), ("ce_type", b"hub.CaseEvent"))


def _made(*values: str) -> list[Content]:
    return [(b"MILL", value.encode(), HEADERS) for value in values]


def _found(values: str) -> list[Record]:
    return [
        Record("case.events", 0, offset, 0, b"MILL", value.encode(), HEADERS)
        for offset, value in enumerate(values)
    ]


@pytest.mark.parametrize(
    ("found", "figures"),
    [
        ("abcxy", (0, 0, 0, 0)),
        ("axbyc", (0, 0, 0, 0)),
        ("abxy", (1, 0, 0, 0)),
        ("abbcxy", (0, 1, 0, 0)),
        ("abcxyz", (0, 0, 1, 0)),
        ("acbxy", (0, 0, 0, 1)),
        ("bbx", (3, 1, 0, 0)),
        ("", (5, 0, 0, 0)),
    ],
)
def test_each_fault_is_counted_as_what_it_is(found: str, figures: tuple[int, ...]) -> None:
    verdict = Verdict()
    compare_place(verdict, PLACE, [_made("a", "b", "c"), _made("x", "y")], _found(found))
    assert (verdict.lost, verdict.doubled, verdict.foreign, verdict.disordered) == figures
    assert verdict.exact == (not any(figures))
    assert bool(verdict.findings) == any(figures)


def test_a_changed_header_is_a_lost_and_a_foreign_record() -> None:
    verdict = Verdict()
    made: list[list[Content]] = [[(b"MILL", b"a", (("ce_id", b"2"), HEADERS[1]))]]
    compare_place(verdict, PLACE, made, _found("a"))
    assert (verdict.lost, verdict.foreign) == (1, 1)
