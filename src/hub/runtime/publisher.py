"""Publishes records of ours: encoded, with their headers, each once to the partition of its key."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from types import TracebackType
from typing import Self

from confluent_kafka import KafkaError, Message, Producer

from hub.contracts.fields import Contract
from hub.errors import HubError
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.topic_specs import LETTER_BYTES, OTHER_BYTES, max_bytes
from hub.topics import TOPICS

_FLUSH_S = 60.0
_WAIT_S = 0.1
_SERVE_EVERY = 1_000
_ENVELOPE_BYTES = 16_384
"""Room for key, headers and the batch around them."""


class RecordTooLarge(HubError):
    """A record that its topic does not take for its size."""


class Publisher:
    """An idempotent producer. Publishing does not wait; ``flush`` does, and tells what was not taken."""

    def __init__(self, brokers: str, *, prefix: str = "") -> None:
        self._brokers = brokers
        self._prefix = prefix
        self._refused: Counter[str] = Counter()
        self._since_served = 0
        self._producer = Producer(
            {
                "bootstrap.servers": brokers,
                "enable.idempotence": True,
                "acks": "all",
                # With more, a first batch that meets no leader yet can be overtaken by the second: a broker
                # that knows nothing of this producer takes it, and the client holds both for written.
                "max.in.flight.requests.per.connection": 1,
                # The client's own default scatters what Java and Python clients keep together.
                "partitioner": "murmur2_random",
                "message.max.bytes": LETTER_BYTES,
                "linger.ms": 5,
                "queue.buffering.max.messages": 200_000,
                "delivery.report.only.error": True,
                "on_delivery": self._delivered,
                "log_level": 0,
            }
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def publish(
        self,
        topic_name: str,
        key: str,
        value: Contract,
        *,
        source: str,
        id: str,
        time: datetime,
        case_id: str | None = None,
        timestamp: datetime | None = None,
    ) -> None:
        """Send a record of the map's topic; ``time`` is its event time, ``timestamp`` the record's own.

        Feed topics put the broker's time in place of ``timestamp``. Raises RecordTooLarge.
        """
        emit = Emit(topic_name, key, id, time, value, case_id)
        headers = write_headers(TOPICS[topic_name], emit, source=source, causation=None)
        self.publish_raw(topic_name, key.encode(), encode(value), list(headers), timestamp=timestamp)

    def publish_raw(
        self,
        topic_name: str,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes | None]],
        *,
        timestamp: datetime | None = None,
        partition: int | None = None,
    ) -> None:
        """Send bytes as they are, to the key's own partition or the one given.

        Waits while the queue is full. Raises RecordTooLarge.
        """
        if value is not None and len(value) > (largest := _largest_value(topic_name)):
            raise RecordTooLarge(
                f"a record of {len(value):,} bytes is too large for {topic_name}, which takes {largest:,}",
                fix="send it in smaller parts",
            )
        self._since_served += 1
        if self._since_served >= _SERVE_EVERY:
            self._since_served = 0
            self._producer.poll(0)
        millis = 0 if timestamp is None else round(timestamp.timestamp() * 1000)
        while True:
            try:
                self._producer.produce(
                    self._prefix + topic_name,
                    value,
                    key,
                    -1 if partition is None else partition,
                    headers=list(headers),
                    timestamp=millis,
                )
                return
            except BufferError:
                self._producer.poll(_WAIT_S)

    def flush(self, timeout_s: float = _FLUSH_S) -> None:
        """Wait until every record is on its topic. Raises HubError with the reasons of those that are not."""
        left = self._producer.flush(timeout_s)
        if left:
            raise HubError(
                f"{left} records are not acknowledged by {self._brokers} after {timeout_s:.0f} s",
                fix="check that enough brokers run, then publish again: ids keep it safe",
            )
        if self._refused:
            reasons = "; ".join(f"{count} x {reason}" for reason, count in self._refused.most_common())
            self._refused.clear()
            raise HubError(
                f"The cluster refused records: {reasons}",
                fix="`hub topics diff` tells whether the topics are right; publish again: ids keep it safe",
            )

    def _delivered(self, error: KafkaError | None, message: Message) -> None:
        if error is not None:
            self._refused[f"{message.topic()}: {error.str()}"] += 1


def _largest_value(topic_name: str) -> int:
    topic = TOPICS.get(topic_name)
    return (OTHER_BYTES if topic is None else max_bytes(topic)) - _ENVELOPE_BYTES
