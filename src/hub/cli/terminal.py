"""Where commands print their tables."""

from __future__ import annotations

import sys

from rich.console import Console

_PIPED_WIDTH = 200


def console() -> Console:
    """Standard output: as wide as the terminal, or with room enough in a pipe."""
    return Console() if sys.stdout.isatty() else Console(width=_PIPED_WIDTH)
