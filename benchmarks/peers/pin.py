"""`python -m benchmarks.peers.pin` writes the lock of the Java peers from their pom; it needs Maven."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.peers.jvm import LOCK_FILE, PROJECT, Lock
from hub.runtime.kafka_jars import Jar


def pinned() -> Lock:
    """Every jar that the pom needs, as Maven resolves it into an empty folder."""
    with TemporaryDirectory(prefix="hub-peers-") as folder:
        found = Path(folder) / "classpath"
        repository = Path(folder) / "repository"
        subprocess.run(
            (
                *("mvn", "-q", "-f", str(PROJECT / "pom.xml"), "dependency:build-classpath"),
                *(f"-Dmdep.outputFile={found}", f"-Dmaven.repo.local={repository}"),
            ),
            check=True,
        )
        paths = [Path(path) for path in found.read_text().strip().split(os.pathsep)]
        return Lock(jars=tuple(sorted((_jar(path, repository) for path in paths), key=str)))


def _jar(path: Path, repository: Path) -> Jar:
    *group, artifact, version, _ = path.relative_to(repository).parts
    content = path.read_bytes()
    return Jar(
        group=".".join(group),
        artifact=artifact,
        version=version,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
    )


if __name__ == "__main__":
    LOCK_FILE.write_text(pinned().model_dump_json(indent=2) + "\n", encoding="utf-8")
