"""Workers as an operator starts them: `hub run` in processes of their own, measured from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from benchmarks.measure import ROOT
from hub.errors import HubError

STOP_S = 30.0


@dataclass(frozen=True, slots=True)
class Used:
    """What a process has used so far: CPU seconds, and its largest size in MB."""

    cpu_s: float
    peak_mb: float


class Worker:
    """A process of ours; as a context manager it is told to stop at the end of the block, then waited for."""

    def __init__(self, command: Sequence[str], settings: Mapping[str, str], log: Path) -> None:
        self._log = log
        path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))))
        env = {**os.environ, "PYTHONPATH": path, **settings}
        with log.open("ab") as file:
            self._process = subprocess.Popen(
                [sys.executable, *command], cwd=ROOT, env=env, stdout=file, stderr=file
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def must_run(self) -> None:
        """Raises HubError with its last words where the process has ended."""
        code = self._process.poll()
        if code is not None:
            said = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:]
            raise HubError(
                f"A worker ended with {code}: {' | '.join(said)}", fix="run it by itself to see why"
            )

    def used(self) -> Used:
        """What it has used since it began. Linux only."""
        process = Path("/proc") / str(self.pid)
        after_name = (process / "stat").read_text().rpartition(")")[2].split()
        ticks = int(after_name[11]) + int(after_name[12])  # user and system time
        peak = next(
            line for line in (process / "status").read_text().splitlines() if line.startswith("VmHWM:")
        )
        return Used(ticks / os.sysconf("SC_CLK_TCK"), int(peak.split()[1]) / 1024)


def hub_run(settings: Mapping[str, str], log: Path, *words: str) -> Worker:
    """A worker by `hub run` with the stated demo key."""
    command = ("-c", "from hub.cli import main; main()", "run", "--demo-key", *words)
    return Worker(command, settings, log)
