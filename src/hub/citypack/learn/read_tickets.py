"""Reads a file of labelled tickets (CSV, gzip or not) as a learning profile says."""

import csv
import gzip
import math
import zlib
from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from hub.citypack.learn.profile import LearnProfile
from hub.citypack.learn.tickets import NEVER_CLOSED, NO_DUE, Path, Tickets
from hub.citypack.places import SAME_POINT_DEG
from hub.errors import HubError

_GZIP = b"\x1f\x8b"


class _Row(NamedTuple):
    """One ticket, in the order in which `Tickets` has its columns."""

    id: str
    path: Path
    title: str
    lon: float
    lat: float
    real: bool
    address: str
    opened: int
    closed: int
    due: int
    month: str
    unit: str
    duplicate: bool
    town: str
    quarter: str
    district: str


def read_tickets(content: bytes, profile: LearnProfile) -> Tickets:
    """The tickets of a file's bytes; HubError names the line and column that cannot be read."""
    rows = sorted(_rows(_unpacked(content), profile), key=lambda row: (row.opened, row.id))
    if not rows:
        raise HubError("The file holds no ticket.", fix="give a CSV file with a header line and tickets")
    (ids, paths, titles, lon, lat, real, addresses, opened, closed, due, months, units, duplicate, towns,
     quarters, districts) = zip(*rows, strict=True)  # fmt: skip
    return Tickets(
        ids=ids,
        paths=paths,
        titles=titles,
        lon=np.array(lon, dtype=np.float64),
        lat=np.array(lat, dtype=np.float64),
        real=np.array(real, dtype=np.bool_),
        addresses=addresses,
        opened=np.array(opened, dtype=np.int64),
        closed=np.array(closed, dtype=np.int64),
        due=np.array(due, dtype=np.int64),
        months=months,
        units=units,
        duplicate=np.array(duplicate, dtype=np.bool_),
        towns=towns,
        quarters=quarters,
        districts=districts,
    )


def _unpacked(content: bytes) -> str:
    try:
        plain = gzip.decompress(content) if content.startswith(_GZIP) else content
        return plain.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error) as error:
        raise HubError("The file is damaged: not whole gzip.", fix="fetch the file again") from error
    except UnicodeDecodeError as error:
        raise HubError(f"Byte {error.start} of the file is not UTF-8.", fix="save it as UTF-8") from error


def _rows(text: str, profile: LearnProfile) -> Iterator[_Row]:
    reader = csv.reader(StringIO(text, newline=""))
    header = next(reader, [])
    missing = [name for name in profile.columns.names() if name not in header]
    if missing:
        raise HubError(
            f"The file has no column {', '.join(missing)}.",
            fix="check that the profile fits the file; the first line must hold the column names",
        )
    parse = _Parser(profile, {name: header.index(name) for name in profile.columns.names()})
    for cells in reader:
        if len(cells) < len(header):
            raise HubError(f"Line {reader.line_num} is cut short.", fix="fetch the file again")
        yield parse.row(cells, reader.line_num)


class _Parser:
    """Turns the cells of a line into a ticket."""

    def __init__(self, profile: LearnProfile, at: dict[str, int]) -> None:
        self._columns = profile.columns
        self._facts = profile.facts
        self._zone = ZoneInfo(profile.facts.timezone)
        self._at = at

    def row(self, cells: list[str], line: int) -> _Row:
        """The ticket of a line; HubError where a time or a point cannot be read."""
        columns = self._columns

        def text(name: str) -> str:
            return cells[self._at[name]].strip()

        def moment(name: str | None, otherwise: int) -> int:
            told = text(name) if name else ""
            return int(self._time(told, name or "", line).timestamp()) if told else otherwise

        opened = self._time(text(columns.opened), columns.opened, line)
        lon = _degrees(text(columns.lon), columns.lon, line)
        lat = _degrees(text(columns.lat), columns.lat, line)
        levels = [text(name) for name in columns.category]
        unit = text(columns.unit)
        return _Row(
            id=text(columns.id),
            path=tuple(level for level in levels if level),
            title=text(columns.title),
            lon=lon,
            lat=lat,
            real=not (math.isnan(lon) or math.isnan(lat) or self._is_default(lon, lat)),
            address=" ".join(text(columns.address).split()).casefold(),
            opened=int(opened.timestamp()),
            closed=moment(columns.closed, NEVER_CLOSED),
            due=moment(columns.due, NO_DUE),
            month=f"{opened:%Y-%m}",
            unit="" if unit in self._facts.no_units else unit,
            duplicate=bool(columns.duplicate.of(text(columns.duplicate.column))),
            town=columns.town.of(text(columns.town.column)),
            quarter=columns.quarter.of(text(columns.quarter.column)),
            district=columns.district.of(text(columns.district.column)),
        )

    def _time(self, text: str, column: str, line: int) -> datetime:
        try:
            return datetime.strptime(text, self._columns.time_format).replace(tzinfo=self._zone)
        except ValueError as error:
            raise HubError(
                f"Line {line}, {column}: not a time like {self._columns.time_format}.",
                fix="correct the line, or time_format in the profile",
            ) from error

    def _is_default(self, lon: float, lat: float) -> bool:
        return any(
            abs(lon - known.lon) < SAME_POINT_DEG and abs(lat - known.lat) < SAME_POINT_DEG
            for known in self._facts.default_points
        )


def _degrees(text: str, column: str, line: int) -> float:
    if not text:
        return math.nan
    try:
        return float(text)
    except ValueError as error:
        raise HubError(f"Line {line}, {column}: not a number.", fix="write degrees such as 42.36") from error
