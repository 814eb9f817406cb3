"""The embedded Kafka's settings: one `server.properties` per node, made from its place in the cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hub.errors import HubError

#: The embedded broker has no passwords, so nobody outside this machine may reach it.
HOST = "127.0.0.1"

_FOREVER = "9223372036854775807"
_MEBIBYTE = 1 << 20


class Relayed(BaseModel):
    """A listener of a node for clients behind a relay: they are told the relay's port, not its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    port: int
    relay_port: int


class NodeAddress(BaseModel):
    """Where one node listens: for clients on `port`, for its fellow controllers on `controller_port`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    node_id: int
    port: int
    controller_port: int
    relayed: Relayed | None = None


def server_properties(node: NodeAddress, cluster: Sequence[NodeAddress], data: Path) -> dict[str, str]:
    """Every setting of `node` as one of `cluster` (1 or 3 nodes), keeping its records under `data`."""
    if "," in str(data):
        raise HubError(f"Kafka can't keep data in a path with a comma: {data}", fix="choose another --data")
    return {
        **_identity(node, cluster),
        "log.dirs": str(data),
        **_replication(len(cluster)),
        **_limits(),
        **_small_machine(),
    }


def render(properties: Mapping[str, str]) -> str:
    """The text of a Java properties file; backslashes and everything outside ASCII escaped."""
    return "".join(f"{key}={_escaped(value)}\n" for key, value in properties.items())


def _identity(node: NodeAddress, cluster: Sequence[NodeAddress]) -> dict[str, str]:
    voters = ",".join(f"{peer.node_id}@{HOST}:{peer.controller_port}" for peer in cluster)
    listens = [f"PLAINTEXT://{HOST}:{node.port}"]
    advertised = listens[:]
    if node.relayed is not None:
        listens.append(f"RELAYED://{HOST}:{node.relayed.port}")
        advertised.append(f"RELAYED://{HOST}:{node.relayed.relay_port}")
    return {
        "process.roles": "broker,controller",
        "node.id": str(node.node_id),
        "controller.quorum.voters": voters,
        "listeners": ",".join([*listens, f"CONTROLLER://{HOST}:{node.controller_port}"]),
        "advertised.listeners": ",".join(advertised),
        "controller.listener.names": "CONTROLLER",
        "listener.security.protocol.map": "PLAINTEXT:PLAINTEXT,RELAYED:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "inter.broker.listener.name": "PLAINTEXT",
    }


def _replication(nodes: int) -> dict[str, str]:
    """With three nodes every record is on all of them and one may be lost without refusing a write."""
    in_sync = "2" if nodes > 1 else "1"
    return {
        "default.replication.factor": str(nodes),
        "min.insync.replicas": in_sync,
        "offsets.topic.replication.factor": str(nodes),
        "transaction.state.log.replication.factor": str(nodes),
        "transaction.state.log.min.isr": in_sync,
        "share.coordinator.state.topic.replication.factor": str(nodes),
        "share.coordinator.state.topic.min.isr": in_sync,
    }


def _limits() -> dict[str, str]:
    return {
        # Topics come from topics.py only; a typing mistake must fail, not make a topic.
        "auto.create.topics.enable": "false",
        # Replays carry the times of past years: a broker-wide age limit would delete them on arrival.
        # Each topic states its own retention.
        "log.retention.ms": "-1",
        # A record from the future is intake's to refuse, with a reason; the broker would only bounce it.
        "log.message.timestamp.after.max.ms": _FOREVER,
        # Feeds stay under the clients' 1 MiB default; a dead letter is such a record whole, plus its headers
        # and the reason, so twice that always fits.
        "message.max.bytes": str(2 * _MEBIBYTE),
        "replica.fetch.max.bytes": str(2 * _MEBIBYTE),
    }


def _small_machine() -> dict[str, str]:
    """Quick start and little memory: a laptop's few cores, hundreds of small topics."""
    return {
        "group.initial.rebalance.delay.ms": "0",
        "offsets.topic.num.partitions": "4",
        "transaction.state.log.num.partitions": "4",
        "share.coordinator.state.topic.num.partitions": "4",
        "num.network.threads": "2",
        "num.io.threads": "4",
        "background.threads": "4",
        # After a kill -9 the new process is not admitted until the old one's session has ended (default 9 s).
        "broker.session.timeout.ms": "3000",
        "broker.heartbeat.interval.ms": "500",
        # Each partition maps two index files of this size into memory.
        "log.segment.bytes": str(256 * _MEBIBYTE),
        "log.index.size.max.bytes": str(2 * _MEBIBYTE),
        # The cleaner takes its buffer from the heap at start; the default is a quarter of ours.
        "log.cleaner.dedupe.buffer.size": str(16 * _MEBIBYTE),
    }


def _escaped(value: str) -> str:
    utf16 = value.replace("\\", "\\\\").encode("utf-16-be")
    units = (int.from_bytes(utf16[i : i + 2], "big") for i in range(0, len(utf16), 2))
    return "".join(chr(unit) if unit < 0x80 else f"\\u{unit:04x}" for unit in units)
