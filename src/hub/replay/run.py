"""One replay from inputs to files: the front, a runner for the steps behind, the files, the run's facts."""

import json
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from hub import topics
from hub.citypack.city import City
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.replay.files import Collected, balanced
from hub.replay.front import Front, Sent
from hub.replay.in_memory import run_in_memory
from hub.replay.merge import Input, merge
from hub.replay.tape import Foot, Head, Tape, TapeWriter, foot_of
from hub.topology import build_steps

TAPE = "tape.jsonl.gz"


class Progress(Protocol):
    """Hears how far a replay is; ``total`` is None where it isn't known."""

    def __call__(self, stage: str, more: int, total: int | None = None) -> None:
        """So many more records of a stage are done."""


Runner = Callable[[Sequence[Step], Iterator[Sent], int, Collected, Callable[[int], None]], int]
"""Plays what the front sent through the steps behind it, collects the outputs; the records on the logs."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a replay ended."""

    summary: dict[str, object]
    balanced: bool
    records: int
    seconds: float
    peak_mb: int


def replay_files(
    city: City,
    pseudonyms: Pseudonyms,
    inputs: list[Input],
    out: Path,
    *,
    partitions: int,
    until: datetime | None = None,
    runner: Runner = run_in_memory,
    progress: Progress,
) -> Result:
    """Files through the whole hub in event time; writes a tape beside the outputs."""
    started = time.perf_counter()
    merged = merge(inputs, until, lambda rows: progress("read", rows))
    read_s = time.perf_counter() - started
    steps = build_steps(city, pseudonyms)
    front = Front(steps, partitions)
    out.mkdir(parents=True, exist_ok=True)
    collected = Collected()
    with TapeWriter(out / TAPE, Head(city=city.settings.code, partitions=partitions)) as tape:
        sent = _recorded(front.run(merged.records, until), tape)
        records = runner(
            behind_the_log(steps), sent, partitions, collected, lambda more: progress("run", more)
        )
        foot = foot_of(merged, front.ledger)
        tape.finish(foot)
    return _finish(out, collected, foot, records, started, read_s)


def replay_tape(
    city: City,
    pseudonyms: Pseudonyms,
    tape: Tape,
    out: Path,
    *,
    runner: Runner = run_in_memory,
    progress: Progress,
) -> Result:
    """A recorded tape through the steps behind the towns' log: the same files as when it was recorded."""
    started = time.perf_counter()
    collected = Collected()
    steps = behind_the_log(build_steps(city, pseudonyms))
    records = runner(steps, tape.play(), tape.head.partitions, collected, lambda more: progress("run", more))
    return _finish(out, collected, tape.foot, records, started, 0.0)


def _finish(
    out: Path, collected: Collected, foot: Foot, records: int, started: float, read_s: float
) -> Result:
    collected.add_bad_rows(foot.bad_rows)
    for source, tally, count in foot.ends:
        collected.ledger.ends[source, tally] += count
    bad = Counter(row.file for row in foot.bad_rows)
    run_s = time.perf_counter() - started
    summary = collected.write(out, foot.received, foot.rows, bad)
    seconds = time.perf_counter() - started
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    facts = {
        "records": records,
        "seconds": round(seconds, 3),
        "seconds_reading": round(read_s, 3),
        "records_per_s": round(records / max(run_s - read_s, 1e-9)),
        "peak_mb": peak_mb,
    }
    (out / "run.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    ledger = collected.summed(foot.received, bad)
    return Result(summary, balanced(ledger), records, seconds, peak_mb)


def _recorded(sent: Iterator[Sent], tape: TapeWriter) -> Iterator[Sent]:
    for item in sent:
        tape.add(item)
        yield item


def behind_the_log(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The steps that work behind the towns' log: all but intake and sensing, which are the front."""
    return tuple(step for step in steps if step.stateful and topics.READINGS not in step.sources)
