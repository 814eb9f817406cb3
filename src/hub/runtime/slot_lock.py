"""Keeps two workers on one machine out of the same slot: each would fence the other, again and again."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hub.errors import HubError


@contextmanager
def hold_slot(data: Path, prefix: str, slot: str, workers: Iterable[str]) -> Iterator[None]:
    """Hold a slot of these groups of steps for a block; the system frees it when the process ends.

    Raises HubError where the folder can't be written or another process holds the slot.
    """
    with ExitStack() as held:
        for worker in sorted(set(workers)):
            held.enter_context(_locked(data / f"{prefix}{worker}-{slot}.lock", worker, slot))
        yield


@contextmanager
def _locked(path: Path, worker: str, slot: str) -> Iterator[None]:
    with _usable(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 20).decode("ascii", "replace").strip() or "unknown"
            raise HubError(
                f"process {holder} runs the {worker} steps in slot {slot} already",
                fix="give this worker a slot of its own (HUB_SLOT), or end that process",
            ) from None
        with _usable(path.parent):
            os.truncate(file, 0)
            os.write(file, str(os.getpid()).encode())
        yield
    finally:
        os.close(file)


@contextmanager
def _usable(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HubError(
            f"data folder {folder} can't be written: {error.strerror}",
            fix="make room, mend its rights, or set HUB_DATA to another folder of this user",
        ) from None
