"""A real broker for the tests that claim Kafka: embedded, or the one that HUB_BROKERS names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.runtime import kafka_jars
from hub.runtime.broker import EmbeddedBroker

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this directory needs a broker, so nobody has to remember the marker."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.broker)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Fetch Kafka before the first test: over a slow line that takes longer than a test may."""
    chosen = any(HERE in item.path.parents for item in session.items)
    if chosen and not session.config.option.collectonly and "HUB_BROKERS" not in os.environ:
        kafka_jars.classpath(kafka_jars.read_lock())


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The bootstrap servers of a broker that all tests of the session share; use topics of your own."""
    if cluster := os.environ.get("HUB_BROKERS"):
        yield cluster
        return
    embedded = EmbeddedBroker(tmp_path_factory.mktemp("kafka"))
    try:
        yield embedded.up()
    finally:
        embedded.down()
