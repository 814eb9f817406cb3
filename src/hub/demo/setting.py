"""The demo's own surroundings: a fresh broker with the city's topics, a worker process beside it."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from hub.citypack.city import City
from hub.errors import HubError
from hub.flow import Step
from hub.runtime.admin import TopicAdmin
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.cluster import BROKER_FOLDER
from hub.runtime.kafka_jars import OnFetch
from hub.runtime.topic_specs import wanted_topics
from hub.settings import Settings

STOP_S = 20.0


@contextmanager
def fresh_cluster(settings: Settings, on_fetch: OnFetch | None) -> Iterator[str]:
    """An embedded broker without yesterday's data, or the cluster of HUB_BROKERS as it is."""
    if settings.brokers:
        yield settings.brokers
        return
    folder = settings.data / BROKER_FOLDER
    broker = EmbeddedBroker(folder, on_fetch=on_fetch)
    broker.down()
    shutil.rmtree(folder, ignore_errors=True)
    try:
        yield broker.up()
    finally:
        broker.down()


def make_topics(city: City, steps: tuple[Step, ...], brokers: str, settings: Settings) -> int:
    """Make the topics of the city; how many there are."""
    wanted = wanted_topics(city, [step.name for step in steps if step.stateful], settings)
    TopicAdmin(brokers).apply(wanted)
    return len(wanted)


@contextmanager
def worker_process(environment: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker (`hub run`) for a block; ended by SIGTERM, so that it commits what it has in hand."""
    log.parent.mkdir(parents=True, exist_ok=True)
    code = "from hub.cli import main; main()"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-c", code, "run", "--demo-key"],
            env={**os.environ, **environment},
            stdout=file,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the demo, which then ends the worker in order
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def check_alive(process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises HubError if the worker has ended by itself."""
    if process.poll() is not None:
        tail = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        code = process.returncode
        raise HubError(f"The worker ended with exit code {code}; last: {' '.join(tail)}", fix=f"read {log}")
