"""One worker's core loop until SIGTERM; each commit is written down as a line, for the parent to follow."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from collections import Counter, defaultdict
from dataclasses import asdict
from pathlib import Path

from benchmarks.drain import CommitLine, Task
from benchmarks.packs_input import sensing_step
from benchmarks.tickets import route_step
from hub.citypack.load import load_city
from hub.domain.privacy import Pseudonyms
from hub.flow import Step
from hub.runtime.core import Committed, CoreConfig, CoreLoop
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.topology import build_steps

TELL_S = 0.2


def steps_of(work: str) -> tuple[Step, ...]:
    """The step of `route` or of `packs`, or those of a city's worker."""
    match work:
        case "route":
            return (route_step(),)
        case "packs":
            return (sensing_step(),)
        case _:
            steps = build_steps(load_city("beijing"), Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
            return tuple(step for step in steps if step.worker == "city")


def work(task: Task) -> None:
    """Work until told to stop."""
    with Path(task.commits).open("w", encoding="utf-8", buffering=1) as file:

        def on_commit(committed: Committed) -> None:
            file.write(json.dumps(asdict(line_of(committed))) + "\n")

        config = CoreConfig(task.brokers, task.group, task.slot, task.prefix, task.partitions)
        loop = CoreLoop(steps_of(task.work), config, on_commit)
        signal.signal(signal.SIGTERM, lambda *_: loop.stop())
        threading.Thread(target=_tell_what_is_held, args=(loop, Path(task.held)), daemon=True).start()
        loop.run()


def _tell_what_is_held(loop: CoreLoop, file: Path) -> None:
    """Write down how many partitions are assigned and restored, for as long as the process lives."""
    while True:
        pulse = loop.pulse
        file.write_text(str(len(pulse.held) if pulse.ready else 0), encoding="utf-8")
        time.sleep(TELL_S)


def line_of(committed: Committed) -> CommitLine:
    """What a transaction did, in numbers."""
    records, rows, outputs = Counter[str](), Counter[str](), Counter[str]()
    seconds: defaultdict[str, float] = defaultdict(float)
    for step, batch in committed.batches:
        records[step.name] += batch.records
        rows[step.name] += len(batch.changes)
        seconds[step.name] += batch.seconds
        outputs.update(output.topic for output in batch.outputs)
    # plain dictionaries: `asdict` makes a counter of pairs out of a counter
    sums = (dict(records), dict(rows), dict(seconds), dict(outputs))
    return CommitLine(time.perf_counter(), *sums, committed.commit_seconds)


if __name__ == "__main__":
    work(Task(**json.loads(sys.argv[1])))
