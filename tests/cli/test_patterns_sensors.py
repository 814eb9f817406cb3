"""`hub patterns sensors` on a folder of windows: what it prints, and what it refuses."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from click.testing import CliRunner, Result

from hub import topics
from hub.citypack.load import load_city
from hub.cli import main
from hub.contracts.sensing import WindowSummary


def hub(*words: str) -> Result:
    return CliRunner().invoke(main, ["patterns", "sensors", "--city", "beijing", *words])


def air(folder: Path) -> Path:
    """A week of the air stations, one window a day; the carbon monoxide of one drifts by 100 a day."""
    rng = np.random.default_rng(5)
    lines = []
    stations = [gateway for gateway in load_city("beijing").gateways if gateway.startswith("air-")]
    for day in range(7):
        for station in stations:
            mean = 500 + rng.normal(0, 5, 11)
            mean[4] += 100 * day * (station == "air-tiantan")
            told = mean.astype("<f8").tobytes()
            start = datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=day)
            window = WindowSummary(
                gateway=station, start=start, seconds=3600, packs=1, count=b"", mean=told, low=told, high=told
            )
            lines.append(json.dumps({"id": "x", "type": "x", **window.model_dump(mode="json")}))
    (folder / f"{topics.SUMMARIES}.jsonl").write_text("\n".join(lines) + "\n")
    return folder


def test_a_drift_is_told_in_the_sensors_unit(tmp_path: Path) -> None:
    result = hub("--in", str(air(tmp_path)), "--format", "json")
    assert result.exit_code == 0, result.output
    (row,) = json.loads(result.stdout)
    assert (row["sensor"], row["kind"], row["unit"]) == ("air-tiantan.04", "co", "ug/m3")
    assert row["low"] < row["moved"] < row["high"]
    assert 550 < row["moved"] < 650
    assert "1 of 2,087 sensors drift" in result.stderr


def test_a_folder_without_windows_is_refused(tmp_path: Path) -> None:
    (tmp_path / f"{topics.SUMMARIES}.jsonl").write_text("")
    result = hub("--in", str(tmp_path))
    assert result.exit_code != 0
    assert "no windows" in result.output
