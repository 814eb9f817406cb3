"""What the embedded broker's data directory remembers, and how the broker is now."""

from __future__ import annotations

import base64
import os
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from hub.errors import HubError
from hub.runtime.kafka_config import HOST, NodeAddress


class NodeRecord(NodeAddress):
    """A node with the process that ran it last (0: none yet)."""

    pid: int = 0


class ClusterRecord(BaseModel):
    """The cluster of a data directory, kept in its `cluster.json` between commands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cluster_id: str
    nodes: tuple[NodeRecord, ...]

    def with_pid(self, node_id: int, pid: int) -> Self:
        """The same cluster, with `node_id` run by the process `pid`."""
        nodes = (
            node.model_copy(update={"pid": pid}) if node.node_id == node_id else node for node in self.nodes
        )
        return self.model_copy(update={"nodes": tuple(nodes)})


@dataclass(frozen=True)
class BrokerStatus:
    """How the embedded broker is now: `alive` are the ids of running nodes."""

    data: Path
    cluster_id: str | None
    nodes: tuple[NodeRecord, ...]
    alive: frozenset[int]

    @property
    def size(self) -> int:
        """Bytes on disk now; with hundreds of topics, counting them takes a while."""
        return size_on_disk(self.data)

    @property
    def running(self) -> bool:
        """Whether every node runs."""
        return bool(self.nodes) and len(self.alive) == len(self.nodes)

    @property
    def bootstrap(self) -> str | None:
        """The bootstrap servers, or None when no node runs."""
        return bootstrap_servers(self.nodes) if self.alive else None


def default_data() -> Path:
    """Where the broker of this directory keeps its data: `kafka` in HUB_DATA, else in `.hub`."""
    return Path(os.environ.get("HUB_DATA") or ".hub") / "kafka"


def bootstrap_servers(nodes: Iterable[NodeAddress]) -> str:
    """What a client needs to find the cluster: `host:port,...`."""
    return ",".join(f"{HOST}:{node.port}" for node in nodes)


def read(data: Path) -> ClusterRecord | None:
    """The record of a data directory, None where there is none. Raises HubError where it is damaged."""
    path = data / "cluster.json"
    if not path.exists():
        return None
    try:
        return ClusterRecord.model_validate_json(path.read_bytes())
    except ValidationError as error:
        raise HubError(
            f"{path} is damaged: {error.errors()[0]['msg']}",
            fix="mend it, or remove the directory and its data",
        ) from error


def write(data: Path, record: ClusterRecord) -> None:
    """Write the record in one step, so that a reader sees the old or the new one."""
    path = data / "cluster.json"
    fresh = path.with_suffix(".new")
    fresh.write_text(record.model_dump_json(indent=2) + "\n")
    fresh.replace(path)


def new_cluster_id() -> str:
    """A Kafka id: a random UUID in URL-safe base64, never beginning with a dash."""
    while (text := base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")).startswith("-"):
        continue
    return text


def size_on_disk(directory: Path) -> int:
    """Bytes really taken; Kafka's index files are longer than what they take."""
    blocks = 0
    for path in directory.rglob("*") if directory.exists() else ():
        try:
            blocks += path.stat().st_blocks
        except FileNotFoundError:  # Kafka deletes segments while we count
            continue
    return blocks * 512
