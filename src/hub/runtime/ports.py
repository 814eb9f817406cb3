"""TCP ports of this machine: is one free, wait for one, find some."""

from __future__ import annotations

import random
import socket
import time
from collections.abc import Iterable
from contextlib import ExitStack

from hub.errors import HubError

# Below the range that systems hand out for outgoing connections, so that no client takes one in between.
_LOWEST, _HIGHEST = 19_092, 29_092
_POLL_SECONDS = 0.02


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as listener:
        return _bound(listener, host, port)


def become_free(wanted: Iterable[int], patience: float, host: str = "127.0.0.1") -> bool:
    """Wait up to `patience` seconds until all of `wanted` are free; whether they are.

    A killed server holds its ports a moment longer than its process seems to live.
    """
    deadline = time.monotonic() + patience
    waiting = list(wanted)
    while waiting := [port for port in waiting if not is_free(port, host)]:
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def free_ports(count: int, host: str = "127.0.0.1") -> tuple[int, ...]:
    """`count` different ports that are free now. Raises HubError when there are not so many."""
    # the system's own chance: two processes whose tests share a seed must not choose alike
    candidates = random.SystemRandom().sample(range(_LOWEST, _HIGHEST), _HIGHEST - _LOWEST)
    found: list[int] = []
    with ExitStack() as held:
        for port in candidates:
            listener = held.enter_context(socket.socket())
            if _bound(listener, host, port):
                found.append(port)
            if len(found) == count:
                return tuple(found)
    raise HubError(f"no {count} free ports between {_LOWEST} and {_HIGHEST}", fix="stop some servers")


def _bound(listener: socket.socket, host: str, port: int) -> bool:
    # As servers do: a port in TIME_WAIT is free, one that somebody listens on is not.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError:
        return False
    return True
