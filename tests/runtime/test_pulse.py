"""What a loop shows of itself, and how its troubles are called."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from confluent_kafka import KafkaError

from hub import topics
from hub.contracts.case_memory import SeenSignal
from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.flow import Arrival, Outcome, State, Step, Table, put
from hub.runtime.pulse import fetched_records, pulse_of
from hub.runtime.task import PartitionTask
from hub.runtime.trouble import Cause, cause_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEEN = Table("seen", SeenSignal)


def _nothing(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    return Outcome(Reason.FORWARDED)


def _task(name: str, topic: str, partition: int, rows: int | None) -> PartitionTask:
    tables = () if rows is None else (SEEN,)
    task = PartitionTask(Step(name, (topic,), (), _nothing, "a test", tables=tables), topic, partition, 4)
    row = SeenSignal(case_id="a", time=NOON, forget_at=NOON)
    task.state.apply([put(SEEN, str(number), row) for number in range(rows or 0)])
    task.state.flush()
    return task


def test_a_pulse_counts_partitions_and_rows_by_step() -> None:
    tasks = [
        _task("cases", topics.SIGNALS, 0, 3),
        _task("cases", topics.SIGNALS, 2, 2),
        _task("intake", topics.HOTLINE, 2, None),
    ]
    pulse = pulse_of(tasks, ready=True, fetched=9)
    assert dict(pulse.held) == {
        (topics.SIGNALS, 0): "cases",
        (topics.SIGNALS, 2): "cases",
        (topics.HOTLINE, 2): "intake",
    }
    assert (dict(pulse.rows), pulse.fetched, pulse.ready) == ({"cases": 5}, 9, True)
    assert pulse.row_bytes["cases"] > 5 * 4


def test_the_fetch_queue_is_the_sum_over_partitions() -> None:
    told = {
        "topics": {
            "a": {"partitions": {"0": {"fetchq_cnt": 3}, "-1": {"fetchq_cnt": 0}}},
            "b": {"partitions": {}},
        }
    }
    assert fetched_records(json.dumps(told)) == 3
    assert fetched_records("{}") == 0


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        (KafkaError.PRODUCER_FENCED, Cause.FENCED),
        (KafkaError._FENCED, Cause.FENCED),
        (KafkaError.ILLEGAL_GENERATION, Cause.MOVED),
        (KafkaError._TIMED_OUT, Cause.UNREACHABLE),
        (KafkaError._ALL_BROKERS_DOWN, Cause.UNREACHABLE),
        (KafkaError.NOT_ENOUGH_REPLICAS, Cause.REFUSED),
        (KafkaError.MSG_SIZE_TOO_LARGE, Cause.REFUSED),
        (KafkaError._STATE, Cause.OTHER),
    ],
)
def test_troubles_are_of_a_few_causes(code: int, cause: Cause) -> None:
    assert cause_of(KafkaError(code)) is cause
