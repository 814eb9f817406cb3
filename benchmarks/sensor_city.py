"""Beijing with gateways of our own, 500 of 200 sensors each, as a folder; packs of their readings."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib.resources import as_file
from pathlib import Path

import numpy as np

from benchmarks.appeals import record_of
from hub import topics
from hub.citypack.load import find_pack, load_city
from hub.citypack.model import SensorKind
from hub.contracts.feeds import ReadingPack
from hub.runtime.outputs import Output

GATEWAYS = 500
READINGS = 200
SOURCE = "gateways"


def write_pack(folder: Path) -> None:
    """The pack of Beijing with these gateways in place of its own."""
    with as_file(find_pack("beijing")) as packed:
        shutil.copytree(packed, folder)
    kind, where = _kind(), next(iter(load_city("beijing").gateways.values())).sensors[0]
    with (folder / "sensors.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("id", "gateway", "slot", "kind", "lon", "lat"))
        for number in range(GATEWAYS):
            name = _name(number)
            for slot in range(READINGS):
                rows.writerow((f"{name}.{slot}", name, slot, kind.kind, where.lon, where.lat))


def packs(count: int, start: datetime, every: timedelta) -> Iterator[Output]:
    """So many packs, gateway by gateway, ``every`` so long, all within limits."""
    high = _kind().high
    assert high is not None, "the kind of sensor was chosen for its limit"
    slots = np.arange(READINGS, dtype="<u2").tobytes()
    noise = np.random.default_rng(1).uniform(0.4, 0.6, (64, READINGS)) * high
    for number in range(count):
        name, at = _name(number % GATEWAYS), start + number * every
        pack = ReadingPack(
            source=SOURCE,
            id=f"p{number:08d}",
            gateway=name,
            base_time=at,
            slots=slots,
            values=noise[number % 64].astype("<f8").tobytes(),
        )
        yield record_of(topics.READINGS, name, pack, SOURCE, pack.id, at)


def _name(number: int) -> str:
    return f"g{number:03d}"


def _kind() -> SensorKind:
    """One with an upper limit and no lower one."""
    kinds = load_city("beijing").kinds.values()
    return next(kind for kind in kinds if kind.high is not None and kind.low is None)
