"""The memory runner: partitions, offsets, steps that lose their memory, records repeated and out of order."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.scenarios.brook import border, brook, heath, mill, quay, steps
from tests.scenarios.heard import SAID, Heard
from tests.scenarios.language import Sent, minute
from tests.scenarios.reports import pack, ticket

from hub import topics
from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.operations import LedgerEntry, Tally
from hub.domain.tables import CASES
from hub.flow import Step
from hub.runtime.codec import decode
from hub.runtime.headers import read_headers
from hub.runtime.keys import partition_of
from hub.runtime.memory import MemoryRunner
from hub.runtime.record import Record
from hub.runtime.task import Batch

PARTITIONS = 3
SPOTS = (mill(), mill(20), mill(200), border(-10), border(15), quay(300), heath(), heath(40))
OnBatch = Callable[[Step, Batch], None]


def _sent(number: int, spot: int, arrived: float, happened: float | None = None) -> Sent:
    """A ticket keyed by the town that owns its place, so that each town's tickets keep their order."""
    place = SPOTS[spot]
    made = ticket(f"T-{number}", "noise", place, happened=happened)(minute(arrived), Heard())
    located = None if place.point is None else brook().locate(place.point)
    assert located is not None
    home = partition_of(located.key_town.encode(), PARTITIONS)
    return Sent(made.topic, made.key, made.value, made.headers, made.arrived, home)


def _runner(batch: int = 500, on_batch: OnBatch | None = None, passing: Container[str] = ()) -> MemoryRunner:
    return MemoryRunner(steps(), PARTITIONS, batch, on_batch, passing=passing)


def _publish(runner: MemoryRunner, sent: Sequence[Sent]) -> None:
    for one in sent:
        runner.publish_raw(
            one.topic, one.key, one.value, one.headers, arrived=one.arrived, partition=one.partition
        )


def _said(runner: MemoryRunner) -> dict[str, list[tuple[int, bytes]]]:
    """The id of each record that the hub wrote, by topic and partition, in order; but for the ledger.

    Cases and warnings of towns on several partitions meet on one partition of states, orders and so on in any
    order: there, only the order within one is defined. Its id begins with the case or warning. Of the sums of
    scores the newest of each key are defined: a batch leaves out what its own later records replace.
    """
    said = {
        topic: [(r.partition, dict(r.headers)["ce_id"] or b"") for r in runner.records(topic)]
        for topic in SAID
        if topic != topics.LEDGER
    }
    for topic in _OF_MANY_TOWNS:
        said[topic].sort(key=lambda one: (one[0], one[1].split(b"/")[0]))
    newest = {one[1].split(b"#")[0]: one for one in said[topics.SCORES_DAILY]}
    said[topics.SCORES_DAILY] = sorted(newest.values())
    return said


_OF_MANY_TOWNS = (topics.STATE, topics.ORDERS, topics.SCORE_CASES, topics.WARNINGS)


def _bodies(records: Sequence[Record]) -> list[object]:
    attributes = [(read_headers(record.headers), record.value or b"") for record in records]
    return [decode(about.type, about.version, value) for about, value in attributes]


def _members(runner: MemoryRunner) -> set[frozenset[str]]:
    """Which signals belong together."""
    newest = {s.case_id: s for s in _bodies(runner.records(topics.STATE)) if isinstance(s, CaseState)}
    return {frozenset(member.source_id for member in state.members) for state in newest.values()}


def _ends(runner: MemoryRunner) -> dict[Tally, int]:
    ends: dict[Tally, int] = {}
    for entry in _bodies(runner.records(topics.LEDGER)):
        assert isinstance(entry, LedgerEntry)
        for count in entry.counts:
            ends[count.tally] = ends.get(count.tally, 0) + count.count
    return ends


STREAMS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(0, len(SPOTS) - 1), st.integers(0, 400)),
    min_size=5,
    max_size=40,
)


@pytest.mark.timeout(240)
@settings(max_examples=25)
@given(STREAMS, st.integers(1, 9), st.randoms(use_true_random=False))
def test_any_batch_size_and_any_crashes_say_the_same(
    stream: list[tuple[int, int, int]], batch: int, chance: Random
) -> None:
    sent = [_sent(number, spot, arrived) for number, spot, arrived in stream]
    half = len(sent) // 2

    def run(runner: MemoryRunner) -> MemoryRunner:
        _publish(runner, sent[:half])
        runner.run()
        runner.tick(minute(300))
        runner.run()
        _publish(runner, sent[half:])
        runner.run()
        runner.tick(minute(3_000))
        runner.run()
        return runner

    def crash(step: Step, _: Batch) -> None:
        if chance.random() < 0.5:
            runner.crash(chance.choice(runner.steps).name, while_handling=chance.randrange(5))

    whole, runner = run(_runner()), _runner(batch, crash)
    assert _said(run(runner)) == _said(whole)
    assert _ends(runner) == _ends(whole)


@settings(max_examples=25)
@given(st.permutations(range(6)), st.lists(st.integers(0, 5), max_size=6))
def test_order_and_repetition_make_no_difference_to_what_belongs_together(
    order: list[int], again: list[int]
) -> None:
    """Within what lateness allows: all of it arrives within the hours in which it would join."""
    happened = {0: (0, 5.0), 1: (1, 20.0), 2: (0, 60.0), 3: (6, 0.0), 4: (7, 90.0), 5: (2, 10.0)}
    runner = _runner()
    for arrived, number in enumerate([*order, *again]):
        spot, time = happened[number]
        _publish(runner, [_sent(number, spot, 100 + arrived, time)])
        runner.run()
    assert _members(runner) == {
        frozenset({"T-0", "T-1", "T-2"}),
        frozenset({"T-3", "T-4"}),
        frozenset({"T-5"}),
    }
    assert _ends(runner) == {Tally.ACCEPTED: 6, **({Tally.DUPLICATE: len(again)} if again else {})}


def test_what_passes_is_handled_once_and_let_go() -> None:
    sent = [_sent(number, number % len(SPOTS), 10 * number) for number in range(40)]
    read = frozenset(topic for step in steps() for topic in step.sources)

    def told(passing: frozenset[str]) -> list[tuple[str, bytes]]:
        outputs: list[tuple[str, bytes]] = []

        def hear(_: Step, batch: Batch) -> None:
            outputs.extend((output.topic, output.value) for output in batch.outputs)

        runner = _runner(3, hear, passing)
        for one in sent:
            _publish(runner, [one])
            runner.crash("cases", while_handling=2)
            runner.tick(one.arrived)
            runner.run()
            assert any(runner.records(topic) for topic in read) == (not passing)
        return outputs

    assert told(passing=read) == told(passing=frozenset())


def test_offsets_count_each_partition_of_each_topic_by_itself() -> None:
    runner = _runner(batch=2)
    _publish(runner, [_sent(number, number % len(SPOTS), number) for number in range(20)])
    assert runner.run() > 20
    for topic in (topics.HOTLINE, *SAID):
        for partition in range(PARTITIONS):
            offsets = [r.offset for r in runner.records(topic) if r.partition == partition]
            assert offsets == list(range(len(offsets)))
    by_partition = {r.partition for r in runner.records(topics.SIGNALS)}
    assert by_partition == {partition_of(town.encode(), PARTITIONS) for town in ("MILL", "QUAY", "HEATH")}
    assert runner.run() == 0, "what is committed is not read again"


def test_ledger_entries_cover_every_offset_once() -> None:
    runner = _runner(batch=3)
    _publish(runner, [_sent(number, number % len(SPOTS), number) for number in range(30)])
    runner.run()
    runner.tick(minute(100))
    runner.run()
    for step in runner.steps:
        for partition in range(PARTITIONS):
            entries = [
                entry
                for entry in _bodies(runner.records(topics.LEDGER))
                if isinstance(entry, LedgerEntry) and (entry.step, entry.partition) == (step.name, partition)
            ]
            covered = [n for e in entries for n in range(e.first_offset, e.last_offset + 1)]
            there = [r for topic in step.sources for r in runner.records(topic) if r.partition == partition]
            assert covered == list(range(len(there)))
            assert sum(entry.records for entry in entries) == len(there)


def test_a_step_that_lost_its_memory_goes_on_where_it_was() -> None:
    runner = _runner()
    _publish(runner, [_sent(1, 0, 1)])
    runner.run()
    home = partition_of(b"MILL", PARTITIONS)
    held = list(runner.task("cases", home).state.rows(CASES))
    runner.crash("cases")
    restored = runner.task("cases", home)
    assert list(restored.state.rows(CASES)) == held
    assert restored.now() == minute(1)
    _publish(runner, [_sent(2, 0, 2)])
    runner.run()
    assert _members(runner) == {frozenset({"T-1", "T-2"})}


def test_what_a_crash_interrupts_is_neither_said_nor_lost() -> None:
    runner = _runner()
    _publish(runner, [_sent(number, 0, number) for number in range(3)])
    runner.crash("intake_hotline", while_handling=2)
    assert not runner.records(topics.SIGNALS)
    runner.run()
    events = [event for event in _bodies(runner.records(topics.EVENTS)) if isinstance(event, CaseEvent)]
    assert [event.source_id for event in events] == ["T-0", "T-1", "T-2"]


def test_sensing_forgets_nothing_in_a_crash() -> None:
    def tell(runner: MemoryRunner, *, crash: bool) -> dict[str, list[tuple[int, bytes]]]:
        for number, value in enumerate((0.3, 0.1, 0.1, 0.3, 0.1)):
            made = pack(f"P-{number}", "g-mill", (0, value), (1, 50.0))(minute(number * 10), Heard())
            _publish(runner, [made])
            runner.run()
            if crash:
                runner.crash("sensing", while_handling=1)
        runner.tick(minute(120))
        runner.run()
        return _said(runner)

    said = tell(_runner(), crash=False)
    assert len(said[topics.ALARMS]) > 4
    assert tell(_runner(), crash=True) == said


@pytest.mark.parametrize("partitions", [1, 2, 7])
def test_any_number_of_partitions_joins_the_same(partitions: int) -> None:
    runner = MemoryRunner(steps(), partitions)
    for number in range(24):
        sent = _sent(number, number % len(SPOTS), number)
        runner.publish_raw(sent.topic, sent.key, sent.value, sent.headers, arrived=sent.arrived)
        runner.run()
    assert _members(runner) == {
        frozenset({f"T-{n}" for n in range(24) if n % 8 in spots})
        for spots in ({0, 1}, {2}, {3, 4}, {5}, {6, 7})
    }


@given(st.integers(946_684_800_000, 4_102_444_799_999))
@example(1_094_714_762_626)
def test_a_records_time_is_kept_to_the_millisecond(millis: int) -> None:
    arrived = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=millis)
    runner = _runner()
    runner.publish_raw(topics.HOTLINE, b"k", b"v", (), arrived=arrived)
    assert [record.timestamp_ms for record in runner.records(topics.HOTLINE)] == [millis]
