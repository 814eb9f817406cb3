"""The pages that people read, and what is in them: commands, links, code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]

PAGES = sorted(
    [
        *PROJECT.glob("*.md"),
        *(PROJECT / "docs").rglob("*.md"),
        *(PROJECT / "schemas").glob("*.md"),
        *(PROJECT / "deploy").glob("*.md"),
    ]
)

_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Command:
    """One `hub ...` as a page shows it."""

    where: str
    text: str


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def blocks_of(text: str) -> list[str]:
    """What stands in fences."""
    return _FENCE.findall(text)


def inline_of(text: str) -> list[str]:
    """What stands in backticks within running text; a break of the line is a space."""
    return [" ".join(code.split()) for code in _INLINE.findall(_FENCE.sub("", text))]


def commands_in(where: str, text: str) -> Iterator[Command]:
    """Every `hub ...` of a page, in fences and in running text."""
    lines = [line for block in blocks_of(text) for line in block.splitlines()]
    for line in (*lines, *inline_of(text)):
        yield from (Command(where, part) for part in _hub_calls(line))


def _hub_calls(line: str) -> Iterator[str]:
    """The calls in one line of a shell, without variables before, comments behind, or other programs."""
    bare = re.split(r"(?:^|\s)#\s", line.strip())[0]
    for part in re.split(r"\|\||&&|(?<=\s)[|>](?=\s)|;|\\$", bare):
        words = re.sub(r"^(?:[A-Z_]+=\S*\s+)+", "", part.strip())
        if re.match(r"hub(?:\s|$)", words):
            yield words.strip()
