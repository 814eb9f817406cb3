"""Profiles: a worker is sampled from outside while it works, by py-spy."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path

from hub.errors import HubError

RATE = 200
"""Samples a second."""
END_S = 30.0

Watch = Callable[[int], AbstractContextManager[None]]
"""Watches a process by its id for the length of a block."""


def nothing(_: int) -> AbstractContextManager[None]:
    """Watches nothing."""
    return nullcontext()


@contextmanager
def recorded(pid: int, file: Path) -> Iterator[None]:
    """Sample a process into a file. Raises HubError where this machine does not allow it."""
    spy = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if spy is None:
        raise HubError("py-spy is not here", fix="it is one of the tools that `make check` installs")
    command = (spy, "record", "--format", "raw", "--nolineno", "--full-filenames", "--rate", str(RATE))
    log = file.with_suffix(".log")
    with log.open("wb") as said:
        process = subprocess.Popen(
            (*command, "--output", str(file), "--pid", str(pid)), stdout=said, stderr=said
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(END_S)
    if not file.exists():
        words = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
        raise HubError(
            f"py-spy recorded nothing: {' '.join(words)}",
            fix="run as root, or allow it once: sysctl kernel.yama.ptrace_scope=0",
        )
