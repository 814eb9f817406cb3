"""How commands print: where tables go, and what strangers wrote made harmless for a terminal."""

from __future__ import annotations

import sys

from rich.console import Console

_PIPED_WIDTH = 200


def console() -> Console:
    """Standard output: as wide as the terminal, or with room enough in a pipe."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)


def harmless(text: str) -> str:
    """A stranger's text with control characters made visible, so that none of them reaches the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
