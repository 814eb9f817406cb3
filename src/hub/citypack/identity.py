"""Tells city packs apart by what is in them."""

import hashlib
from collections.abc import Iterator
from importlib.resources.abc import Traversable
from pathlib import Path

from hub.citypack.load import find_pack


def pack_digest(path_or_name: str | Path) -> str:
    """A digest of every file of a pack. Raises HubError if there is no such pack."""
    digest = hashlib.sha256()
    for name, file in _files(find_pack(path_or_name), ""):
        content = file.read_bytes()
        digest.update(f"{name}\n{len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def _files(folder: Traversable, within: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = f"{within}{entry.name}"
        if entry.is_dir():
            yield from _files(entry, f"{name}/")
        else:
            yield name, entry
