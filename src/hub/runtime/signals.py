"""Signals to stop, from the first moment of a command on. Imports next to nothing: it must stand early."""

import os
import signal

STOPPING = (signal.SIGTERM, signal.SIGINT)


def end_at_once() -> None:
    """Until something else takes them, let these signals end the process with 0: nothing has begun yet."""
    for number in STOPPING:
        signal.signal(number, _end)


def take_no_more() -> None:
    """Pass over further ones: the process is about to end by itself."""
    for number in STOPPING:
        signal.signal(number, signal.SIG_IGN)


def _end(*_: object) -> None:
    # Not by an exception: amid an import or a client's callback it might be caught, and the signal lost.
    os._exit(0)
