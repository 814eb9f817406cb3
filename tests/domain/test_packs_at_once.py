"""Packs taken by whole arrays say what packs taken one by one say, however the log is cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.domain.pack_log import EVENTS, Event, log_of, sensing_step, some_events

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.domain.gateways import GATEWAYS
from hub.flow import Arrival, Outcome, State, Step
from hub.runtime.record import Record
from hub.runtime.task import Batch, PartitionTask

Item = tuple[Contract, Arrival]

CUTS = st.lists(st.integers(0, 60), max_size=6)
SOME = settings(max_examples=40)


def _task(step: Step) -> PartitionTask:
    return PartitionTask(step, topics.READINGS, 0, 1)


def _one_by_one() -> PartitionTask:
    return _task(replace(sensing_step(), handle_many=None))


def _parts(log: Sequence[Record], cuts: list[int]) -> list[Sequence[Record]]:
    ends = sorted({0, len(log), *(cut for cut in cuts if cut < len(log))})
    return [log[start:end] for start, end in pairwise(ends)]


def _all_of(batch: Batch) -> tuple[object, ...]:
    return batch.outputs, batch.changes, batch.reasons, batch.records


@SOME
@given(EVENTS, CUTS)
def test_batch_for_batch_everything_is_the_same_to_the_byte(events: list[Event], cuts: list[int]) -> None:
    many, single = _task(sensing_step()), _one_by_one()
    for part in _parts(log_of(events), cuts):
        assert _all_of(many.process(part)) == _all_of(single.process(part))
    assert list(many.state.rows(GATEWAYS)) == list(single.state.rows(GATEWAYS))
    assert many.now() == single.now()
    assert many.state.first_due() == single.state.first_due()


@SOME
@given(EVENTS, CUTS)
def test_however_the_log_is_cut_it_says_the_same(events: list[Event], cuts: list[int]) -> None:
    log = log_of(events)
    whole, parted = _task(sensing_step()), _task(sensing_step())
    wanted = whole.process(log)
    batches = [parted.process(part) for part in _parts(log, cuts)]
    said = [output for batch in batches for output in batch.outputs if output.topic != topics.LEDGER]
    assert said == [output for output in wanted.outputs if output.topic != topics.LEDGER]
    assert sum((batch.reasons for batch in batches), Counter[Reason]()) == wanted.reasons
    assert list(whole.state.rows(GATEWAYS)) == list(parted.state.rows(GATEWAYS))


def test_a_long_log_in_which_everything_happens() -> None:
    calls: list[int] = []
    step = sensing_step()
    tell = step.handle_many
    assert tell is not None

    def heard(state: State, items: Sequence[Item], nows: Sequence[datetime]) -> Sequence[Outcome]:
        outcomes = tell(state, items, nows)
        calls.append(len(outcomes))
        return outcomes

    log = log_of(some_events(1_000, seed=1))
    batch = _task(replace(step, handle_many=heard)).process(log)
    assert _all_of(batch) == _all_of(_one_by_one().process(log))
    assert {
        Reason.PACK_TAKEN,
        Reason.DUPLICATE,
        Reason.OLDER_THAN_MEMORY,
        Reason.UNKNOWN_SLOT,
        Reason.AHEAD_OF_CLOCK,
        Reason.ALARM_ACKED,
        Reason.UNKNOWN_ALARM,
        Reason.LIMIT_PASSED,
        Reason.CLOCK_MOVED,
        Reason.MISSING_HEADER,
    } <= batch.reasons.keys()
    assert max(calls) >= 10
    assert 0 in calls, "a row that came due amid the packs, or an acknowledgement"
