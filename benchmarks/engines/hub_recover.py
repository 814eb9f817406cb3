"""`recover`: a fresh process takes over all partitions of the cases step, and says what it has then."""

from __future__ import annotations

import gc
import json
from dataclasses import asdict, replace
from itertools import islice
from pathlib import Path

from benchmarks.measure import Job, Meter, job_given, report_text
from benchmarks.open_cases import cases_step
from benchmarks.recover import Recovery, row_digest
from hub import topics
from hub.contracts.cases import Case
from hub.domain.tables import CASES, CASES_BY_SIGNAL, signal_key
from hub.runtime.changelog import row_key
from hub.runtime.codec import decode_row
from hub.runtime.state import PartitionState
from hub.runtime.state_keeper import SnapshotConfig, StateKeeper
from hub.runtime.task import CLOCK
from hub.settings import load_settings

LOOKED_AT_EACH = 499
"""Every so many cases one is looked for by its signals."""


def recover(job: Job) -> None:
    """Take over the partitions, then look at every row."""
    folder = load_settings().data / "snapshots"
    config = SnapshotConfig(folder, records=job.records, rules="bench")
    step = cases_step()
    step = replace(step, tables=(*step.tables, CLOCK))
    gc.collect()
    before = _resident()
    meter = Meter()
    states = {partition: PartitionState(step) for partition in range(job.partitions)}
    keeper = StateKeeper(job.brokers, "0", config)
    rows = keeper.restore(step, job.prefix + topics.changelog(step.name).name, states)
    sample = meter.stop(job.records)
    digest = sum(_digest(state) for state in states.values()) % 2**64
    unfound = sum(_unfound(state) for state in states.values())
    gc.collect()
    files = sum(file.stat().st_size for file in folder.rglob("*.snapshot"))
    said = Recovery(
        sample.seconds, sample.cpu_s, sample.peak_mb, rows, digest, unfound, _resident() - before, files
    )
    report_text(job, json.dumps(asdict(said)))


def _digest(state: PartitionState) -> int:
    """The same for the same rows, in whatever order."""
    return sum(row_digest(row_key(*at), data) for at, data in state.encoded_rows())


def _unfound(state: PartitionState) -> int:
    cases = (data for (table, _), data in state.encoded_rows() if table == CASES.name)
    looked_at = islice(cases, 0, None, LOOKED_AT_EACH)
    return sum(not _found(state, decode_row(Case, data)) for data in looked_at)


def _found(state: PartitionState, case: Case) -> bool:
    groups = (signal_key(member.source, member.source_id) for member in case.members)
    return all(case.case_id in dict(state.scan(CASES_BY_SIGNAL, group)) for group in groups)


def _resident() -> int:
    """Memory of this process in bytes, mapped files with it."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    recover(job_given())
