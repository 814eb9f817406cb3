"""Compares this machine's clock with the broker's, by a record that the broker stamps."""

import time
from datetime import UTC, datetime, timedelta

from confluent_kafka import KafkaError, KafkaException, Message, Producer

from hub import topics
from hub.errors import HubError
from hub.runtime.ticker import ticks

_TIMEOUT_S = 10.0
_LONG_AGO = timedelta(days=1000)
"""Before all that a live city has seen, and not so old that the tick would be refused."""
_LOG_APPEND_TIME = 2
"""The client's mark of a time that is the broker's."""


def clock_skew(brokers: str, prefix: str) -> float | None:
    """Seconds that this machine's clock is ahead of the broker's; None where that can't be told.

    Sends one tick of a time long ago to the readings: a clock never moves back, so it changes nothing. Exact
    to half a round trip. Raises HubError where the broker does not take it.
    """
    tick = next(ticks(topics.READINGS, 1, datetime.now(UTC) - _LONG_AGO))
    producer = Producer({"bootstrap.servers": brokers, "message.timeout.ms": 10_000, "log_level": 0})
    told: list[tuple[float, KafkaError | None, tuple[int, int]]] = []

    def on_delivery(error: KafkaError | None, message: Message) -> None:
        told.append((time.time(), error, message.timestamp()))

    name = prefix + tick.topic
    try:
        producer.list_topics(name, _TIMEOUT_S)  # connecting is no part of the round trip
    except KafkaException as trouble:
        raise _refused(brokers, trouble.args[0]) from None
    sent = time.time()
    producer.produce(name, tick.value, b"", tick.partition, on_delivery, headers=list(tick.headers))
    producer.flush(_TIMEOUT_S)
    if not told:
        raise _refused(brokers, KafkaError(KafkaError._TIMED_OUT))
    heard, error, (kind, stamp) = told[0]
    if error is not None:
        raise _refused(brokers, error)
    return None if kind != _LOG_APPEND_TIME else (sent + heard) / 2 - stamp / 1000


def _refused(brokers: str, error: KafkaError) -> HubError:
    return HubError(
        f"{brokers} does not take a tick on {topics.READINGS}: {error.str()}",
        fix="check the brokers, and the right to write to that topic",
    )
