"""A full disk at the worker's folder: a worker at work goes on, one that starts says why it does not."""

from __future__ import annotations

import errno
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from tests.broker.faults.conftest import Say
from tests.broker.faults.driver import Driver
from tests.broker.faults.tape import make_tape
from tests.broker.faults.workers import FaultCity

SIZE = "256m"
"""More than a worker asks for when it starts."""
BALLAST = "ballast"
CHUNK = 4_096
PATIENCE_S = 60.0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a small file system."""
    folder = tmp_path / "disk"
    folder.mkdir()
    line = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "hub-test", str(folder)]
    try:
        made = subprocess.run(line, capture_output=True, text=True, check=False)
    except OSError as trouble:
        pytest.skip(f"no mount here: {trouble.strerror}")
    if made.returncode:
        pytest.skip(f"no right to mount a small file system: {made.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.timeout(300)
def test_a_disk_that_fills_up_loses_nothing(city: FaultCity, small_disk: Path, seed: int, say: Say) -> None:
    _fill_up(city, small_disk, seed, say, records=900, rounds=1)


@pytest.mark.soak
def test_a_disk_that_fills_up_and_empties_often(
    city: FaultCity, small_disk: Path, seed: int, say: Say
) -> None:
    _fill_up(city, small_disk, seed, say, records=9_000, rounds=10)


def _fill_up(city: FaultCity, disk: Path, seed: int, say: Say, *, records: int, rounds: int) -> None:
    """Work, fill the disk, work on, kill, be refused on the full disk, make room, work on."""
    tape = make_tape(seed, records, partitions=city.partitions)
    cramped = replace(city, env={"HUB_DATA": str(disk / "data")})
    with Driver(cramped, seed, tape, rate=300) as driver:
        driver.start("0")
        driver.until_working("0")
        driver.publish()
        for number in range(rounds):
            share = records * number // rounds
            driver.until(lambda share=share: driver.published > share, "the tape goes on")  # type: ignore[misc]
            driver.note(f"disk full with {_fill(disk)} bytes of ballast")
            driver.wait(driver.chance.uniform(0.5, 2))
            driver.kill("0")
            _must_refuse(cramped)
            driver.note("disk has room again")
            (disk / BALLAST).unlink()
            driver.start("0")
            driver.until_working("0")
        _fill(disk)  # it ends on a full disk, too
        verdict = driver.finish()
    say(str(verdict.figures()))
    verdict.must_be_exact()


def _must_refuse(city: FaultCity) -> None:
    """A worker does not start without room for its state: it says so, and ends at once."""
    worker = city.start("0")
    try:
        deadline = time.monotonic() + PATIENCE_S
        while worker.runs:
            assert time.monotonic() < deadline, f"neither works nor ends; it says:\n{worker.said}"
            time.sleep(0.1)
        assert worker.unasked_end, "not a success"
        assert "data folder" in worker.said, worker.said
        assert "Fix:" in worker.said
    finally:
        worker.kill()


def _fill(disk: Path) -> int:
    """Write until there is no room; how much that was."""
    with (disk / BALLAST).open("ab", buffering=0) as ballast, suppress(OSError):
        while True:
            ballast.write(b"\0" * CHUNK)
    left = os.statvfs(disk).f_bavail
    assert left == 0, f"{os.strerror(errno.ENOSPC)} was not reached"
    return (disk / BALLAST).stat().st_size
