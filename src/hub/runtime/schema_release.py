"""Keeps the committed schemas what the models say, and those that were released as they were."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from hub.contracts.avro import avro_schema
from hub.contracts.evolution import breaking_changes
from hub.contracts.fields import Contract
from hub.errors import HubError
from hub.runtime.schema_files import read_schema, schema_file

FROZEN = "frozen.json"
"""File that names each released schema with its SHA-256."""


@dataclass(frozen=True, slots=True)
class SchemaFolder:
    """A folder of schemas, and the contracts that it should hold."""

    path: Path
    contracts: Mapping[str, type[Contract]]
    versions: Mapping[str, int]

    def generate(self) -> list[Path]:
        """Write the newest version of every contract; the files that changed. HubError for a released one."""
        frozen = self.frozen()
        stale = [(file, text) for file, text in self._wanted() if _text(file) != text]
        for file, _ in stale:
            if self._key(file) in frozen:
                raise HubError(
                    f"{self._key(file)} is released and differs from its model now",
                    fix=f"raise the version of {file.parent.name} in hub.contracts.registry, generate again",
                )
        for file, text in stale:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return [file for file, _ in stale]

    def freeze(self) -> list[Path]:
        """Record the newest version of every contract as released; the files that are new in the list."""
        if problems := self.problems():
            raise HubError(
                "; ".join(problems), fix="mend this first; `hub schemas check` tells when it is done"
            )
        frozen = dict(self.frozen())
        added = [file for file, _ in self._wanted() if self._key(file) not in frozen]
        frozen.update((self._key(file), _sha256(file)) for file in added)
        (self.path / FROZEN).write_text(json.dumps(frozen, indent=2, sort_keys=True) + "\n", "utf-8")
        return added

    def frozen(self) -> Mapping[str, str]:
        """SHA-256 of each released file by its path in the folder."""
        file = self.path / FROZEN
        released: dict[str, str] = json.loads(file.read_text("utf-8")) if file.exists() else {}
        return released

    def problems(self) -> list[str]:
        """What is wrong with the folder, each with its fix; empty if nothing is."""
        return [*self._stale(), *self._changed_after_release(), *self._out_of_place(), *self._illegal()]

    def _wanted(self) -> Iterator[tuple[Path, str]]:
        for name, model in self.contracts.items():
            text = json.dumps(avro_schema(model), indent=2, ensure_ascii=False) + "\n"
            yield schema_file(self.path, name, self.versions[name]), text

    def _stale(self) -> Iterator[str]:
        for file, text in self._wanted():
            if _text(file) not in (None, text):
                yield f"{self._key(file)} differs from its model; run `hub schemas generate`"

    def _changed_after_release(self) -> Iterator[str]:
        for key, digest in self.frozen().items():
            file = self.path / key
            if not file.exists() or _sha256(file) != digest:
                yield f"{key} was released and may not change; restore it and raise the contract's version"

    def _out_of_place(self) -> Iterator[str]:
        known = {
            schema_file(self.path, name, version)
            for name, newest in self.versions.items()
            for version in range(1, newest + 1)
        }
        present = set(self.path.glob("*/*.avsc"))
        for file in sorted(present - known):
            if self._key(file) not in self.frozen():
                yield f"{self._key(file)} belongs to no contract; delete it"
        for file in sorted(known - present):
            yield f"{self._key(file)} is missing; run `hub schemas generate`, or restore it if it is older"

    def _illegal(self) -> Iterator[str]:
        for name, newest in self.versions.items():
            for version in range(2, newest + 1):
                pair = (version - 1, version)
                if all(schema_file(self.path, name, each).exists() for each in pair):
                    older, newer = (read_schema(self.path, name, each) for each in pair)
                    yield from (f"{name} v{version}: {what}" for what in breaking_changes(older, newer))

    def _key(self, file: Path) -> str:
        return file.relative_to(self.path).as_posix()


def _text(file: Path) -> str | None:
    return file.read_text("utf-8") if file.exists() else None


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
