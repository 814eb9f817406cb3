"""A terminal's keyboard, key by key: raw while it is open, and as it was afterwards, whatever happens."""

from __future__ import annotations

import os
import select
import sys
import termios
import tty
from types import TracebackType
from typing import Self

from hub.cli.desk import keys
from hub.errors import HubError

_NAMED = {
    b"\x1b[A": keys.UP,
    b"\x1b[B": keys.DOWN,
    b"\x1bOA": keys.UP,
    b"\x1bOB": keys.DOWN,
    b"\x1b[5~": keys.PAGE_UP,
    b"\x1b[6~": keys.PAGE_DOWN,
    b"\x1b": keys.ESCAPE,
    b"\r": keys.ENTER,
    b"\n": keys.ENTER,
    b"\t": keys.TAB,
    b"\x7f": keys.ERASE,
    b"\x08": keys.ERASE,
}
_LONGEST = 4
_AT_ONCE = 1024


class Keyboard:
    """Standard input without echo and lines; leaving it as a context manager restores it. Ctrl-C stays."""

    def __init__(self) -> None:
        if not sys.stdin.isatty():
            raise HubError("There is no keyboard", fix="add --once or --json to print the inbox")
        self._fd = sys.stdin.fileno()

    def __enter__(self) -> Self:
        self._before = termios.tcgetattr(self._fd)
        tty.setcbreak(self._fd)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        termios.tcsetattr(self._fd, termios.TCSADRAIN, self._before)

    def pressed(self, wait_s: float) -> list[str]:
        """The keys that were pressed, after waiting for one so long at most. EOFError once it is gone."""
        if not select.select([self._fd], [], [], wait_s)[0]:
            return []
        data = os.read(self._fd, _AT_ONCE)
        if not data:
            raise EOFError
        return named(data)


def named(data: bytes) -> list[str]:
    """Bytes of a terminal as keys: named ones, and characters as they are; unknown sequences are dropped."""
    found: list[str] = []
    while data:
        length = next((n for n in range(_LONGEST, 0, -1) if data[:n] in _NAMED and n <= len(data)), 0)
        if data[:1] == b"\x1b" and len(data) > 1 and length == 1:
            return found  # a sequence that no key of ours makes
        if length:
            found.append(_NAMED[data[:length]])
            data = data[length:]
            continue
        text = data.decode(errors="ignore")
        found += [text[0]] if text else []
        data = data[len(text[0].encode()) :] if text else b""
    return found
