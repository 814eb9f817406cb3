"""Readings say the same through either door: as columns of a table, or as SenML with the sensors' names."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner

from hub.cli.replay import replay

COLUMNS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "WSPM")
HEADER = ("year", "month", "day", "hour", *COLUMNS, "station")
START = datetime(2016, 3, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
HOURS = 24 * 5
STATIONS = ("Dongsi", "Huairou")

Rows = list[dict[str, str]]


def _rows() -> Rows:
    """Five days of two stations: smog comes and goes, a column stops for a while, then a whole station."""
    return [_row(hour, station) for hour in range(HOURS) for station in STATIONS]


def _row(hour: int, station: str) -> dict[str, str]:
    at = START + timedelta(hours=hour)
    smog = 40 + 150 * (hour % 48 > 30)
    values = [smog, 1.5 * smog, 5, 30, 900, 50, 3.5, 1020.2, -12.1, 0, 1.6]
    row = dict(zip(HEADER, (*map(str, (at.year, at.month, at.day, at.hour, *values)), station), strict=True))
    if station == "Dongsi" and 20 <= hour < 40:
        row["NO2"] = "NA"
    if station == "Huairou" and 60 <= hour < 90:
        row.update(dict.fromkeys(COLUMNS, "NA"))
    return row


def _as_table(rows: Rows, path: Path) -> Path:
    with gzip.open(path, "wt", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, HEADER)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _as_senml(rows: Rows, path: Path) -> Path:
    """One line for each hour with the readings of all stations in it: the door parts them by gateway."""
    by_hour: dict[float, list[dict[str, object]]] = {}
    for row in rows:
        clock = "{year}-{month}-{day} {hour} +0800".format(**row)
        at = datetime.strptime(clock, "%Y-%m-%d %H %z").timestamp()
        name = f"air-{row['station'].lower()}"
        by_hour.setdefault(at, []).extend(
            {"n": f"{name}.{slot:02d}", "v": float(row[column])}
            for slot, column in enumerate(COLUMNS)
            if row[column] != "NA"
        )
    with path.open("w", encoding="utf-8") as lines:
        for at, records in by_hour.items():
            lines.write(f"{json.dumps([{'bt': at, **records[0]}, *records[1:]])}\n")
    return path


def _alarms(file: Path, profile: str, out: Path) -> list[dict[str, object]]:
    until = (START + timedelta(hours=HOURS)).isoformat()
    result = CliRunner().invoke(
        replay,
        ["--city", "beijing", "--out", str(out), "--until", until, f"{file}:{profile}"],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    return list(_lines(out / "iot.alarms.jsonl"))


def _lines(path: Path) -> Iterator[dict[str, object]]:
    with path.open(encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _read(out: Path) -> list[dict[str, object]]:
    """The windows with a reading; a row of gaps alone is an empty pack, which SenML has no line for."""
    return [line for line in _lines(out / "iot.summaries.jsonl") if set(str(line["count"])) - {"A", "="}]


@pytest.mark.timeout(300)
def test_senml_gives_the_same_alarms_and_cases_as_columns(tmp_path: Path) -> None:
    rows = _rows()
    table = _alarms(_as_table(rows, tmp_path / "air.csv.gz"), "beijingair", tmp_path / "table")
    senml = _alarms(_as_senml(rows, tmp_path / "air.jsonl"), "senml", tmp_path / "senml")
    assert {alarm["kind"] for alarm in table} == {"high", "silent", "stuck"}
    assert senml == table
    assert _read(tmp_path / "senml") == _read(tmp_path / "table")
    cases = (tmp_path / "table" / "cases.jsonl").read_text(encoding="utf-8")
    assert cases
    assert (tmp_path / "senml" / "cases.jsonl").read_text(encoding="utf-8") == cases
