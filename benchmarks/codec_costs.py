"""What reading and writing one record of each topic takes, measured on what a run has left there."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from rich.table import Table

from benchmarks.ground import Field
from hub.flow import Emit
from hub.runtime.codec import decode, decode_trusted, encode
from hub.runtime.headers import read_headers, write_headers
from hub.topics import TOPICS, Envelope

SAMPLE = 1_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class TopicCost:
    """One record of a topic: bytes of its value, and microseconds for each thing that is done with it."""

    topic: str
    value_bytes: float
    decode_us: float
    encode_us: float
    read_headers_us: float
    write_headers_us: float


def costs_of(place: Field, topics: Iterable[str]) -> list[TopicCost]:
    """Of each topic that holds records."""
    return [cost for topic in topics if (cost := _cost_of(place, topic)) is not None]


def _cost_of(place: Field, name: str) -> TopicCost | None:
    topic = TOPICS[name]
    few = tuple(islice(place.records(name), SAMPLE))
    if not few:
        return None
    read = decode_trusted if topic.envelope is Envelope.INTERNAL else decode
    said = [read_headers(one.headers) for one in few]
    values = [read(one.type, one.version, record.value or b"") for one, record in zip(said, few, strict=True)]
    emits = [
        Emit(name, (record.key or b"").decode(), one.id, one.time or EPOCH, value)
        for one, record, value in zip(said, few, values, strict=True)
    ]
    return TopicCost(
        name,
        sum(len(one.value or b"") for one in few) / len(few),
        _us(lambda i: read(said[i].type, said[i].version, few[i].value or b""), len(few)),
        _us(lambda i: encode(values[i]), len(few)),
        _us(lambda i: read_headers(few[i].headers), len(few)),
        _us(lambda i: write_headers(topic, emits[i], source="hub:bench", causation=None), len(few)),
    )


def _us(work: Callable[[int], object], count: int) -> float:
    """Microseconds of CPU that one call takes, on average."""
    started = time.process_time()
    for number in range(count):
        work(number)
    return (time.process_time() - started) / count * 1e6


def topics_table(costs: Iterable[TopicCost], a_life: Mapping[str, float]) -> Table:
    """Bytes and microseconds of a record of each topic, and how many of them a life has."""
    table = Table(
        "topic", "records/life", "bytes", "decode", "encode", "headers in", "headers out",
        title="city: microseconds per record",
    )  # fmt: skip
    for cost in costs:
        table.add_row(
            cost.topic,
            f"{a_life.get(cost.topic, 0.0):.2f}",
            f"{cost.value_bytes:,.0f}",
            f"{cost.decode_us:.1f}",
            f"{cost.encode_us:.1f}",
            f"{cost.read_headers_us:.1f}",
            f"{cost.write_headers_us:.1f}",
        )
    return table
