"""A slow broker and a backlog: a worker takes no more memory for them, and works everything off."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.proxy import CLEAR, FarBroker, Line
from tests.broker.faults.workers import FaultCity, Worker

from hub import topics
from hub.contracts.operations import LedgerEntry
from hub.runtime.codec import decode_trusted
from hub.runtime.publisher import Publisher
from hub.runtime.reader import Follower

PATIENCE_S = 180.0
"""Without any progress."""
POISON_BYTES = 100
"""Small records that leave no state behind: what memory grows by is what is on its way."""
GROWTH_MB = 350
"""What a worker may hold of its input and output, however much waits: queues of 64 MB and a batch of each."""

SETTLED_S, IDLE_S, IDLE_MB = 30.0, 180.0, 5.0
"""An idle worker is looked at after so long, and again; it may have grown by so much."""


@pytest.mark.timeout(300)
def test_a_backlog_takes_no_more_memory(far_city: FaultCity, far: FarBroker, say: Say) -> None:
    _work_off(far_city, far, say, records=20_000, to_broker=CLEAR)


@pytest.mark.soak
def test_a_great_backlog_takes_no_more_memory(far_city: FaultCity, far: FarBroker, say: Say) -> None:
    _work_off(far_city, far, say, records=300_000, to_broker=CLEAR)


@pytest.mark.soak
def test_a_backlog_before_a_slow_broker_takes_no_more_memory(
    far_city: FaultCity, far: FarBroker, say: Say
) -> None:
    _work_off(far_city, far, say, records=100_000, to_broker=Line(bytes_per_s=1_000_000))


def _work_off(city: FaultCity, far: FarBroker, say: Say, *, records: int, to_broker: Line) -> None:
    with Publisher(city.brokers, prefix=city.prefix) as publisher:
        for number in range(records):
            value = b"\xff" * (POISON_BYTES - 8) + number.to_bytes(8, "big")
            publisher.publish_raw(topics.HOTLINE, b"%d" % number, value, [])
    worker = city.start("0", brokers=far.far)
    try:
        idle = _memory_once_it_says(worker, "core_restoring")
        far.proxy.to_broker = to_broker
        done, peak = _follow(city, worker, records)
        far.proxy.to_broker = CLEAR
        assert worker.terminate() == 0
    finally:
        far.proxy.to_broker = CLEAR
        if worker.runs:
            worker.kill()
    say(f"{records:,} records: {idle:.0f} MB before, {peak:.0f} MB at most")
    assert done == records, "each once"
    assert peak - idle < GROWTH_MB


def _memory_once_it_says(worker: Worker, word: str) -> float:
    deadline = time.monotonic() + PATIENCE_S
    while word not in worker.said:
        assert worker.runs, worker.said
        assert time.monotonic() < deadline, worker.said
        time.sleep(0.05)
    return _megabytes(worker)


def _follow(city: FaultCity, worker: Worker, records: int) -> tuple[int, float]:
    """How many records the ledger told of once it told of all, and the worker's greatest memory meanwhile."""
    done, peak, heard = 0, 0.0, time.monotonic()
    with Follower(city.brokers, [topics.LEDGER], prefix=city.prefix, from_beginning=True) as follower:
        while done < records:
            for record in follower.read():
                entry = decode_trusted("LedgerEntry", 1, record.value or b"")
                assert isinstance(entry, LedgerEntry)
                done += entry.records if entry.topic == topics.HOTLINE else 0
                heard = time.monotonic()
            peak = max(peak, _megabytes(worker))
            assert worker.runs, worker.said
            assert time.monotonic() - heard < PATIENCE_S, f"{done} of {records}; it says:\n{worker.said}"
    return done, peak


def _megabytes(worker: Worker) -> float:
    status = Path(f"/proc/{worker.pid}/status")
    if not status.exists():
        pytest.skip("no /proc here to read memory from")
    lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
    return int(lines["VmRSS"].split()[0]) / 1024


@pytest.mark.soak
def test_an_idle_worker_does_not_grow(far_city: FaultCity, say: Say) -> None:
    worker = far_city.start("0")
    try:
        _memory_once_it_says(worker, "core_restoring")
        time.sleep(SETTLED_S)
        before = _megabytes(worker)
        time.sleep(IDLE_S)
        after = _megabytes(worker)
        assert worker.terminate() == 0
    finally:
        worker.kill()
    say(f"{before:.1f} MB, and {IDLE_S:.0f} s later {after:.1f} MB")
    assert after - before < IDLE_MB
