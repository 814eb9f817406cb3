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
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("a+")
    except OSError as error:
        raise HubError(
            f"{path.parent} can't be written: {error.strerror}",
            fix="set HUB_DATA to a folder of this user, or mend its rights",
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise HubError(
                f"process {file.read().strip() or 'unknown'} runs the {worker} steps in slot {slot} already",
                fix="give this worker a slot of its own (HUB_SLOT), or end that process",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
