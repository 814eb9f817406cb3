"""What every fault test has: a seed that it prints, a city of its own, and the line of its result."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import SystemRandom

import pytest
from tests.broker.faults.proxy import FarBroker, far_broker
from tests.broker.faults.workers import FaultCity

SEED = "HUB_FAULT_SEED"

Say = Callable[[str], None]


@pytest.fixture
def say(request: pytest.FixtureRequest) -> Say:
    """Write a line into the test run's own output, whether the test fails or not."""
    capture = request.config.pluginmanager.get_plugin("capturemanager")

    def write(line: str) -> None:
        with nullcontext() if capture is None else capture.global_and_fixture_disabled():
            print(f"\n  {line}", end="", flush=True)

    return write


@pytest.fixture
def seed(request: pytest.FixtureRequest, say: Say) -> int:
    """The seed of this run: HUB_FAULT_SEED, or one by chance; always printed."""
    chosen = int(os.environ.get(SEED) or SystemRandom().randrange(1_000_000))
    say(f"{request.node.name}: {SEED}={chosen}")
    return chosen


@pytest.fixture
def city(broker: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultCity]:
    """A city of the test's own on the shared broker."""
    with _made(broker, request.node.name, tmp_path) as found:
        yield found


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FarBroker]:
    """A broker behind a line that can be made as bad as wanted."""
    with far_broker(tmp_path_factory.mktemp("far")) as found:
        yield found


@pytest.fixture
def far_city(far: FarBroker, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FaultCity]:
    """A city whose publishers and readers are near that broker; its workers are started far from it."""
    with _made(far.near, request.node.name, tmp_path) as found:
        yield found


@contextmanager
def _made(brokers: str, test: str, folder: Path) -> Iterator[FaultCity]:
    name = re.sub("[^a-z0-9]+", "-", test.removeprefix("test_").lower())[:40]
    found = FaultCity(brokers, f"{name}-{SystemRandom().randrange(1 << 32):08x}.", folder)
    found.make()
    yield found
    found.remove()
