"""Which cluster a command works on: HUB_BROKERS, else the embedded broker of the data folder."""

from collections.abc import Iterator
from contextlib import contextmanager

from hub.errors import HubError
from hub.runtime.broker import EmbeddedBroker
from hub.settings import Settings

BROKER_FOLDER = "kafka"
"""Where the embedded broker lives in the data folder."""


def brokers_of(settings: Settings) -> str:
    """The brokers of a cluster that runs. Raises HubError where none is named and none was started."""
    if settings.brokers:
        return settings.brokers
    status = EmbeddedBroker(settings.data / BROKER_FOLDER).status()
    if not status.running or status.bootstrap is None:
        folder = settings.data / BROKER_FOLDER
        raise HubError(
            f"No Kafka: HUB_BROKERS is not set and no embedded broker runs in {folder}",
            fix="start one with `hub broker up`, or set HUB_BROKERS=host:port",
        )
    return status.bootstrap


@contextmanager
def running_cluster(settings: Settings) -> Iterator[str]:
    """The brokers of a cluster for a block; an embedded broker started for it is stopped after."""
    if settings.brokers:
        yield settings.brokers
        return
    broker = EmbeddedBroker(settings.data / BROKER_FOLDER)
    was_up = broker.status().running
    brokers = broker.up()
    try:
        yield brokers
    finally:
        if not was_up:
            broker.down()
