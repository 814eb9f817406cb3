"""Repeats are those that counting anew finds, over restarts and changes of keys, until time forgets them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.scenarios.brook import PARTITIONS, brook, mill, steps
from tests.scenarios.language import START

from hub import topics
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseState, EventKind
from hub.contracts.feeds import Appellant, HotlineTicket
from hub.contracts.reasons import Reason
from hub.domain.intake import Intake
from hub.domain.intake_feeds import hotline
from hub.domain.past_appeals import KEPT
from hub.domain.privacy import Pseudonyms
from hub.domain.tables import PAST_APPEALS
from hub.flow import Arrival
from hub.runtime.codec import decode, decode_row
from hub.runtime.memory import MemoryRunner

HOUR = timedelta(hours=1)
OLD = Pseudonyms(b"the key of last year", 0)
NEW = Pseudonyms(b"the key of this year", 1, OLD)
ALONE = Pseudonyms(b"the key of this year", 1)


class Call(NamedTuple):
    """One ticket: so many hours after the one before, of a person, at an address, about a matter."""

    after: int
    person: int | None
    address: int | None
    matter: str


CALLS = st.lists(
    st.builds(
        Call,
        after=st.sampled_from((0, 0, 1, 1, 2, 24, 200, 360, 720)),
        person=st.sampled_from((None, 1, 1, 2)),
        address=st.sampled_from((None, 1, 2)),
        matter=st.sampled_from(("smell", "smell", "smell.drain", "bill")),
    ),
    min_size=1,
    max_size=25,
)


def ticket(number: int, call: Call, at: datetime) -> HotlineTicket:
    place = mill(-400 + number)
    if call.address is not None:
        place = place.model_copy(update={"address": f"Mill {call.address}"})
    who = None if call.person is None else Appellant(name="x", phone=f"1380000000{call.person}")
    return HotlineTicket(
        source="c", id=f"T-{number}", reported_at=at, category=call.matter, place=place, appellant=who
    )


def publish(runner: MemoryRunner, made: HotlineTicket, keys: Pseudonyms) -> None:
    """The signal of a ticket, as an intake with these keys sends it to the town's log."""
    arrival = Arrival(topics.HOTLINE, "c", made.id, "k", made.reported_at, made.reported_at)
    (emit,) = hotline(Intake(brook(), keys), made, arrival).emits
    runner.publish(emit.topic, emit.key, emit.value, source="c", id=emit.id, time=emit.time)
    runner.run()


def cases_only() -> MemoryRunner:
    return MemoryRunner([step for step in steps() if step.name == "cases"], PARTITIONS)


def tagged(runner: MemoryRunner) -> set[str]:
    """The tickets whose cases are repeats; here each ticket is a case of its own."""
    return {state.members[0].source_id for state in states(runner).values() if CaseTag.REPEAT in state.tags}


def states(runner: MemoryRunner) -> dict[str, CaseState]:
    found: dict[str, CaseState] = {}
    for record in runner.records(topics.STATE):
        state = decode("CaseState", 1, record.value or b"")
        assert isinstance(state, CaseState)
        found[state.case_id] = state
    return found


def events(runner: MemoryRunner) -> Iterable[CaseEvent]:
    for record in runner.records(topics.EVENTS):
        event = decode("CaseEvent", 1, record.value or b"")
        assert isinstance(event, CaseEvent)
        yield event


def counted_anew(calls: list[Call]) -> set[str]:
    """The rule again, from all tickets: three of a person, or three of a place an hour apart, in 30 days."""
    found = set()
    told: list[tuple[datetime, Call]] = []
    at_place: dict[int, list[datetime]] = {}
    at = START
    for number, call in enumerate(calls):
        at += call.after * HOUR
        told.append((at, call))
        if not call.matter.startswith("smell"):
            continue
        within = [one for time, one in told if at - time <= timedelta(days=30)]
        same = [one for one in within if one.matter.startswith("smell")]
        of_person = call.person is not None and sum(one.person == call.person for one in same) >= 3
        if call.address is not None:
            times = at_place.setdefault(call.address, [])
            if all(at - time >= HOUR for time in times):
                times.append(at)
            of_place = sum(at - time <= timedelta(days=30) for time in times) >= 3
        else:
            of_place = False
        if of_person or of_place:
            found.add(f"T-{number}")
    return found


@given(calls=CALLS, crash=st.integers(0, 24))
@example(calls=[Call(360, 1, None, "smell")] * 4, crash=2)
def test_repeats_are_those_that_counting_anew_finds(calls: list[Call], crash: int) -> None:
    runner = cases_only()
    at = START
    for number, call in enumerate(calls):
        at += call.after * HOUR
        publish(runner, ticket(number, call, at), ALONE)
        if number == crash:
            runner.crash("cases")
    assert tagged(runner) == counted_anew(calls)


@pytest.mark.parametrize("by", ["person", "place"])
def test_a_change_of_the_pseudonyms_key_forgets_nobody(by: str) -> None:
    call = Call(2, 1 if by == "person" else None, 1 if by == "place" else None, "smell")

    def told(*keys: Pseudonyms) -> set[str]:
        runner = cases_only()
        for number, key in enumerate(keys):
            publish(runner, ticket(number, call, START + number * 2 * HOUR), key)
        return tagged(runner)

    assert told(OLD, OLD, NEW) == {"T-2"}
    assert told(OLD, NEW, NEW) == {"T-2"}
    assert told(OLD, NEW, OLD, NEW) == {"T-3"}, "a worker that still has the old key confuses nobody for long"
    assert told(OLD, NEW, ALONE) == {"T-2"}, "what moved to the new key is known by it alone"
    assert told(OLD, OLD, ALONE) == set()


def test_what_is_remembered_is_bounded_and_forgotten() -> None:
    runner = cases_only()
    for number in range(KEPT + 20):
        call = Call(1, 1, number % 3, "smell")
        publish(runner, ticket(number, call, START + number * HOUR), ALONE)
    rows = [
        decode_row(PAST_APPEALS.row, data)
        for (table, _), data in runner.logged("cases").items()
        if table == PAST_APPEALS.name
    ]
    assert len(rows) == 4
    assert max(len(row.appeals) for row in rows) == KEPT
    assert all(len(row.appeals) <= KEPT for row in rows)
    runner.tick(START + timedelta(days=70))
    runner.run()
    assert not [key for table, key in runner.logged("cases") if table == PAST_APPEALS.name]


def test_the_causes_that_a_move_names_are_few() -> None:
    runner = cases_only()
    for number in range(20):
        publish(runner, ticket(number, Call(1, 1, None, "smell"), START + number * HOUR), ALONE)
    moves = [move for event in events(runner) for move in event.moves if move.kind is EventKind.REPEATED]
    assert len(moves) == 18
    assert moves[-1].detail.startswith("20 tickets of one appellant since 2026-03-02")
    assert moves[-1].detail.count("MILL-") == 5


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 500)), min_size=1, max_size=60))
def test_people_who_need_help_are_counted_once_a_month(calls: list[tuple[int, int]]) -> None:
    """The moves that count somebody are as many as there are people and months of theirs."""
    runner = cases_only()
    told: dict[int, list[datetime]] = {}
    wanted = set()
    at = START
    for number, (person, after) in enumerate(calls):
        at += after * timedelta(minutes=20)
        publish(runner, ticket(number, Call(0, person, None, "bill"), at), ALONE)
        told.setdefault(person, []).append(at)
        if sum(at - time <= timedelta(days=60) for time in told[person]) >= 12:
            wanted.add((person, brook().worktime.local(at).month))
    reasons = [
        move.reason for event in events(runner) for move in event.moves if move.kind is EventKind.HELP_NEEDED
    ]
    assert reasons.count(Reason.NEEDS_HELP) == len(wanted)


@pytest.mark.parametrize("phone", ["13800000001", "+86 138 0000 0001", "86-138-0000-0001", " 138 0000-0001 "])
def test_one_number_is_one_person_however_it_is_written(phone: str) -> None:
    runner = cases_only()
    for number in range(3):
        made = ticket(number, Call(0, 1, None, "smell"), START + number * HOUR)
        who = Appellant(name=f"name {number}", phone=phone if number == 1 else "13800000001")
        publish(runner, made.model_copy(update={"appellant": who}), ALONE)
    assert tagged(runner) == {"T-2"}


def test_a_name_alone_is_nobody() -> None:
    runner = cases_only()
    for number in range(4):
        made = ticket(number, Call(0, 1, None, "smell"), START + number * HOUR)
        publish(runner, made.model_copy(update={"appellant": Appellant(name="王伟")}), ALONE)
    assert tagged(runner) == set()
