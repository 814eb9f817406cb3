"""Reads the rows of a file somebody else wrote (CSV, JSON lines, gzip); a bad line never stops the others."""

from __future__ import annotations

import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import IO

from hub.errors import HubError

Row = Mapping[str, object]
"""One row by column: texts from CSV, any JSON value from JSON lines."""

RECORDS = "records"
"""The column that holds a JSON line which is an array, as a SenML pack is."""

LONGEST_FIELD = 16 * 1024 * 1024
"""A CSV field above so many characters is refused instead of filling the memory."""

_GZIP = b"\x1f\x8b"
_CSV = (".csv",)
_JSON_LINES = (".jsonl", ".ndjson", ".senml", ".json")


class RowRefused(Exception):
    """A row that gives no record: which field, and what to mend. Holds no value of the row."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


def read_rows(path: Path) -> Iterator[tuple[int, Row | RowRefused]]:
    """The rows of a file with their line numbers, from 1; a line that can't be read comes as its refusal.

    The name says the format: .csv (the first line names the columns), .jsonl or .ndjson, each also as .gz.
    Raises HubError for a file that can't be opened or has another name.
    """
    row_format(path)
    try:
        raw = path.open("rb")
    except OSError as error:
        raise HubError(f"{path}: {error.strerror}", fix="give the path of a file you may read") from None
    with raw:
        yield from rows_of(raw, path)


def rows_of(raw: IO[bytes], path: Path) -> Iterator[tuple[int, Row | RowRefused]]:
    """As read_rows, from a file that is open already; ``path`` tells its format."""
    kind = row_format(path)
    start = raw.read(2)
    raw.seek(0)
    try:
        if start == _GZIP:
            with gzip.open(raw) as plain:
                yield from _rows(plain, kind)
        else:
            yield from _rows(raw, kind)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise HubError(
            f"{path}: the gzip file is damaged or cut short: {error}", fix="copy it again"
        ) from None


def _rows(lines: Iterable[bytes], kind: str) -> Iterator[tuple[int, Row | RowRefused]]:
    return _csv_rows(lines) if kind in _CSV else _json_rows(lines)


def cell(row: Row, column: str) -> object:
    """What a row holds in a column, None where that is empty; refuses a row without the column."""
    try:
        found = row[column]
    except KeyError:
        raise RowRefused(column, "the row has no such column") from None
    if isinstance(found, str):
        return found.strip() or None
    return found


def row_format(path: Path) -> str:
    """The suffix that tells a file's format; raises HubError where it tells none."""
    suffix = Path(path.stem).suffix if path.suffix == ".gz" else path.suffix
    if suffix.lower() not in (*_CSV, *_JSON_LINES):
        raise HubError(
            f"{path}: the name does not tell the format", fix="name it .csv or .jsonl, with .gz if compressed"
        )
    return suffix.lower()


def _json_rows(lines: Iterable[bytes]) -> Iterator[tuple[int, Row | RowRefused]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield number, _json_row(line)


def _json_row(line: bytes) -> Row | RowRefused:
    try:
        found = json.loads(line)
    except ValueError as error:
        what = error.msg if isinstance(error, json.JSONDecodeError) else "not UTF-8"
        return RowRefused("line", f"is not JSON: {what}")
    except RecursionError:
        return RowRefused("line", "is nested too deeply")
    if isinstance(found, list):
        return {RECORDS: found}
    if isinstance(found, dict):
        return found
    return RowRefused("line", "must be a JSON object or array")


class _Lines:
    """The text lines of a CSV file, which remembers whether one since the last row was not UTF-8."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.broken = False

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            try:
                yield line.decode()
            except UnicodeDecodeError:
                self.broken = True
                yield line.decode(errors="replace")


def _csv_rows(raw: Iterable[bytes]) -> Iterator[tuple[int, Row | RowRefused]]:
    csv.field_size_limit(LONGEST_FIELD)
    lines = _Lines(raw)
    reader = csv.reader(iter(lines))
    header = next(reader, None)
    if header is None:
        return
    columns = [name.removeprefix("\ufeff").strip() for name in header]
    while True:
        first_line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield first_line, RowRefused("line", f"is not CSV: {error}")
            continue
        if lines.broken:
            lines.broken = False
            yield first_line, RowRefused("line", "is not UTF-8")
        elif len(cells) == len(columns):
            yield first_line, dict(zip(columns, cells, strict=True))
        elif cells:
            yield (
                first_line,
                RowRefused("line", f"has {len(cells)} fields, the first line names {len(columns)}"),
            )
