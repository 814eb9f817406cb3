"""The real year of Beijing's air through the hub, counted again from the published file: gaps and faults."""

from __future__ import annotations

import csv
import gzip
import json
import math
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from struct import unpack
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pytest
import yaml
from click.testing import CliRunner
from tests.replay.air_faults import HOUR, episodes, missing_spells, stuck_spells

from hub.citypack.load import load_city
from hub.cli.replay import replay

Find = Callable[[str], Path]

FILE = "sensors/beijing-air-2016-03-to-2017-02.csv.gz"
LOCAL = ZoneInfo("Asia/Shanghai")
BEGIN, WINTER, END = (
    datetime(2016, 3, 1, tzinfo=LOCAL),
    datetime(2016, 12, 1, tzinfo=LOCAL),
    datetime(2017, 3, 1, tzinfo=LOCAL),
)
SILENT_AFTER = timedelta(hours=3)
MS = timedelta(milliseconds=1)
COLUMNS = ("PM2.5", "PM10", "SO2", "NO2", "CO", "O3", "TEMP", "PRES", "DEWP", "RAIN", "WSPM")
KINDS = (
    "pm25",
    "pm10",
    "so2",
    "no2",
    "co",
    "o3",
    "air-temperature",
    "air-pressure",
    "dew-point",
    "rain",
    "wind-speed",
)

Told = tuple[str, str, datetime, datetime | None]
"""Of an alarm: sensor, kind, when it was raised, when it was cleared."""


@dataclass(frozen=True)
class Hour:
    """One row of the published file, read without any of the hub's code; None is a gap."""

    station: str
    at: datetime
    values: tuple[float | None, ...]


@dataclass(frozen=True)
class Span:
    """A part of the file, and what a replay of it wrote."""

    hours: tuple[Hour, ...]
    until: datetime
    out: Path

    def lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The objects of one file of the replay."""
        with (self.out / name).open(encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def test_the_stations_have_the_columns_of_the_file_in_its_order() -> None:
    stations = [g for g in load_city("beijing").gateways.values() if g.id.startswith("air-")]
    assert len(stations) == 12
    assert {tuple(sensor.kind for sensor in station.sensors) for station in stations} == {KINDS}
    kinds = load_city("beijing").kinds
    assert {kinds[kind].silent_s for kind in KINDS} == {SILENT_AFTER.total_seconds()}


@pytest.mark.timeout(600)
def test_a_quarter_of_air(shared_data: Find, tmp_path: Path) -> None:
    span = _replay(shared_data(FILE), tmp_path, WINTER, END)
    assert len(span.hours) == 90 * 24 * 12
    _check(span)


@pytest.mark.soak
def test_the_whole_year_of_air(shared_data: Find, tmp_path: Path) -> None:
    span = _replay(shared_data(FILE), tmp_path, BEGIN, END)
    assert len(span.hours) == 105_120
    _check(span)


def _replay(file: Path, out: Path, since: datetime, until: datetime) -> Span:
    """Run the rows between two times through the hub, and move the clocks to the second."""
    hours, part = [], out / "part.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines, gzip.open(part, "wt", encoding="utf-8") as kept:
        rows = csv.DictReader(lines)
        writer = csv.DictWriter(kept, rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            hour = _hour(row)
            if since <= hour.at < until:
                hours.append(hour)
                writer.writerow(row)
    result = CliRunner().invoke(
        replay,
        ["--city", "beijing", "--out", str(out), "--until", until.isoformat(), f"{part}:beijingair"],
        catch_exceptions=False,
    )
    assert result.exit_code == 0, result.output
    return Span(tuple(hours), until.astimezone(UTC), out)


def _hour(row: Mapping[str, str]) -> Hour:
    at = datetime(int(row["year"]), int(row["month"]), int(row["day"]), int(row["hour"]), tzinfo=LOCAL)
    values = tuple(None if row[column] == "NA" else float(row[column]) for column in COLUMNS)
    return Hour(f"air-{row['station'].lower()}", at.astimezone(UTC), values)


def _check(span: Span) -> None:
    summary = json.loads((span.out / "summary.json").read_text(encoding="utf-8"))
    ledger = summary["ledger"]["beijingair"]
    assert ledger["received"] == ledger["accepted"] == len(span.hours)
    silent, beyond, faulty = _silences(span), _beyond_limits(span), _faults(span)
    assert len(silent) > 50
    assert len(beyond) > 50
    assert {kind for _, kind, _, _ in faulty} == {"stuck", "missing"}
    alarms = _alarms(span)
    assert alarms == silent | beyond | faulty
    _check_episodes(span, alarms)
    _check_windows(span)


def _in_order(span: Span) -> list[Hour]:
    return sorted(span.hours, key=lambda hour: (hour.at, hour.station))


def _silences(span: Span) -> set[Told]:
    """By the file: each gap longer than the limit, from a millisecond after the limit to the next value."""
    spoke: dict[str, datetime] = {}
    found: set[Told] = set()
    for hour in _in_order(span):
        for slot, value in enumerate(hour.values):
            sensor = f"{hour.station}.{slot:02d}"
            last = spoke.setdefault(sensor, hour.at)
            if value is not None:
                spoke[sensor] = hour.at
                if hour.at - last > SILENT_AFTER:
                    found.add((sensor, "silent", last + SILENT_AFTER + MS, hour.at))
    lasting = {s: last for s, last in spoke.items() if span.until - last > SILENT_AFTER}
    return found | {(sensor, "silent", last + SILENT_AFTER + MS, None) for sensor, last in lasting.items()}


def _beyond_limits(span: Span) -> set[Told]:
    """By the file: from the first value beyond a limit to the first that is back behind the clearing one."""
    limits = _limits()
    since: dict[tuple[str, str], datetime] = {}
    found: set[Told] = set()
    for hour in _in_order(span):
        for slot, value in enumerate(hour.values):
            kind = limits[KINDS[slot]]
            for name, sign in (("high", 1), ("low", -1)):
                alarm = f"{hour.station}.{slot:02d}", name
                if value is None or name not in kind:
                    continue
                if alarm not in since and sign * value > sign * kind[name]:
                    since[alarm] = hour.at
                elif alarm in since and sign * value <= sign * kind[f"{name}_clear"]:
                    found.add((*alarm, since.pop(alarm), hour.at))
    return found | {(*alarm, at, None) for alarm, at in since.items()}


def _limits() -> Mapping[str, Mapping[str, Any]]:
    text = (files("hub") / "cities" / "beijing" / "sensor_kinds.yaml").read_text(encoding="utf-8")
    return {row["kind"]: row for row in yaml.safe_load(text)}


def _columns(span: Span) -> Mapping[str, npt.NDArray[np.float64]]:
    """By station: the values of each sensor, hour by hour."""
    rows: dict[str, list[tuple[float, ...]]] = {}
    for hour in _in_order(span):
        values = tuple(math.nan if value is None else value for value in hour.values)
        rows.setdefault(hour.station, []).append(values)
    return {station: np.array(read).T for station, read in rows.items()}


def _faults(span: Span) -> set[Told]:
    """By the file: sensors that stay at one value, and such as often have none."""
    limits, start = _limits(), min(hour.at for hour in span.hours)
    found: set[Told] = set()
    for station, columns in _columns(span).items():
        reports = np.count_nonzero(np.isfinite(columns), axis=0)
        for slot, values in enumerate(columns):
            sensor, kind = f"{station}.{slot:02d}", limits[KINDS[slot]]
            found |= {(sensor, "stuck", *spell) for spell in stuck_spells(values, start, kind)}
            found |= {(sensor, "missing", *spell) for spell in missing_spells(values, reports, start, kind)}
    return found


def _check_episodes(span: Span, alarms: set[Told]) -> None:
    """In each hour of heavy pollution half of the stations have a high alarm for fine particles."""
    start = min(hour.at for hour in span.hours)
    pm25 = np.array([columns[0] for columns in _columns(span).values()])
    heavy = episodes(pm25, start, _limits()["pm25"]["high"], hours=6)
    assert len(heavy) >= 5
    high = [(began, ended) for sensor, kind, began, ended in alarms if (sensor[-2:], kind) == ("00", "high")]
    for began, ended in heavy:
        for hour in range((ended - began) // HOUR):
            at = began + hour * HOUR
            active = [1 for since, until in high if since <= at and (until is None or at < until)]
            assert len(active) >= len(pm25) / 2, at


def _alarms(span: Span) -> set[Told]:
    """By the hub: each alarm, raised and cleared once; silence is told of only then."""
    raised: dict[str, Told] = {}
    cleared: dict[str, datetime] = {}
    for alarm in span.lines("iot.alarms.jsonl"):
        known, at = alarm["alarm_id"], datetime.fromisoformat(alarm["changed"])
        began = datetime.fromisoformat(alarm["raised"])
        assert raised.setdefault(known, (alarm["sensor"], alarm["kind"], began, None))[2] == began
        if alarm["state"] == "active_unacked":
            assert alarm["kind"] in {"high", "low"} or at == began
        else:
            assert alarm["state"] == "cleared_unacked"
            assert known not in cleared
            cleared[known] = at
    return {(sensor, kind, began, cleared.get(known)) for known, (sensor, kind, began, _) in raised.items()}


def _check_windows(span: Span) -> None:
    """Each hour of each station is one window: every value is in it, and a gap is no value, never a zero."""
    read = {(hour.station, hour.at): hour.values for hour in span.hours}
    total = 0
    for line in span.lines("iot.summaries.jsonl"):
        values = read.pop((line["gateway"], datetime.fromisoformat(line["start"])))
        counts = unpack(f"<{len(COLUMNS)}I", urlsafe_b64decode(line["count"]))
        assert counts == tuple(int(value is not None) for value in values)
        for statistic in ("mean", "low", "high"):
            told = unpack(f"<{len(COLUMNS)}d", urlsafe_b64decode(line[statistic]))
            assert [None if math.isnan(value) else value for value in told] == list(values)
        total += sum(counts)
    assert read == {}
    assert total == sum(value is not None for hour in span.hours for value in hour.values)
