"""A TCP proxy before a broker: each direction can be slow, jittery, narrow or cut; connections can break."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from hub.runtime import ports
from hub.runtime.broker import EmbeddedBroker
from hub.runtime.kafka_config import HOST

T = TypeVar("T")

_CHUNK = 65_536
_CHUNKS_UNDER_WAY = 64
_START_S = 10.0
_RESET_AT_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class Line:
    """One direction. Delay and jitter, which is added, in seconds; ``bytes_per_s`` None: unlimited."""

    delay_s: float = 0.0
    jitter_s: float = 0.0
    bytes_per_s: float | None = None


CLEAR = Line()


@dataclass(slots=True, eq=False)
class _Connection:
    """A client's side and the broker's; ``deaf``: the client hears nothing any more, not even the end."""

    client: asyncio.StreamWriter
    broker: asyncio.StreamWriter
    deaf: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)


class Proxy:
    """Listens on ``port`` and hands on to ``target``, in a thread of its own. Methods are for any thread."""

    def __init__(self, *, seed: int = 0) -> None:
        self.port = ports.free_ports(1)[0]
        self.target = 0
        """The broker's port; set it before the first client comes."""
        self.to_broker = CLEAR
        self.to_client = CLEAR
        self._chance = Random(seed)
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self._sides: set[asyncio.StreamWriter] = set()
        """Every side that was opened: some get no connection, some outlive theirs by a moment."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._flows = asyncio.Event()
        self._thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        self._thread.start()
        self._do(self._listen())

    def close(self) -> None:
        """Break all connections and end."""
        self._do(self._stop())
        self._do(self._end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._connections)

    def refuse(self) -> None:
        """The broker's host has no such server: connections break, new ones are refused."""
        self._do(self._stop())

    def accept(self) -> None:
        """Connections are taken again."""
        self._do(self._listen())

    def cut(self) -> None:
        """Nothing passes in either direction, and nobody is told; new connections are not answered."""
        self._do(self._set_flow(False))

    def mend(self) -> None:
        """What was under way passes now, as TCP sends again what was lost."""
        self._do(self._set_flow(True))

    def reset(self) -> int:
        """Break all connections hard (RST to both sides); how many there were."""
        return self._do(self._reset())

    def forget(self) -> int:
        """Half-open: the broker's sides are closed, the clients are not told; how many. New ones are fine."""
        return self._do(self._forget())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_START_S)

    async def _listen(self) -> None:
        self._flows.set()
        self._server = await asyncio.start_server(self._take, HOST, self.port)

    async def _stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        await self._reset()

    async def _end_all(self) -> None:
        """End what still waits, so that nothing of this loop is left when it is closed."""
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
        for side in self._sides:
            _abort(side)
        await asyncio.gather(*(side.wait_closed() for side in self._sides), return_exceptions=True)

    async def _set_flow(self, flows: bool) -> None:
        if flows:
            self._flows.set()
        else:
            self._flows.clear()

    async def _reset(self) -> int:
        broken = list(self._connections)
        for one in broken:
            await self._drop(one)
        return len(broken)

    async def _drop(self, one: _Connection) -> None:
        self._connections.discard(one)
        for side in (one.client, one.broker):
            _abort(side)
        for task in one.tasks:
            task.cancel()
        await asyncio.gather(*one.tasks, return_exceptions=True)

    async def _forget(self) -> int:
        forgotten = [one for one in self._connections if not one.deaf]
        for one in forgotten:
            one.deaf = True
            _abort(one.broker)
        return len(forgotten)

    def _take(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        # A plain function, so that a connection is known here before any of its work can be cancelled.
        self._sides.add(client)
        task = self._loop.create_task(self._serve(from_client, client))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, from_client: asyncio.StreamReader, client: asyncio.StreamWriter) -> None:
        try:
            await self._flows.wait()
            from_broker, broker = await asyncio.open_connection(HOST, self.target)
        except OSError:
            _abort(client)
            return
        self._sides.add(broker)
        one = _Connection(client, broker)
        self._connections.add(one)
        one.tasks = [
            asyncio.create_task(self._pass(one, from_client, broker, lambda: self.to_broker)),
            asyncio.create_task(self._pass(one, from_broker, client, lambda: self.to_client)),
        ]

    async def _pass(
        self,
        one: _Connection,
        source: asyncio.StreamReader,
        sink: asyncio.StreamWriter,
        line: Callable[[], Line],
    ) -> None:
        """One direction of a connection, until either side ends it."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_CHUNKS_UNDER_WAY)
        sender = asyncio.create_task(self._send(one, under_way, sink, line))
        try:
            with suppress(OSError):
                while data := await source.read(_CHUNK):
                    now = line()
                    late = now.delay_s + self._chance.uniform(0, now.jitter_s)
                    await under_way.put((self._loop.time() + late, data))
            await under_way.put((0.0, b""))
            await sender
        finally:
            sender.cancel()

    async def _send(
        self,
        one: _Connection,
        under_way: asyncio.Queue[tuple[float, bytes]],
        sink: asyncio.StreamWriter,
        line: Callable[[], Line],
    ) -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(max(0.0, due - self._loop.time()))
            await self._flows.wait()
            if not data:
                if not one.deaf:
                    self._connections.discard(one)
                    sink.close()
                return
            if one.deaf:
                continue
            if (width := line().bytes_per_s) is not None:
                await asyncio.sleep(len(data) / width)
            with suppress(OSError):
                sink.write(data)
                await sink.drain()


def _abort(side: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    connection = side.get_extra_info("socket")
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_AT_CLOSE)
    side.transport.abort()


@dataclass(frozen=True, slots=True)
class FarBroker:
    """A broker of which some clients know only the proxy before it."""

    broker: EmbeddedBroker
    proxy: Proxy
    near: str
    """Bootstrap servers past the proxy."""
    far: str
    """Bootstrap servers through the proxy, which leads back to the proxy only."""


@contextmanager
def far_broker(data: Path, *, seed: int = 0) -> Iterator[FarBroker]:
    """A broker behind a proxy, for the length of a block."""
    proxy = Proxy(seed=seed)
    broker = EmbeddedBroker(data, relays=(proxy.port,))
    try:
        near = broker.up()
        relayed = broker.status().nodes[0].relayed
        assert relayed is not None
        proxy.target = relayed.port
        yield FarBroker(broker, proxy, near, f"{HOST}:{proxy.port}")
    finally:
        broker.down()
        proxy.close()
