"""Counts the dead letters of the last while by reason, without showing what they hold."""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime

from confluent_kafka import Consumer, KafkaException, Message, TopicPartition

from hub import topics
from hub.contracts.operations import DeadLetter
from hub.contracts.reasons import Reason
from hub.errors import HubError
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.offsets import watermarks
from hub.runtime.reader import record_of
from hub.runtime.refused import Refused

_TIMEOUT_S = 30.0
_AT_ONCE = 1_000


def recent_letters(brokers: str, prefix: str, since: datetime | None) -> Counter[Reason]:
    """Dead letters by reason, of records that arrived since a time; all of them if None.

    Raises HubError where the cluster does not answer.
    """
    reader = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"{prefix}hub-doctor",
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": True,
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 50,
            "log_level": 0,
        }
    )
    try:
        return _count(reader, prefix + topics.DEAD_LETTERS, since, prefix)
    except KafkaException as trouble:
        raise HubError(
            f"No answer about dead letters from {brokers}: {trouble.args[0].str()}",
            fix="check the brokers, and the right to read that topic",
        ) from None
    finally:
        reader.close()


def _count(reader: Consumer, topic: str, since: datetime | None, prefix: str) -> Counter[Reason]:
    found: Counter[Reason] = Counter()
    starts = _starts(reader, topic, since)
    open_ends = {at.partition for at in starts}
    reader.assign(starts)
    heard = time.monotonic()
    while open_ends and time.monotonic() - heard < _TIMEOUT_S:
        for message in reader.consume(_AT_ONCE, 0.2):
            heard = time.monotonic()
            if message.error() is not None:
                open_ends.discard(message.partition() or 0)
            elif (reason := _reason(message, prefix)) is not None:
                found[reason] += 1
    return found


def _starts(reader: Consumer, topic: str, since: datetime | None) -> list[TopicPartition]:
    partitions = reader.list_topics(topic, _TIMEOUT_S).topics[topic].partitions
    if since is None:
        return [
            TopicPartition(topic, at, watermarks(reader, TopicPartition(topic, at))[0]) for at in partitions
        ]
    asked = [TopicPartition(topic, at, round(since.timestamp() * 1000)) for at in partitions]
    answered: list[TopicPartition] = reader.offsets_for_times(asked, _TIMEOUT_S)
    return answered


def _reason(message: Message, prefix: str) -> Reason | None:
    """Why a letter was written; None for one that can't be read."""
    record = record_of(message, prefix)
    try:
        attributes = read_headers(record.headers)
        letter = decode_trusted(attributes.type, attributes.version, record.value or b"")
    except Refused:
        return None
    return Reason(letter.reason) if isinstance(letter, DeadLetter) else None
