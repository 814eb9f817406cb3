"""A virtual environment for each peer in Python, made on first use from its pinned requirements."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from platform import python_version

from hub.errors import HubError
from hub.runtime.kafka_jars import cache_dir

HERE = Path(__file__).parent
PATIENCE_S = 600.0


def requirements_of(peer: str) -> Path:
    """The file with every library of a peer, each in one exact version."""
    return HERE / f"{peer}.txt"


def home_of(peer: str) -> Path:
    """Where a peer's environment lies: another one for other requirements or another Python."""
    wanted = requirements_of(peer).read_bytes() + sys.version.encode()
    return cache_dir() / "peers" / f"{peer}-{hashlib.sha256(wanted).hexdigest()[:12]}"


def python_of(peer: str) -> Path:
    """The Python with a peer's libraries. Raises HubError where they can't be installed."""
    home = home_of(peer)
    python = home / "bin" / "python"
    if not (home / "complete").exists():
        shutil.rmtree(home, ignore_errors=True)
        try:
            venv.create(home, with_pip=True, symlinks=True)
        except (OSError, subprocess.SubprocessError) as error:
            raise HubError(
                f"can't make an environment in {home}: {error}", fix="set HUB_CACHE to a writable directory"
            ) from error
        _install(peer, python)
        (home / "complete").touch()
    return python


def _install(peer: str, python: Path) -> None:
    options = (
        "--quiet",
        "--disable-pip-version-check",
        "--no-input",
        "--retries",
        "1",
        "--only-binary",
        ":all:",
    )
    command = (str(python), "-m", "pip", "install", *options, "-r", str(requirements_of(peer)))
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode != 0:
        why = "no end in sight" if done is None else _last_error(done.stderr)
        raise HubError(
            f"{peer} can't be installed: {why}",
            fix=f"check the package index, and that {peer} supports Python {python_version()}",
        )


def _last_error(said: str) -> str:
    """What pip says last, without addresses: an index may be named with credentials."""
    errors = [line for line in said.strip().splitlines() if line.startswith("ERROR:")] or ["pip failed"]
    words = errors[-1].removeprefix("ERROR:").split()
    return " ".join(word for word in words if "://" not in word)
