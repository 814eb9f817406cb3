"""A cluster of the test's own, whose nodes it may kill; who leads what in it."""

from __future__ import annotations

import os
import re
import signal
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from confluent_kafka.admin import AdminClient

from hub.errors import HubError
from hub.runtime.broker import EmbeddedBroker

TRIES = 4
"""On a busy machine a node may need longer than the embedded broker waits."""
_ASK_S = 20.0
_ACTIVE = re.compile(r"Becoming the active controller at epoch (\d+)")


class OwnBrokers:
    """One node or three, started with the block and stopped at its end."""

    def __init__(self, data: Path, nodes: int) -> None:
        self._data = data
        self._embedded = EmbeddedBroker(data, brokers=nodes)
        self.servers = ""

    def __enter__(self) -> Self:
        self.servers = self._embedded.up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._embedded.down()

    def kill(self, *node_ids: int) -> None:
        """kill -9."""
        pids = [node.pid for node in self._embedded.status().nodes if node.node_id in node_ids]
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        while self._embedded.status().alive & set(node_ids):
            time.sleep(0.02)

    def bring_back(self) -> None:
        """Start the nodes that were killed, and wait until all are back; on a busy machine more than once."""
        for _ in range(TRIES - 1):
            with suppress(HubError):
                self._embedded.up()
                return
        self._embedded.up()

    def nodes(self) -> tuple[int, ...]:
        """The ids of all nodes, alive or not."""
        return tuple(node.node_id for node in self._embedded.status().nodes)

    def leader(self, topic: str, partition: int) -> int:
        """The node that leads a partition of a topic (full name)."""
        return int(
            self._admin().list_topics(topic, timeout=_ASK_S).topics[topic].partitions[partition].leader
        )

    def group_coordinator(self, group: str) -> int:
        """The node that keeps a group's members and offsets."""
        described = self._admin().describe_consumer_groups([group], request_timeout=_ASK_S)
        return int(described[group].result().coordinator.id)

    def transaction_coordinator(self, transactional_id: str) -> int:
        """The node that keeps the transactions of a producer."""
        name = "__transaction_state"
        count = len(self._admin().list_topics(name, timeout=_ASK_S).topics[name].partitions)
        return self.leader(name, (_java_hash(transactional_id) & 0x7FFFFFFF) % count)

    def controller(self) -> int:
        """The active controller: the node that says so in its log, in the highest epoch."""
        epochs = {}
        for node in self._embedded.status().nodes:
            log = self._data / f"node-{node.node_id}" / "server.log"
            found = _ACTIVE.findall(log.read_text(errors="replace"))
            epochs[node.node_id] = max(map(int, found), default=-1)
        return max(epochs, key=lambda node_id: epochs[node_id])

    def _admin(self) -> AdminClient:
        return AdminClient({"bootstrap.servers": self.servers, "log_level": 0})


def _java_hash(text: str) -> int:
    value = 0
    for character in text:
        value = (31 * value + ord(character)) & 0xFFFFFFFF
    return value
