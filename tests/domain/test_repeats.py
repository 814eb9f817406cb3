"""Repeats are those that counting anew finds; they survive restarts, changes of keys, and time forgets them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from hypothesis import example, given
from hypothesis import strategies as st
from tests.scenarios.brook import PARTITIONS, brook, mill, steps
from tests.scenarios.language import START

from hub import topics
from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.feeds import Appellant, HotlineTicket
from hub.domain.intake import Intake
from hub.domain.intake_feeds import hotline
from hub.domain.privacy import Pseudonyms
from hub.flow import Arrival
from hub.runtime.codec import decode
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
