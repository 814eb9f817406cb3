"""What the core loop commits is counted once, by step, topic and reason."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from prometheus_client import CollectorRegistry

from hub.contracts.fields import Contract
from hub.contracts.reasons import Reason
from hub.exporters.commits import CommitCounts
from hub.flow import Arrival, Outcome, State, Step
from hub.metrics import HubMetrics
from hub.runtime.core import Committed
from hub.runtime.record import Record
from hub.runtime.task import PartitionTask
from hub.runtime.trouble import Cause, Trouble, TroubleKind
from hub.topics import DEAD_LETTERS, GRID, HOTLINE, LEDGER

NOON_MS = int(datetime(2026, 3, 1, 12, tzinfo=UTC).timestamp() * 1000)


def _never(state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    raise AssertionError("an unreadable record reaches no rule")


def _task(topic: str, name: str, worker: str = "city") -> PartitionTask:
    step = Step(name, (topic,), (DEAD_LETTERS, LEDGER), _never, "a test", worker=worker)
    return PartitionTask(step, topic, 0, 4)


@pytest.fixture
def registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    metrics = HubMetrics(registry)
    first, second = _task(HOTLINE, "intake_hotline"), _task(GRID, "intake_grid")
    no_value = [Record(HOTLINE, 0, offset, NOON_MS, None, None, ()) for offset in range(2)]
    no_headers = [Record(GRID, 0, 0, NOON_MS, None, b"v", ())]
    batches = ((first.step, first.process(no_value)), (second.step, second.process(no_headers)))
    counts = CommitCounts(metrics, clock=lambda: NOON_MS / 1000)
    counts.committed(Committed(batches, 0.02))
    counts.committed(Committed(((first.step, first.process(no_value[:1])),), 0.04, queued=7))
    counts.disturbed(Trouble("city", TroubleKind.ABORT, Cause.UNREACHABLE))
    counts.disturbed(Trouble("city", TroubleKind.SESSION, Cause.UNREACHABLE))
    counts.disturbed(Trouble("city", TroubleKind.SESSION, Cause.FENCED))
    return registry


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("hub_step_records_total", {"step": "intake_hotline"}, 3),
        ("hub_step_records_total", {"step": "intake_grid"}, 1),
        ("hub_step_outputs_total", {"step": "intake_hotline", "topic": DEAD_LETTERS}, 3),
        ("hub_step_outputs_total", {"step": "intake_hotline", "topic": LEDGER}, 2),
        (
            "hub_step_outcomes_total",
            {"step": "intake_hotline", "tally": "dead", "reason": Reason.NO_VALUE},
            3,
        ),
        ("hub_dead_letters_total", {"reason": Reason.NO_VALUE}, 3),
        ("hub_dead_letters_total", {"reason": Reason.MISSING_HEADER}, 1),
        ("hub_step_batch_seconds_count", {"step": "intake_hotline"}, 2),
        ("hub_step_batch_records_bucket", {"step": "intake_hotline", "le": "1.0"}, 1),
        ("hub_step_batch_records_sum", {"step": "intake_hotline"}, 3),
        ("hub_last_commit_timestamp_seconds", {"step": "intake_grid"}, NOON_MS / 1000),
        ("hub_producer_queue_records", {"worker": "city"}, 7),
        ("hub_transactions_aborted_total", {"worker": "city", "cause": "unreachable"}, 1),
        ("hub_sessions_lost_total", {"worker": "city", "cause": "unreachable"}, 1),
        ("hub_sessions_lost_total", {"worker": "city", "cause": "fenced"}, 1),
        ("hub_commit_seconds_count", {"worker": "city"}, 2),
        ("hub_commit_seconds_sum", {"worker": "city"}, pytest.approx(0.06)),
    ],
)
def test_a_commit_is_counted(
    registry: CollectorRegistry, name: str, labels: dict[str, str], value: float
) -> None:
    assert registry.get_sample_value(name, labels) == value
