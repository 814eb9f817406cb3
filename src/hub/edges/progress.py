"""How far the publishing of a file has come, kept beside the file, so that it can be taken up again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hub.errors import HubError

_CHUNK = 1 << 20


class Progress(BaseModel):
    """The rows of one file that are on one cluster's topics for good."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    digest: Annotated[str, Field(description="SHA-256 of the file as it lies on disk")]
    profile: Annotated[str, Field(description="Profile that read it, and a mark of what it said")]
    topics: Annotated[tuple[str, ...], Field(description="Topics that were published, with their prefix")]
    cluster: Annotated[str, Field(description="Kafka's id of the cluster")]
    rows: Annotated[int, Field(ge=0, description="Rows done, refused ones included")] = 0
    refused: Annotated[int, Field(ge=0, description="Rows refused among them")] = 0
    rejects_bytes: Annotated[int, Field(ge=0, description="Length of the file of refused rows")] = 0
    finished: Annotated[bool, Field(description="Whether no row is left")] = False

    def same_work(self, other: Progress) -> bool:
        """Whether both are about the same file on its way to the same topics."""
        return (self.digest, self.profile, self.topics, self.cluster) == (
            other.digest,
            other.profile,
            other.topics,
            other.cluster,
        )


def load_progress(path: Path, fresh: Progress) -> Progress:
    """What was done of this very work, or ``fresh`` where nothing was. Raises HubError for a damaged file."""
    try:
        found = Progress.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return fresh
    except (OSError, ValidationError):
        raise HubError(
            f"{path} can't be read as the progress of a publication",
            fix="remove it; the file is then published from its first row, and ids keep that safe",
        ) from None
    return found if found.same_work(fresh) else fresh


def save_progress(path: Path, progress: Progress) -> None:
    """Write it in one step: a reader sees the old one or the new one."""
    new = path.with_name(path.name + ".new")
    new.write_text(progress.model_dump_json(indent=2) + "\n", encoding="utf-8")
    new.replace(path)


def digest_of(path: Path) -> str:
    """SHA-256 of a file in hexadecimal; raises HubError where it can't be read."""
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError as error:
        raise HubError(f"{path}: {error.strerror}", fix="give the path of a file you may read") from None
    return digest.hexdigest()


def beside(path: Path, suffix: str) -> Path:
    """A file next to another, or in the current folder where nothing may be written there."""
    name = path.name + suffix
    return path.with_name(name) if os.access(path.parent, os.W_OK) else Path(name)
