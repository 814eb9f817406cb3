"""A real worker, told to stop at any moment of its start and with no broker there: exit code 0, in time."""

from __future__ import annotations

import signal
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.broker.hub_process import HubProcess, OwnTopics

from hub.runtime.admin import TopicAdmin
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.stopping import END_S

PATIENCE_S = 120.0
DELAYS_S = (0.0, 0.2, 0.7, 1.5, 2.5, 4.0, 6.0)


@pytest.fixture
def own(broker: str, tmp_path: Path) -> Iterator[OwnTopics]:
    own = OwnTopics(broker, f"stop-{uuid.uuid4().hex[:8]}.", tmp_path)
    own.make()
    yield own
    TopicAdmin(broker).delete(spec.name for spec in own.specs())


def wait_until(worker: HubProcess, what: str, seen: str) -> None:
    """Until a worker's log tells something."""
    deadline = time.monotonic() + PATIENCE_S
    while seen not in worker.said:
        worker.must_run()
        assert time.monotonic() < deadline, f"{what} in vain; it says:\n{worker.said}"
        time.sleep(0.05)


def takes_signals(worker: HubProcess) -> None:
    """Until a worker catches SIGTERM: before that nothing of the hub runs in the process."""
    status = Path(f"/proc/{worker.pid}/status")
    deadline = time.monotonic() + PATIENCE_S
    while True:
        caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
        if int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            return
        worker.must_run()
        assert time.monotonic() < deadline, "it never takes signals"
        time.sleep(0.01)


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not show caught signals")
def test_a_signal_at_any_moment_of_the_start_ends_a_worker_with_0(own: OwnTopics) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        for delay in DELAYS_S:
            with own.start("run", "--demo-key") as worker:
                takes_signals(worker)
                time.sleep(delay)
                worker.send(number)
                assert worker.wait(PATIENCE_S) == 0, f"{number.name} after {delay} s:\n{worker.said}"


@pytest.mark.timeout(300)
def test_a_worker_at_work_drains_and_a_second_one_in_its_slot_is_refused(own: OwnTopics) -> None:
    with own.start("run", "--demo-key") as worker:
        wait_until(worker, "waits for its partitions", "core_assigned")
        with own.start("run", "--demo-key", "--steps", "city") as second:
            assert second.wait(PATIENCE_S) == 2
            assert f"process {worker.pid} runs the city steps in slot 0" in second.said
        assert worker.terminate() == 0
        assert "core_revoked" in worker.said


@pytest.mark.timeout(300)
def test_a_worker_stops_in_time_where_the_broker_is_gone(tmp_path: Path) -> None:
    broker = EmbeddedBroker(tmp_path / "kafka")
    try:
        own = OwnTopics(broker.up(), "gone.", tmp_path)
        own.make()
        with own.start("run", "--demo-key") as worker:
            wait_until(worker, "waits for its partitions", "core_assigned")
            broker.down()
            time.sleep(1.0)
            told = time.monotonic()
            worker.send(signal.SIGTERM)
            assert worker.wait(PATIENCE_S) == 0, worker.said
            took = time.monotonic() - told
    finally:
        broker.down()
    # twice its own limit: a busy machine counts its seconds late
    assert took < 2 * END_S, f"it took {took:.1f} s"
