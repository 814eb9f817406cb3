"""`city`: the hub's real steps live through some days of a simulated Beijing, in memory."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice

from benchmarks.measure import Job, job_given, peak_mb, report_text
from hub import topics
from hub.citypack.load import load_city
from hub.contracts.cases import CaseState, Stage
from hub.contracts.operations import LedgerEntry
from hub.domain.privacy import Pseudonyms
from hub.flow import Emit, Step
from hub.runtime.codec import decode, decode_trusted, encode
from hub.runtime.headers import read_headers, write_headers
from hub.runtime.memory import MemoryRunner
from hub.runtime.task import Batch
from hub.settings import DEMO_PSEUDONYM_KEY
from hub.simulate.city_life import simulate
from hub.simulate.closed_loop import ClosedLoop
from hub.simulate.unit_model import UnitModel
from hub.topics import TOPICS, Envelope
from hub.topology import build_steps

SEED = 7
START = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 5
TICKETS_A_DAY = 66_000
CODEC_SAMPLE = 1_000


@dataclass(frozen=True, slots=True)
class StepCost:
    """What one step took for the whole run; ``seconds`` holds reading, rules and writing."""

    step: str
    records: int
    outputs: int
    rows: int
    seconds: float


@dataclass(frozen=True, slots=True)
class TopicCost:
    """What one record of a topic takes in microseconds, and how many there were."""

    topic: str
    records: int
    value_bytes: float
    decode_us: float
    encode_us: float
    read_headers_us: float
    write_headers_us: float


class Watched(ClosedLoop):
    """A closed loop that adds up what its steps take."""

    def __init__(self, steps: tuple[Step, ...], units: UnitModel) -> None:
        self.records: Counter[str] = Counter()
        self.outputs: Counter[str] = Counter()
        self.rows: Counter[str] = Counter()
        self.seconds: defaultdict[str, float] = defaultdict(float)
        super().__init__(steps, units.react)

    def _hear(self, step: Step, batch: Batch) -> None:
        super()._hear(step, batch)
        self.records[step.name] += batch.records
        self.outputs[step.name] += len(batch.outputs)
        self.rows[step.name] += len(batch.changes)
        self.seconds[step.name] += batch.seconds


def live(job: Job) -> None:
    """Live through the days and report lives, costs, and what is missing or there too often."""
    city = replace(load_city("beijing"), gateways={})  # `packs` measures sensing
    steps = build_steps(city, Pseudonyms(DEMO_PSEUDONYM_KEY.encode()))
    loop = Watched(steps, UnitModel(city, SEED))
    end = START + timedelta(days=DAYS)
    stream = simulate(city, SEED, START, DAYS, job.records / DAYS / TICKETS_A_DAY)
    published = sum(1 for _ in loop.play(stream, START, end))
    text = {
        "published": published,
        "accounted": _accounted(loop.hub),
        "doubled": _doubled_orders(loop.hub),
        "lives": _closed(loop.hub),
        "peak_mb": peak_mb(),
        "steps": [asdict(_step_cost(loop, step)) for step in steps],
        "topics": [asdict(cost) for name in TOPICS if (cost := _topic_cost(loop.hub, name))],
    }
    report_text(job, json.dumps(text))


def _accounted(hub: MemoryRunner) -> int:
    """How many published records the ledger has."""
    entries = (decode_trusted("LedgerEntry", 1, one.value or b"") for one in hub.records(topics.LEDGER))
    return sum(count.count for entry in entries if isinstance(entry, LedgerEntry) for count in entry.counts)


def _doubled_orders(hub: MemoryRunner) -> int:
    ids = Counter((one.key, dict(one.headers)["ce_id"]) for one in hub.records(topics.ORDERS))
    return ids.total() - len(ids)


def _closed(hub: MemoryRunner) -> int:
    states = (decode_trusted("CaseState", 1, one.value or b"") for one in hub.records(topics.STATE))
    return len({one.case_id for one in states if isinstance(one, CaseState) and one.stage is Stage.CLOSED})


def _step_cost(loop: Watched, step: Step) -> StepCost:
    name = step.name
    return StepCost(name, loop.records[name], loop.outputs[name], loop.rows[name], loop.seconds[name])


def _topic_cost(hub: MemoryRunner, name: str) -> TopicCost | None:
    topic = TOPICS[name]
    records = hub.records(name)
    few = tuple(islice(records, CODEC_SAMPLE))
    if not few:
        return None
    read = decode_trusted if topic.envelope is Envelope.INTERNAL else decode
    said = [read_headers(one.headers) for one in few]
    values = [read(one.type, one.version, record.value or b"") for one, record in zip(said, few, strict=True)]
    emits = [
        Emit(name, (record.key or b"").decode(), one.id, one.time or START, value)
        for one, record, value in zip(said, few, values, strict=True)
    ]
    return TopicCost(
        name,
        len(records),
        sum(len(one.value or b"") for one in few) / len(few),
        _us(lambda i: read(said[i].type, said[i].version, few[i].value or b""), len(few)),
        _us(lambda i: encode(values[i]), len(few)),
        _us(lambda i: read_headers(few[i].headers), len(few)),
        _us(lambda i: write_headers(topic, emits[i], source="hub:bench", causation=None), len(few)),
    )


def _us(work: Callable[[int], object], count: int) -> float:
    """Microseconds of one call, on average."""
    started = time.perf_counter()
    for number in range(count):
        work(number)
    return (time.perf_counter() - started) / count * 1e6


if __name__ == "__main__":
    live(job_given())
