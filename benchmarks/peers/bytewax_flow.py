"""Bytewax, at least once by its own recovery store: batches of 5,000, its default epoch of ten seconds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import bytewax.operators as op
from bytewax.connectors.kafka import KafkaSink, KafkaSinkMessage, KafkaSource, KafkaSourceMessage
from bytewax.dataflow import Dataflow
from bytewax.recovery import RecoveryConfig, init_db_dir
from bytewax.run import cli_main

from benchmarks.measure import Job
from benchmarks.peers.counted import Counted

S = TypeVar("S")
V = TypeVar("V")

AT_ONCE = 5_000


def run(
    job: Job,
    keyed: Callable[[Any], tuple[str, V]],
    mapper: Callable[[S | None, V], tuple[S, Any]],
) -> None:
    """Key each record, then map it with the state of its key to what is sent; None is not sent."""
    counted = Counted(job)

    def first(message: KafkaSourceMessage[bytes, bytes]) -> tuple[str, V]:
        counted.record()
        return keyed(message)

    source = KafkaSource(
        [job.brokers],
        [job.prefix + job.source],
        tail=False,
        batch_size=AT_ONCE,
        add_config={"fetch.queue.backoff.ms": "5"},
    )
    flow = Dataflow("bench")
    records = op.map("key", op.input("in", flow, source), first)
    mapped = op.stateful_map("state", records, mapper)
    sent = op.filter_map("out", mapped, _message)
    op.output("sink", sent, KafkaSink([job.brokers], job.prefix + job.sink))
    store = Path(job.folder) / "recovery"
    store.mkdir()
    init_db_dir(store, 1)
    cli_main(flow, recovery_config=RecoveryConfig(store))
    counted.report()


def _message(keyed: tuple[str, Any]) -> KafkaSinkMessage[bytes, bytes] | None:
    if keyed[1] is None:
        return None
    key, value, headers = keyed[1]
    return KafkaSinkMessage(key, value, headers=headers)
