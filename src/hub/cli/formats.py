"""How commands print figures: as a table to read, or as CSV or JSON for other programs."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any

import click
from rich.table import Table

from hub.cli.terminal import console, harmless

Cell = str | int | float | bool | None
"""One figure; None is what is not known, and prints as nothing."""


class Format(StrEnum):
    """How figures are printed."""

    TABLE = "table"
    CSV = "csv"
    JSON = "json"


def format_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """The option ``--format``, passed as ``how``."""
    return click.option(
        "--format",
        "how",
        type=click.Choice([each.value for each in Format]),
        default=Format.TABLE.value,
        show_default=True,
        callback=lambda ctx, option, value: Format(value),
        help="A table, CSV, or JSON.",
    )(command)


def print_figures(title: str, rows: Sequence[Mapping[str, Cell]], how: Format) -> None:
    """Print rows that all have the same columns, in the order of the first one's."""
    match how:
        case Format.JSON:
            click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2))
        case Format.CSV:
            _print_csv(rows)
        case Format.TABLE:
            _print_table(title, rows)


def _print_csv(rows: Sequence[Mapping[str, Cell]]) -> None:
    if rows:
        writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _print_table(title: str, rows: Sequence[Mapping[str, Cell]]) -> None:
    table = Table(title=title, title_justify="left")
    for name in rows[0] if rows else ():
        numbers = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(cell) for cell in row.values()))
    console().print(table)


def _shown(cell: Cell) -> str:
    match cell:
        case None:
            return ""
        case bool():
            return "yes" if cell else "no"
        case int():
            return f"{cell:,}"
        case float():
            return f"{cell:,.3g}" if abs(cell) < 100 else f"{cell:,.0f}"
        case _:
            return harmless(cell)


def print_tree(tree: Mapping[str, object] | Sequence[Mapping[str, object]]) -> None:
    """Print figures that have figures below them, as JSON."""
    click.echo(json.dumps(tree, ensure_ascii=False, indent=2))
