"""The embedded broker: real Apache Kafka, one node or three, on this machine, its data in one directory."""

from __future__ import annotations

import fcntl
import os
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self, cast

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from hub.errors import HubError
from hub.runtime import broker_state, kafka_config, kafka_jars, kafka_process, ports
from hub.runtime.broker_state import BrokerStatus, ClusterRecord, NodeRecord, bootstrap_servers
from hub.runtime.kafka_config import HOST, NodeAddress, Relayed

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_PORT_SECONDS = 3.0
_POLL_SECONDS = 0.02


class EmbeddedBroker:
    """Real Kafka under `data`; as a context manager it runs within the block.

    `port` 0 keeps the last port or finds a free one; with three brokers the others take the ports after it.
    `relays` are ports, one for each broker, of relays before them: who comes through one is led back to it.
    """

    def __init__(
        self,
        data: Path,
        port: int = 0,
        brokers: int = 1,
        *,
        relays: Sequence[int] = (),
        on_fetch: kafka_jars.OnFetch | None = None,
    ) -> None:
        if brokers not in (1, 3):
            raise HubError(f"brokers is {brokers}, and a cluster has 1 or 3", fix="use --brokers 1 or 3")
        self._data = data.resolve()
        self._port = port
        self._brokers = brokers
        self._relays = tuple(relays)
        self._on_fetch = on_fetch

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, *_: object) -> None:
        self.down()

    def up(self) -> str:
        """Start what does not run yet, wait until Kafka answers; the bootstrap servers. Raises HubError."""
        with self._exclusively():
            record = broker_state.read(self._data)
            if record and len(record.nodes) != self._brokers:
                raise HubError(
                    f"{self._data} holds a cluster of {len(record.nodes)}, not {self._brokers}",
                    fix=f"use --brokers {len(record.nodes)}, or another --data",
                )
            alive = self._alive(record)
            try:
                return self._brought_up(record, alive)
            except _NodesEnded as ended:
                if not ended.nodes <= alive:
                    raise
                # a process that is being killed seems to live a moment longer
                return self._brought_up(broker_state.read(self._data), alive - ended.nodes)

    def _brought_up(self, record: ClusterRecord | None, alive: frozenset[int]) -> str:
        if record is None or not alive:
            record = self._addressed(record)
        else:
            self._check_port(record)
        try:
            if len(alive) < len(record.nodes):
                record = self._start(record, alive)
            self._wait_until_it_answers(record)
        except BaseException:
            self._stop_all_but(alive)
            raise
        return bootstrap_servers(record.nodes)

    def down(self) -> bool:
        """Stop every node and keep the data; whether all ended by themselves within 20 seconds."""
        if not self._data.exists():
            return True
        with self._exclusively():
            return self._stop_all_but(frozenset())

    def status(self) -> BrokerStatus:
        """What runs now, from the data directory and the process table; asks no broker."""
        record = broker_state.read(self._data)
        return BrokerStatus(
            data=self._data,
            cluster_id=record.cluster_id if record else None,
            nodes=record.nodes if record else (),
            alive=self._alive(record),
        )

    # ---- the data directory --------------------------------------------------------------------------------

    def _node_dir(self, node: NodeAddress) -> Path:
        return self._data / f"node-{node.node_id}"

    def _marker(self) -> str:
        """What the command line of every node of ours, and of no other process, contains."""
        return f"{self._data}{os.sep}node-"

    def _alive(self, record: ClusterRecord | None) -> frozenset[int]:
        nodes = record.nodes if record else ()
        running = (node for node in nodes if node.pid and kafka_process.is_running(node.pid, self._marker()))
        return frozenset(node.node_id for node in running)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        """Let one command at a time start or stop the broker of this directory."""
        try:
            self._data.mkdir(parents=True, exist_ok=True)
            lock = (self._data / "lock").open("w")
        except OSError as error:
            raise HubError(
                f"can't write {self._data}: {error.strerror}", fix="choose a writable directory with --data"
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _stop_all_but(self, kept: frozenset[int]) -> bool:
        record = broker_state.read(self._data)
        nodes = record.nodes if record else ()
        pids = [node.pid for node in nodes if node.pid and node.node_id not in kept]
        return kafka_process.stop(pids, self._marker(), patience=_STOP_SECONDS)

    # ---- starting ------------------------------------------------------------------------------------------

    def _addressed(self, record: ClusterRecord | None) -> ClusterRecord:
        """The cluster with the ports that it will use now."""
        clients = self._client_ports(record)
        taken = {*clients, *self._relays}
        spare = (port for port in ports.free_ports(4 * self._brokers) if port not in taken)
        relayed = self._relayed(record, spare)
        nodes = tuple(
            NodeRecord(node_id=index, port=port, controller_port=next(spare), relayed=listener)
            for index, (port, listener) in enumerate(zip(clients, relayed, strict=True), start=1)
        )
        cluster_id = record.cluster_id if record else broker_state.new_cluster_id()
        return ClusterRecord(cluster_id=cluster_id, nodes=nodes)

    def _relayed(self, record: ClusterRecord | None, spare: Iterator[int]) -> Sequence[Relayed | None]:
        """The listeners for relays, where they were before: a relay finds its broker again."""
        if not self._relays:
            return [None] * self._brokers
        last = [node.relayed.port for node in record.nodes if node.relayed] if record else []
        listens = last or [next(spare) for _ in self._relays]
        return [
            Relayed(port=port, relay_port=relay) for port, relay in zip(listens, self._relays, strict=True)
        ]

    def _client_ports(self, record: ClusterRecord | None) -> Sequence[int]:
        patience = _PORT_SECONDS if record else 0
        if self._port:
            wanted = range(self._port, self._port + self._brokers)
            if not ports.become_free(wanted, patience):
                taken = next(port for port in wanted if not ports.is_free(port))
                raise HubError(
                    f"port {taken} is taken by another program",
                    fix="choose another with --port (0 finds a free one), or stop that program",
                )
            return wanted
        last = [node.port for node in record.nodes] if record else []
        if last and ports.become_free(last, patience):
            return last
        return ports.free_ports(self._brokers)

    def _check_port(self, record: ClusterRecord) -> None:
        if self._port not in (0, record.nodes[0].port):
            raise HubError(
                f"the broker of {self._data} already runs, on port {record.nodes[0].port}",
                fix="use that port, or `hub broker down` first",
            )

    def _start(self, record: ClusterRecord, alive: frozenset[int]) -> ClusterRecord:
        """Start the nodes that are not alive, each step written down: what started can be found again."""
        classpath = kafka_jars.classpath(kafka_jars.read_lock(), self._on_fetch)
        broker_state.write(self._data, record)
        for node in record.nodes:
            if node.node_id not in alive:
                ports.become_free((node.port, node.controller_port), _PORT_SECONDS)
                self._prepare(node, record, classpath)
                record = record.with_pid(node.node_id, self._launch(node, classpath))
                broker_state.write(self._data, record)
        return record

    def _launch(self, node: NodeAddress, classpath: Sequence[Path]) -> int:
        home = self._node_dir(node)
        line = kafka_process.command(classpath, "kafka.Kafka", str(home / "server.properties"))
        return kafka_process.start_detached(line, home / "server.log")

    def _prepare(self, node: NodeAddress, record: ClusterRecord, classpath: Sequence[Path]) -> None:
        home = self._node_dir(node)
        home.mkdir(exist_ok=True)
        settings = kafka_config.server_properties(node, record.nodes, home / "data")
        (home / "server.properties").write_text(kafka_config.render(settings))
        if (home / "server.log").exists():
            (home / "server.log").replace(home / "server.log.1")
        if not (home / "data" / "meta.properties").exists():
            format_it = (
                "format",
                "--cluster-id",
                record.cluster_id,
                "--config",
                str(home / "server.properties"),
            )
            line = kafka_process.command(classpath, "kafka.tools.StorageTool", *format_it)
            kafka_process.run_tool(line, home / "format.log")

    def _wait_until_it_answers(self, record: ClusterRecord) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not _answers(record):
            if dead := {node.node_id for node in record.nodes} - self._alive(record):
                log = self._data / f"node-{min(dead)}" / "server.log"
                raise _NodesEnded(
                    frozenset(dead),
                    f"Kafka ended while starting: {kafka_process.last_words(log)}",
                    fix=f"read {log}",
                )
            if time.monotonic() > deadline:
                raise HubError(
                    f"Kafka runs but does not answer after {_START_SECONDS:.0f} s",
                    fix=f"read the logs in {self._data}; `hub broker down` stops it",
                )
            time.sleep(_POLL_SECONDS)


class _NodesEnded(HubError):
    """Nodes that should run do not, or not any more."""

    def __init__(self, nodes: frozenset[int], what: str, *, fix: str) -> None:
        super().__init__(what, fix=fix)
        self.nodes = nodes


def _answers(record: ClusterRecord) -> bool:
    """Whether a metadata request is answered by this very cluster with all its brokers in it."""
    if not all(_listens(node.port) for node in record.nodes):
        return False
    admin = AdminClient({"bootstrap.servers": bootstrap_servers(record.nodes), "log_level": 0})
    try:
        metadata = admin.list_topics(timeout=1)
    except KafkaException:
        return False
    # The client declares this field as always None.
    answering = cast(str | None, metadata.cluster_id)
    return answering == record.cluster_id and len(metadata.brokers) == len(record.nodes)


def _listens(port: int) -> bool:
    try:
        socket.create_connection((HOST, port), timeout=1).close()
    except OSError:
        return False
    return True
