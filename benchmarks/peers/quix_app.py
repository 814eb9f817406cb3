"""Quix Streams, at least once: its own defaults, but the fetch back-off of the loop written by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from quixstreams import Application, State
from quixstreams.models import BytesDeserializer, Serializer

from benchmarks.measure import Job
from benchmarks.peers.counted import Counted

Sent = tuple[bytes, bytes, list[tuple[str, bytes]]]
"""Key, value and headers."""


class _Second(Serializer):  # type: ignore[misc]
    """What is sent is the value of key, value and headers."""

    def __call__(self, value: Sent, *_: Any, **__: Any) -> bytes:
        return value[1]


def run(job: Job, handle: Callable[[bytes, bytes, State], Sent | None]) -> None:
    """Handle key and value of each record, with the state of its key, until all are committed."""
    app = Application(
        broker_address=job.brokers,
        consumer_group=job.prefix + job.group,
        auto_offset_reset="earliest",
        state_dir=job.folder,
        loglevel="WARNING",
        consumer_extra_config={"fetch.queue.backoff.ms": 5},
    )
    source = app.topic(job.prefix + job.source, value_deserializer=BytesDeserializer())
    sink = app.topic(job.prefix + job.sink, key_serializer="bytes", value_serializer=_Second())
    counted = Counted(job)

    def handled(value: bytes, key: bytes, _time: int, _headers: object, state: State) -> Sent | None:
        last = counted.record()
        sent = handle(key, value, state)
        if last:
            app.stop()
        return sent

    frame = app.dataframe(source).apply(handled, stateful=True, metadata=True)
    frame = frame.filter(lambda sent: sent is not None)
    frame = frame.set_headers(lambda sent, *_: sent[2])
    frame.to_topic(sink, key=lambda sent: sent[0])
    app.run()
    counted.report()
