"""One step on one partition: however the log is cut, wherever it is lost and restored, it says the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.runtime.town_log import HAPPENINGS, Happening, cases_step, cases_task, log_of
from tests.scenarios.language import minute

from hub import topics
from hub.contracts.case_memory import Observation
from hub.contracts.cases import CaseEvent, CaseState, Refusal, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.contracts.reasons import Reason
from hub.contracts.signals import ClockTick
from hub.domain.tables import ARCHIVED, CASES, CASES_BY_SIGNAL, OBSERVATIONS, SEEN
from hub.flow import Delete, DueIndex, Fire, Outcome, State, Step, Table, by_due, put
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.outputs import Output
from hub.runtime.record import Record
from hub.runtime.state import RowKey
from hub.runtime.task import PartitionTask
from hub.runtime.ticker import ticks

CUTS = st.lists(st.integers(0, 60), max_size=12)
FEW = settings(max_examples=30)


def _parts(log: Sequence[Record], cuts: list[int]) -> list[Sequence[Record]]:
    ends = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
    return [log[start:end] for start, end in pairwise(ends)]


def _said(outputs: Sequence[Output]) -> list[Output]:
    """All but the ledger, whose entries tell of batches."""
    return [output for output in outputs if output.topic != topics.LEDGER]


def _counts(outputs: Sequence[Output]) -> Counter[tuple[str, ...]]:
    counts: Counter[tuple[str, ...]] = Counter()
    for output in outputs:
        body = _body(output)
        if isinstance(body, LedgerEntry):
            for one in body.counts:
                counts[one.feed, one.source, str(one.hour), one.tally] += one.count
    return counts


def _body(output: Output) -> Contract:
    attributes = read_headers(output.headers)
    return decode(attributes.type, attributes.version, output.value)


def _restored(logged: dict[RowKey, bytes | None]) -> PartitionTask:
    task = cases_task()
    for key, data in logged.items():
        if data is not None:
            task.state.load(key, data)
    return task


@FEW
@given(HAPPENINGS, CUTS, st.data())
def test_any_batches_and_crashes_say_the_same(
    happenings: list[Happening], cuts: list[int], data: st.DataObject
) -> None:
    log = log_of(happenings)
    whole = cases_task()
    wanted = whole.process(log).outputs
    task, logged, said = cases_task(), dict[RowKey, bytes | None](), list[Output]()
    for part in _parts(log, cuts):
        lost = data.draw(st.integers(0, len(part)))
        if lost:
            task.process(part[:lost])  # handled, never committed
            task = _restored(logged)
        batch = task.process(part)
        logged.update(batch.changes)
        said += batch.outputs
    assert _said(said) == _said(wanted)
    assert _counts(said) == _counts(wanted)
    _hold_the_same(_restored(logged), whole)


def _hold_the_same(restored: PartitionTask, held: PartitionTask) -> None:
    """Rows, indexes and clock are the same."""
    assert restored.now() == held.now()
    assert len(restored.state) == len(held.state)
    for table in (CASES, SEEN, OBSERVATIONS, ARCHIVED):
        assert list(restored.state.rows(table)) == list(held.state.rows(table))
    assert restored.state.first_due() == held.state.first_due()
    by_place = next(index for index in cases_step().groups if index.name != CASES_BY_SIGNAL.name)
    for _, case in held.state.rows(CASES):
        for group in CASES_BY_SIGNAL.groups(case):
            assert list(restored.state.scan(CASES_BY_SIGNAL, group)) == [(case.case_id, case)]
        for group in by_place.groups(case):
            assert list(restored.state.scan(by_place, group)) == list(held.state.scan(by_place, group))


@FEW
@given(HAPPENINGS)
def test_what_holds_for_every_log(happenings: list[Happening]) -> None:
    log = log_of(happenings)
    task = cases_task()
    bodies = [_body(output) for output in task.process(log).outputs]
    events = [body for body in bodies if isinstance(body, CaseEvent)]
    states = {body.case_id: body for body in bodies if isinstance(body, CaseState)}
    for case_id, state in states.items():
        mine = [event for event in events if event.case_id == case_id]
        assert [event.seq for event in mine] == list(range(state.seq + 1))
        assert mine[-1].stage is state.stage
        assert state.lead_unit is not None
        if state.stage is Stage.CLOSED:
            assert state.closed is not None
            assert all(member.closed for member in state.members)
    members = Counter((m.source, m.source_id) for state in states.values() for m in state.members)
    assert set(members.values()) <= {1}, "a signal belongs to one case"
    kept = {key for key, _ in task.state.rows(CASES)}
    archived = {key for key, _ in task.state.rows(ARCHIVED)}
    assert kept.isdisjoint(archived)
    assert kept | archived <= states.keys()
    assert all(state.stage is Stage.CLOSED for case_id, state in states.items() if case_id not in kept)
    times = [event.at for event in events]
    assert times == sorted(times), "the log's time goes forward"
    assert task.process([]).outputs == []


@FEW
@given(HAPPENINGS)
def test_a_log_told_twice_changes_nothing(happenings: list[Happening]) -> None:
    log, task = log_of(happenings), cases_task()
    task.process(log)
    readable = [record for record in log if record.headers]
    said = [(output.topic, _body(output)) for output in task.process(readable).outputs]
    again = [body for _, body in said]
    refusals = [body for topic, body in said if topic == topics.REFUSALS and isinstance(body, Refusal)]
    answers = [body for topic, body in said if topic == topics.ORDERS]
    assert not [body for body in again if isinstance(body, CaseEvent | CaseState | DeadLetter)]
    assert {refusal.reason for refusal in refusals} <= {Reason.DUPLICATE, Reason.OLDER_THAN_MEMORY}
    assert len(refusals) == sum(not _is_tick(record) for record in readable)
    assert answers == [refusal for refusal in refusals if refusal.unit is not None]


def _is_tick(record: Record) -> bool:
    return read_headers(record.headers).type == "ClockTick"


def test_two_clocks_due_at_the_same_moment_both_ring() -> None:
    rings: list[str] = []

    def fire(state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
        row = state.get(ROWS, key)
        assert row is not None
        rings.append(f"{key} {row.seen[0]:%M}")
        changes = (
            (put(ROWS, key, row.model_copy(update={"seen": row.seen[1:]})),) if len(row.seen) > 1 else ()
        )
        return Outcome(Reason.LIMIT_PASSED, changes=changes)

    task = _clock_task(fire)
    times = tuple(minute(number) for number in (1, 2, 3))
    task.state.apply((put(ROWS, "a", Observation(seen=times, forget_at=minute(9))),))
    task.process(_ticks(8, 9, 10, 11))
    assert rings == ["a 01", "a 02", "a 03"], "a rule that changes nothing is silenced"


def test_a_clock_that_fails_is_told_once_and_stops_no_other() -> None:
    def fire(state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
        if key == "a":
            raise ZeroDivisionError("personal data")
        return Outcome(Reason.FORGOTTEN, changes=(Delete(table, key),))

    task = _clock_task(fire)
    row = Observation(seen=(minute(1),), forget_at=minute(9))
    task.state.apply((put(ROWS, "a", row), put(ROWS, "b", row)))
    outputs = task.process(_ticks(10, 11)).outputs
    (letter,) = [body for body in map(_body, outputs) if isinstance(body, DeadLetter)]
    assert (letter.reason, letter.source, letter.arrived) == ("fault_in_handler", "clock", minute(9))
    assert letter.detail.startswith("ZeroDivisionError in fire:")
    assert "personal" not in letter.detail
    assert [key for key, _ in task.state.rows(ROWS)] == ["a"]


ROWS = Table("rows", Observation)


def _clock_task(fire: Fire) -> PartitionTask:
    step = Step(
        "cases",
        (topics.SIGNALS,),
        (),
        lambda *_: Outcome(Reason.CLOCK_MOVED),
        "a test",
        tables=(ROWS,),
        dues=by_due(DueIndex(ROWS, lambda row: row.forget_at)),
        fire=fire,
        clock=lambda body, _: body.at if isinstance(body, ClockTick) else None,
    )
    return PartitionTask(step, topics.SIGNALS, 0, 1)


def _ticks(*minutes: int) -> list[Record]:
    made = [tick for number in minutes for tick in ticks(topics.SIGNALS, 1, minute(number))]
    return [Record(t.topic, 0, at, 0, b"", t.value, tuple(t.headers)) for at, t in enumerate(made)]
