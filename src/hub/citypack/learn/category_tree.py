"""The category tree that the tickets show: readable codes, and the join policy that each leaf learned."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from hashlib import blake2s

from hub.citypack.learn.tickets import Path
from hub.citypack.model import Category, Join

UNKNOWN = Category(code="unknown", name="Unknown")
"""The category of whatever the tree knows nothing of."""

_LONGEST = 60
_DIGEST = 6
_APOSTROPHES = str.maketrans("", "", "'\u2019")


def slug(text: str) -> str:
    """A text in lower-case ASCII letters, digits and hyphens: "Mayor's Office" as mayors-office."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower().translate(_APOSTROPHES)).strip("-")


def code_of(*names: str) -> str:
    """A code out of the last two names; a digest keeps apart what had to be cut or has no ASCII letters."""
    code = ".".join(filter(None, map(slug, names[-2:])))
    if all(map(slug, names[-2:])) and len(code) <= _LONGEST:
        return code
    return _with_digest(code, names)


def codes_of(paths: Iterable[Path]) -> Mapping[Path, str]:
    """The code of every node of the tree, parents first; nodes that would share one get a digest each."""
    plain = {path: code_of(*path) for path in nodes_of(paths)}
    taken = Counter([UNKNOWN.code, *plain.values()])
    return {path: code if taken[code] == 1 else _with_digest(code, path) for path, code in plain.items()}


def nodes_of(paths: Iterable[Path]) -> tuple[Path, ...]:
    """All paths and what lies above them, each node before its children."""
    return tuple(sorted({path[:depth] for path in paths for depth in range(1, len(path) + 1)}))


def grow_tree(paths: Iterable[Path], joins: Mapping[Path, Join]) -> tuple[Category, ...]:
    """The categories of a pack. Leaves with one parent are kindred; those without a policy never join."""
    known = set(paths)
    codes = codes_of(known)
    families = {path[:-1] for path in known}
    nodes = (
        Category(
            code=code,
            name=path[-1],
            parent=codes.get(path[:-1]),
            affinity=code if path in families else None,
            join=joins.get(path),
        )
        for path, code in codes.items()
    )
    return (*nodes, UNKNOWN)


def _with_digest(code: str, names: Iterable[str]) -> str:
    digest = blake2s("\x1f".join(names).encode(), digest_size=_DIGEST // 2).hexdigest()
    return f"{code[: _LONGEST - _DIGEST - 1].rstrip('-.')}-{digest}".lstrip("-")
