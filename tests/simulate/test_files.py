"""`hub simulate`: its files are what was simulated, the profiles read them back, the truth fits them."""

import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from tests.scenarios.brook import PACK
from tests.simulate.conftest import START

from hub import topics
from hub.citypack.city import City
from hub.cli import main
from hub.contracts.feeds import ReadingPack
from hub.edges.profiles import load_profile, read_rows
from hub.edges.readings import sensor_slots
from hub.simulate.city_life import simulate
from hub.simulate.files import FEEDS, FeedFiles, file_name
from hub.simulate.publication import Publication

ARGUMENTS = ("simulate", "--city", str(PACK), "--scale", "8", "--days", "0.6", "--start", "2026-03-02")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sim") / "day"
    result = CliRunner().invoke(main, [*ARGUMENTS, "--out", str(out)])
    assert result.exit_code == 0, result.output
    return out


def test_profiles_read_back_exactly_what_was_written(brook: City, tmp_path: Path) -> None:
    sent: dict[str, list[Publication]] = {}
    with FeedFiles(tmp_path, brook) as files:
        for one in simulate(brook, 7, START, 1, 8):
            files.write(one)
            sent.setdefault(one.topic, []).append(one)
    assert topics.READINGS in sent
    for topic, published in sent.items():
        profile = load_profile(FEEDS[topic], sensor_slots(brook))
        rows = [profile.records(row) for _, row in read_rows(tmp_path / file_name(topic))]
        assert [len(row) for row in rows] == [1] * len(published)
        for one, (made,) in zip(published, rows, strict=True):
            if isinstance(one.value, ReadingPack) and isinstance(made.value, ReadingPack):
                assert _readings(made.value) == _readings(one.value)
            else:
                assert (made.value, made.topic, made.key, made.arrival) == (
                    one.value, one.topic, one.key, one.arrived
                )  # fmt: skip


def test_the_same_command_writes_the_same_bytes(written: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    assert CliRunner().invoke(main, [*ARGUMENTS, "--out", str(again)]).exit_code == 0
    names = sorted(file.name for file in written.iterdir())
    assert names == sorted(file.name for file in again.iterdir())
    assert {"unit.actions.jsonl", "bad.jsonl", "truth.json"} < set(names)
    for name in names:
        assert (again / name).read_bytes() == (written / name).read_bytes()


def test_the_truth_names_the_signals_of_the_files(written: Path) -> None:
    truth = json.loads((written / "truth.json").read_text("utf-8"))
    ids = {
        json.loads(line)["id"]
        for topic in (topics.HOTLINE, topics.GRID)
        for line in (written / file_name(topic)).read_text("utf-8").splitlines()
    }
    told = {signal["id"] for incident in truth["incidents"] for signal in incident["signals"]}
    assert ids == {name for name in told if "#" not in name}
    assert truth["run"]["seed"] == 7
    assert {"repeated", "late", "too_late", "solved_on_spot", "silences", "published"} < truth.keys()


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    result = CliRunner().invoke(main, [*ARGUMENTS, "--out", str(tmp_path)])
    assert result.exit_code != 0
    assert "is not empty" in result.output
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]


def test_help_shows_examples() -> None:
    result = CliRunner().invoke(main, ["simulate", "--help"])
    assert result.exit_code == 0
    assert "hub simulate --out day1" in result.output


def _readings(pack: ReadingPack) -> tuple[object, ...]:
    values = np.frombuffer(pack.values, "<f8")
    known = ~np.isnan(values)
    times = np.frombuffer(pack.offsets_ms or bytes(4 * len(values)), "<i4")[known].astype(np.int64)
    base = round(pack.base_time.timestamp() * 1000)
    slots = np.frombuffer(pack.slots, "<u2")[known]
    return pack.gateway, slots.tolist(), values[known].tolist(), (times + base).tolist()
