"""People who need help are counted, and no figure, sum or difference of figures tells of a group of few."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st
from tests.scenarios.brook import brook
from tests.verify.told import event

from hub.contracts.cases import CaseEvent, CaseMove, EventKind, Stage
from hub.contracts.reasons import Reason
from hub.domain.patterns.months import Month
from hub.domain.patterns.people import Group, GroupBy, People, hidden_of, people_in, shown_by

MARCH = Month(2026, 3)
K = brook().repeats.smallest_group
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(sorted(brook().towns)), st.sampled_from(("water", "noise", "lamp", "bill"))),
    st.integers(0, 9),
    max_size=12,
)


def helped(number: int, town: str, category: str, reason: Reason, at: datetime) -> CaseEvent:
    told = event(0, EventKind.OPENED, stage=Stage.DISPATCHED, case_id=f"{town}-{number}")
    move = CaseMove(kind=EventKind.HELP_NEEDED, reason=reason)
    return told.model_copy(
        update={"town": town, "category": category, "at": at, "moves": (*told.moves, move)}
    )


def test_people_are_counted_by_their_first_case_of_the_citys_month() -> None:
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    events = [
        helped(1, "MILL", "water.burst", Reason.NEEDS_HELP, noon),
        helped(2, "MILL", "noise", Reason.KNOWN_TO_NEED_HELP, noon),
        helped(3, "MILL", "water.none", Reason.NEEDS_HELP, noon),
        helped(4, "QUAY", "noise", Reason.NEEDS_HELP, datetime(2026, 2, 28, 23, 30, tzinfo=UTC)),
        helped(5, "QUAY", "noise", Reason.NEEDS_HELP, datetime(2026, 3, 31, 22, 30, tzinfo=UTC)),
        event(0, EventKind.OPENED, stage=Stage.DISPATCHED),
    ]
    found = people_in(brook(), events, MARCH)
    assert dict(found.people) == {("MILL", "water"): 2, ("MILL", "noise"): 0, ("QUAY", "noise"): 1}
    assert sum(found.cases.values()) == 4


def test_small_groups_are_hidden_and_so_is_what_would_tell_of_them() -> None:
    assert hidden_of({"a": 9, "b": 5}, 5) == frozenset()
    assert hidden_of({"a": 9, "b": 4, "c": 5}, 5) == {"b", "c"}, "nine of a total of 18 would tell of four"
    assert hidden_of({"a": 9, "b": 4, "c": 3}, 5) == {"b", "c"}
    assert hidden_of({"a": 2}, 5) == {"a"}
    assert hidden_of({"a": 9, "b": 0}, 5) == {"b"}


def test_what_is_hidden_has_no_figures() -> None:
    found = People(
        {("MILL", "noise"): 9, ("HEATH", "noise"): 1}, {("MILL", "noise"): 12, ("HEATH", "noise"): 8}
    )
    assert shown_by(brook(), found, GroupBy.CATEGORY) == (Group("noise", 10, 20),)
    assert shown_by(brook(), found, GroupBy.TOWN) == (Group("HEATH", None, None), Group("MILL", None, None))


@given(COUNTS)
def test_no_figure_sum_or_difference_tells_of_few(people: dict[tuple[str, str], int]) -> None:
    found = People(people, Counter({group: 3 * count for group, count in people.items()}))
    total = sum(people.values())
    shown = {by: {one.subject: one.people for one in shown_by(brook(), found, by)} for by in GroupBy}
    for groups in shown.values():
        told = [count for count in groups.values() if count is not None]
        assert all(count >= K for count in told)
        assert not told or total - sum(told) == 0 or total - sum(told) >= K
    for district, count in shown[GroupBy.DISTRICT].items():
        towns = [
            told
            for town, told in shown[GroupBy.TOWN].items()
            if told is not None and brook().district_of(town) == district
        ]
        if count is None:
            assert towns == [], "the towns of a hidden district would tell of it"
        else:
            assert count - sum(towns) == 0 or count - sum(towns) >= K
