"""A relay before a broker that refuses the first write to a topic, as one does that leads it a moment later.

That is what a new topic, or one whose leader moves, may do to a publisher: the first batch meets no leader,
the second, already under way, is taken.
"""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress

from hub.runtime import ports
from hub.runtime.kafka_config import HOST

_PRODUCE = 0
_FLEXIBLE_FROM = 9
_NOT_LEADER = 6
_SECOND_S = 1.5
"""How long the first write's answer waits for a second write to be under way."""


class OvertakingRelay:
    """Leads to ``target``; only the first write to ``topic``, partition 0, is refused: NOT_LEADER."""

    def __init__(self, topic: str) -> None:
        self.port = ports.free_ports(1)[0]
        self.target = 0
        self.refused = False
        self.overtaken = False
        """Whether the second write was under way before the first was answered."""
        self._topic = topic.encode()
        self._server = socket.create_server((HOST, self.port))
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._server.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        broker = socket.create_connection((HOST, self.target))
        lock = threading.Lock()
        threading.Thread(target=self._answers, args=(broker, client, lock), daemon=True).start()
        with suppress(OSError, EOFError), client, broker:
            while True:
                request = _frame(client)
                if self._is_first_write(request):
                    client.settimeout(_SECOND_S)
                    second = None
                    with suppress(TimeoutError):
                        second = _frame(client)
                    client.settimeout(None)
                    self.overtaken = second is not None
                    with lock:
                        _send(client, self._refusal(request))
                    if second is not None:
                        _send(broker, second)
                    continue
                _send(broker, request)

    def _answers(self, broker: socket.socket, client: socket.socket, lock: threading.Lock) -> None:
        with suppress(OSError, EOFError):
            while True:
                answer = _frame(broker)
                with lock:
                    _send(client, answer)

    def _is_first_write(self, request: bytes) -> bool:
        first = (
            not self.refused and struct.unpack(">h", request[:2])[0] == _PRODUCE and self._topic in request
        )
        self.refused = self.refused or first
        return first

    def _refusal(self, request: bytes) -> bytes:
        """A Produce response, as Kafka's protocol has it from version 9 on: "not leader or follower"."""
        version, correlation = struct.unpack(">hi", request[2:8])
        assert version >= _FLEXIBLE_FROM, f"the client speaks Produce version {version}"
        partition = struct.pack(">ihqqq", 0, _NOT_LEADER, -1, -1, -1) + b"\x01\x00\x00"
        topic = bytes([len(self._topic) + 1]) + self._topic + b"\x02" + partition + b"\x00"
        return struct.pack(">i", correlation) + b"\x00" + b"\x02" + topic + struct.pack(">i", 0) + b"\x00"


def _frame(source: socket.socket) -> bytes:
    return _exactly(source, struct.unpack(">i", _exactly(source, 4))[0])


def _exactly(source: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = source.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def _send(sink: socket.socket, frame: bytes) -> None:
    sink.sendall(struct.pack(">i", len(frame)) + frame)
