"""The peers in Java: pinned jars, and the few classes of ours compiled on first use.

It takes what the hub brings for its broker: a Java runtime, and jars by Maven coordinates. The compiler is
Eclipse's, a jar like the others; so there is nothing to install, and every machine runs the same Java.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from hub.errors import HubError
from hub.runtime.kafka_jars import Jar, cache_dir, held_jars
from hub.runtime.kafka_process import java

PROJECT = Path(__file__).parent / "java"
SOURCES = PROJECT / "src" / "main" / "java"
LOCK_FILE = PROJECT / "peers.lock.json"

COMPILER = "ecj"
LANGUAGE = "17"
PATIENCE_S = 300.0

FLAGS = (
    "-Xmx1g",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    # what Flink's own start scripts give every JVM
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.net=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.text=ALL-UNNAMED",
    "--add-opens=java.base/java.time=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.locks=ALL-UNNAMED",
    "--enable-native-access=ALL-UNNAMED",
)


class Lock(BaseModel):
    """The exact jars of all peers in Java."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    jars: tuple[Jar, ...]


def read_lock() -> Lock:
    """The lock file of the checkout."""
    return Lock.model_validate_json(LOCK_FILE.read_bytes())


def java_command(tell: Callable[[str], None]) -> tuple[str, ...]:
    """How a JVM with the peers starts; a class name follows. Raises HubError where a part can't be had."""
    jars = read_lock().jars
    home = cache_dir() / "peers" / "java"

    def fetched(jar: Jar) -> None:
        tell(f"peers: fetched {jar.artifact}")

    paths = dict(zip(jars, held_jars(jars, home, "the peers in Java", fetched), strict=True))
    compiler = next(path for jar, path in paths.items() if jar.artifact == COMPILER)
    classpath = [str(path) for path in paths.values() if path != compiler]
    tell("peers: compiling")
    classes = _compiled(compiler, classpath, home)
    return (str(java()), *FLAGS, "-cp", os.pathsep.join([str(classes), *classpath]))


def sources() -> tuple[Path, ...]:
    """Our Java files."""
    return tuple(sorted(SOURCES.rglob("*.java")))


def _compiled(compiler: Path, classpath: list[str], home: Path) -> Path:
    """Our classes, in a folder that bears the fingerprint of what they were made of."""
    made_of = b"".join(path.read_bytes() for path in (LOCK_FILE, *sources()))
    classes = home / f"classes-{hashlib.sha256(made_of).hexdigest()[:12]}"
    if not (classes / "complete").exists():
        options = ("-source", LANGUAGE, "-target", LANGUAGE, "-proc:none", "-nowarn", "-encoding", "UTF-8")
        command = (str(java()), "-jar", str(compiler), *options, "-cp", os.pathsep.join(classpath))
        done = subprocess.run(
            (*command, "-d", str(classes), str(SOURCES)),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        if done.returncode != 0:
            raise HubError(
                f"the peers in Java do not compile: {' '.join(done.stderr.split())[:500]}",
                fix=f"mend {SOURCES}",
            )
        (classes / "complete").touch()
    return classes
