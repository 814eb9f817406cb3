"""`recover`: the rows of very many open cases come back, from a snapshot and from the changelog alone."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from confluent_kafka import Producer
from rich.table import Table

from benchmarks.ground import PARTITIONS, Field, field
from benchmarks.measure import Job, Sample, run_process
from benchmarks.open_cases import LoggedRow, cases_step, open_cases
from benchmarks.results import Check, Result, summarise
from hub import topics
from hub.errors import HubError

NAME = "recover"
CASES = 1_000_000
QUICK_CASES = 100_000

TAIL_SHARE = 20
"""One in so many cases is written again behind the snapshot; every second of those is removed."""

FLUSH_S = 120.0


@dataclass(frozen=True, slots=True)
class Recovery:
    """What a fresh process says once it has its rows back; all partitions together, sizes in bytes."""

    seconds: float
    cpu_s: float
    peak_mb: float
    rows: int
    digest: int
    unfound: int
    """Cases of a sample that an index did not find."""
    grown: int
    """How much the process grew, once each row and each group of the indexes was looked at."""
    files: int
    """The snapshots."""


def measure(
    brokers: str, cases: int, runs: int, tell: Callable[[str], None]
) -> tuple[list[Result], list[Table]]:
    """Time to have all rows back, ``runs`` times each way. Raises HubError where rows differ."""
    with field(brokers, cases_step()) as place, TemporaryDirectory(prefix="hub-bench-state-") as folder:
        job = Job(brokers, place.prefix, cases, PARTITIONS)
        tell(f"recover: writing {cases:,} open cases")
        rows = write_rows(place, open_cases(range(cases), PARTITIONS))
        tell("recover: the first start, from the changelog; it writes the snapshots")
        first = recovered(job, folder)
        results = [_result(f"{NAME}.changelog", [first], cases, rows)]
        write_rows(place, open_cases(range(0, cases, TAIL_SHARE), PARTITIONS))
        removed = open_cases(range(0, cases, 2 * TAIL_SHARE), PARTITIONS)
        rows -= write_rows(place, removed, remove=True)
        taken = []
        for number in range(1, runs + 1):
            tell(f"recover: from the snapshots, run {number} of {runs}")
            taken.append(recovered(job, folder))
    results.insert(0, _result(NAME, taken, cases, rows))
    return results, [_sizes(cases, {NAME: taken[-1], f"{NAME}.changelog": first})]


class Written(NamedTuple):
    """What rows a changelog comes to: how many, and a digest that any order of them gives."""

    rows: int = 0
    digest: int = 0

    def __sub__(self, removed: Written) -> Written:
        return Written(self.rows - removed.rows, (self.digest - removed.digest) % 2**64)


def write_rows(place: Field, rows: Iterable[LoggedRow], *, remove: bool = False) -> Written:
    """Put rows on the changelog as a step does, or remove them. Raises HubError where some are not taken."""
    topic = place.prefix + topics.changelog("cases").name
    producer = Producer(
        {"bootstrap.servers": place.brokers, "linger.ms": 20, "queue.buffering.max.messages": 1_000_000}
    )
    count = digest = 0
    for row in rows:
        while True:
            try:
                producer.produce(topic, None if remove else row.value, row.key, row.partition)
                break
            except BufferError:
                producer.poll(0.1)
        count += 1
        digest += row_digest(row.key, row.value)
    if producer.flush(FLUSH_S):
        raise HubError("The broker did not take the rows", fix="check that it runs and has room")
    return Written(count, digest % 2**64)


def row_digest(key: bytes, value: bytes) -> int:
    """A number of 64 bits that stands for a row; sums of them stand for sets of rows."""
    return int.from_bytes(blake2b(key + value, digest_size=8).digest())


def recovered(job: Job, folder: str) -> Recovery:
    """What a fresh process has back; it leaves snapshots in the folder where there are none."""
    return Recovery(**json.loads(run_with_data(folder, "hub_recover", job)))


def run_with_data(folder: str, engine: str, job: Job) -> str:
    """Run an engine whose worker keeps its files in a folder; what it reports."""
    before = os.environ.get("HUB_DATA")
    os.environ["HUB_DATA"] = folder
    try:
        return run_process(engine, job)
    finally:
        if before is None:
            del os.environ["HUB_DATA"]
        else:
            os.environ["HUB_DATA"] = before


def _result(name: str, taken: Sequence[Recovery], cases: int, written: Written) -> Result:
    for one in taken:
        if one.rows == written.rows and one.digest != written.digest:
            raise HubError(f"{name}: rows are not as they were written", fix="mend the state keeper")
    checks = (
        Check(max(written.rows - one.rows, 0) + one.unfound, max(one.rows - written.rows, 0)) for one in taken
    )
    samples = (Sample(cases, one.seconds, one.cpu_s, one.peak_mb) for one in taken)
    more = {
        "seconds": median(one.seconds for one in taken),
        "bytes_per_case": median(one.grown for one in taken) / cases,
    }
    return replace(summarise(name, zip(samples, checks, strict=True), "cases"), more=more)


def _sizes(cases: int, taken: Mapping[str, Recovery]) -> Table:
    title = f"{cases:,} open cases"
    table = Table("", "rows", "seconds", "CPU s", "bytes per case", "snapshot, bytes per case", title=title)
    for name, one in taken.items():
        table.add_row(
            name,
            f"{one.rows:,}",
            f"{one.seconds:.1f}",
            f"{one.cpu_s:.1f}",
            f"{one.grown / cases:,.0f}",
            f"{one.files / cases:,.0f}" if one.files else "",
        )
    return table
