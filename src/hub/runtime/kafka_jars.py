"""Kafka's own files: fetched once by Maven coordinates, held to the checksums of `kafka.lock.json`."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from hub.errors import HubError

if TYPE_CHECKING:
    from jgo.maven import Artifact, MavenContext

LOCK_FILE = Path(__file__).with_name("kafka.lock.json")

#: Called once per fetched jar with its size in bytes.
OnFetch = Callable[["Jar"], None]

_SLF4J_BINDING = "org.slf4j:slf4j-simple:1.7.36"
_PARALLEL_FETCHES = 8
_ATTEMPTS = 3
_TIMEOUT_SECONDS = 30


class Jar(BaseModel):
    """One pinned artifact; `size` in bytes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    group: str
    artifact: str
    version: str
    size: int
    sha256: str

    @property
    def filename(self) -> str:
        return f"{self.artifact}-{self.version}.jar"

    def __str__(self) -> str:
        return f"{self.group}:{self.artifact}:{self.version}"


class Lock(BaseModel):
    """The exact jars that make up one version of Kafka."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kafka: str
    jars: tuple[Jar, ...]


def read_lock() -> Lock:
    """The lock file that ships with the hub."""
    return Lock.model_validate_json(LOCK_FILE.read_bytes())


def cache_dir() -> Path:
    """Where fetched jars stay: HUB_CACHE, else `hub` in XDG_CACHE_HOME, else `~/.cache/hub`."""
    if hub_cache := os.environ.get("HUB_CACHE"):
        return Path(hub_cache)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "hub"


def missing_jars(lock: Lock) -> tuple[Jar, ...]:
    """The jars of `lock` that are not in the cache yet."""
    return tuple(jar for jar in lock.jars if not (_home(lock) / jar.filename).exists())


def classpath(lock: Lock, on_fetch: OnFetch | None = None) -> tuple[Path, ...]:
    """The verified jars of `lock`, fetched where absent. Raises HubError for one unreachable or changed."""
    return held_jars(lock.jars, _home(lock), "Kafka", on_fetch)


def held_jars(
    jars: Sequence[Jar], home: Path, part_of: str, on_fetch: OnFetch | None = None
) -> tuple[Path, ...]:
    """Verified jars in a folder, fetched where absent; ``part_of`` names the whole in errors (HubError)."""
    if missing := [jar for jar in jars if not (home / jar.filename).exists()]:
        _fetch(missing, home, part_of, on_fetch or (lambda _: None))
    for jar in jars:
        _verify(jar, home / jar.filename)
    return tuple(home / jar.filename for jar in jars)


def resolve_lock(kafka: str) -> Lock:
    """Resolve `kafka` (a version) and all it needs into a new lock; fetches everything."""
    with _staging(cache_dir()) as staging:
        context = _maven(staging)
        wanted = (f"org.apache.kafka:kafka_2.13:{kafka}", _SLF4J_BINDING)
        roots, transitive = context.resolver.resolve([context.create_dependency(name) for name in wanted])
        needed = [*roots, *(dep for dep in transitive if dep.scope in ("compile", "runtime"))]
        jars = [_measured(dependency.artifact) for dependency in needed]
    return Lock(kafka=kafka, jars=tuple(sorted(jars, key=str)))


def _measured(artifact: Artifact) -> Jar:
    path = artifact.resolve()
    return Jar(
        group=artifact.groupId,
        artifact=artifact.artifactId,
        version=artifact.version,
        size=path.stat().st_size,
        sha256=_sha256(path),
    )


def _home(lock: Lock) -> Path:
    return cache_dir() / f"kafka-{lock.kafka}"


def _fetch(jars: Sequence[Jar], home: Path, part_of: str, on_fetch: OnFetch) -> None:
    """Fetch into a staging directory and move only verified files home: a broken run leaves nothing."""
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise HubError(
            f"can't write {home}: {error.strerror}", fix="set HUB_CACHE to a writable directory"
        ) from error
    with _staging(home) as staging, ThreadPoolExecutor(_PARALLEL_FETCHES) as pool:
        context = _maven(staging)

        def fetch(jar: Jar) -> Jar:
            path = _resolve(context, jar, part_of)
            _verify(jar, path)
            path.replace(home / jar.filename)
            return jar

        for jar in pool.map(fetch, jars):
            on_fetch(jar)


def _resolve(context: MavenContext, jar: Jar, part_of: str) -> Path:
    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact()
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return artifact.resolve()
        # jgo passes on the errors of its HTTP client, so the kinds are not ours to list.
        except Exception as error:
            if attempt == _ATTEMPTS:
                raise HubError(
                    f"can't fetch {jar}, a part of {part_of} ({type(error).__name__})",
                    fix="check the network and try again; or copy the cache directory "
                    f"({cache_dir()}) from a machine that has it; or set HUB_BROKERS to a running cluster",
                ) from error
            # A download that broke off leaves half a file, which jgo would take for the whole.
            if artifact.cached_path:
                artifact.cached_path.unlink(missing_ok=True)
    raise AssertionError("unreachable")


def _verify(jar: Jar, path: Path) -> None:
    if _sha256(path) != jar.sha256:
        raise HubError(
            f"{path} is not {jar}: its SHA-256 differs from the pinned one",
            fix="delete that file and try again; if it happens again, do not trust the network it came over",
        )


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def _staging(parent: Path) -> Iterator[Path]:
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".staging-") as directory:
        yield Path(directory)


def _maven(repository: Path) -> MavenContext:
    # Imported here because it is slow and, once the jars are there, never needed.
    from jgo.config import GlobalSettings
    from jgo.constants import MAVEN_CENTRAL_URL
    from jgo.maven import MavenContext

    # A site behind a mirror names it `central` in its own jgo settings.
    repositories = {"central": MAVEN_CENTRAL_URL, **GlobalSettings.load().repositories}
    return MavenContext(repo_cache=repository, remote_repos=repositories, timeout=_TIMEOUT_SECONDS)
