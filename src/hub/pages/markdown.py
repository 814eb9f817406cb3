"""The little Markdown that generated pages are made of."""

import textwrap
from collections.abc import Iterable, Sequence


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; bars and angle brackets in cells are escaped, brackets in code are left."""
    lines = [_row(header), "|" + "---|" * len(header)]
    return "\n".join([*lines, *map(_row, rows)]) + "\n"


def paragraph(text: str) -> str:
    """Running text, broken into lines that a diff can show."""
    return textwrap.fill(text, 110, break_long_words=False, break_on_hyphens=False) + "\n"


def code(names: Iterable[str]) -> str:
    """Names as code, with commas between; a dash if there are none."""
    return ", ".join(f"`{name}`" for name in names) or "-"


def page(title: str, source: str, *blocks: str) -> str:
    """A whole generated page: title, where it comes from, blocks with an empty line between."""
    head = f"# {title}\n\nGenerated from {source} by `make docs`; do not edit.\n"
    return "\n".join([head, *blocks])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(map(_escaped, cells))} |"


def _escaped(cell: str) -> str:
    parts = cell.replace("|", "\\|").split("`")
    return "`".join(
        part if n % 2 else part.replace("<", "&lt;").replace(">", "&gt;") for n, part in enumerate(parts)
    )
