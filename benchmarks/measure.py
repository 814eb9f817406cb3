"""How a measurement is taken: a meter in the engine's own process, a parent that starts it and waits."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from hub.errors import HubError

ROOT = Path(__file__).resolve().parent.parent
PATIENCE_S = 600.0


@dataclass(frozen=True, slots=True)
class Job:
    """What an engine is to do: read a run's input once, to its end."""

    brokers: str
    prefix: str
    """Begins every topic and group of this run."""
    records: int
    partitions: int
    folder: str = ""
    """For files that the engine writes; made by the parent."""
    group: str = "bench"
    """The consumer group of this run, without the prefix."""
    source: str = ""
    sink: str = ""
    """Topics to read and to write, without the prefix, for engines that are told."""
    high: float = 0.0
    """The highest good value of a reading, where the work is readings."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One run of an engine: from having its partitions (or its first record) to its last commit.

    ``cpu_s`` is of the engine's process in that time; ``peak_mb`` is the process's largest size ever, in MB.
    """

    records: int
    seconds: float
    cpu_s: float
    peak_mb: float

    @property
    def records_per_s(self) -> float:
        return self.records / self.seconds

    @property
    def cpu_s_per_million(self) -> float:
        return self.cpu_s * 1e6 / self.records


class Meter:
    """Measures this process from its making to ``stop``."""

    def __init__(self) -> None:
        self._cpu = _cpu_s()
        self._began = time.perf_counter()

    def stop(self, records: int) -> Sample:
        seconds = time.perf_counter() - self._began
        return Sample(records, seconds, _cpu_s() - self._cpu, peak_mb())


def peak_mb() -> float:
    """The largest size of this process so far, since it began its own program."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux counts the parent's size in ru_maxrss
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def run_engine(name: str, job: Job, command: Sequence[str] = ()) -> Sample:
    """Run an engine in its own process. Raises HubError with its last words where it fails or hangs.

    ``command`` starts an engine that is no module of `benchmarks.engines`; the job follows as JSON.
    """
    return Sample(**json.loads(run_process(name, job, command)))


def run_process(name: str, job: Job, command: Sequence[str] = ()) -> str:
    """As `run_engine`; what the engine reported, as JSON."""
    program = command or (sys.executable, "-m", f"benchmarks.engines.{name}")
    with TemporaryDirectory(prefix="hub-bench-") as folder:
        log = Path(folder) / "log"
        with log.open("wb") as file:
            try:
                code = subprocess.run(
                    (*program, json.dumps({**asdict(job), "folder": folder})),
                    cwd=ROOT,
                    env=_environment(),
                    stdout=file,
                    stderr=file,
                    timeout=PATIENCE_S,
                    check=False,
                ).returncode
            except subprocess.TimeoutExpired:
                code = None
        found = _result_file(folder)
        if code != 0 or not found.exists():
            said = " | ".join(log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-3:])
            raise HubError(
                f"Engine {name} {'hangs' if code is None else f'ended with {code}'}: {said}",
                fix="run it by itself to see why",
            )
        return found.read_text(encoding="utf-8")


def _environment() -> dict[str, str]:
    """Ours, and the checkout's own packages before others."""
    path = os.pathsep.join(filter(None, (str(ROOT / "src"), os.environ.get("PYTHONPATH", ""))))
    return {**os.environ, "PYTHONPATH": path}


def job_given() -> Job:
    """The job that the parent gave this process."""
    return Job(**json.loads(sys.argv[1]))


def report(job: Job, sample: Sample) -> None:
    """Tell the parent the result."""
    report_text(job, json.dumps(asdict(sample)))


def report_text(job: Job, text: str) -> None:
    """Tell the parent a result of another form, as JSON."""
    _result_file(job.folder).write_text(text, encoding="utf-8")


def _result_file(folder: str) -> Path:
    return Path(folder) / "result.json"
