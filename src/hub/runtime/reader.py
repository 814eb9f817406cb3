"""Reads topics without a group: whole, up to their current end, or on and on as records come."""

from __future__ import annotations

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from operator import methodcaller
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from hub.errors import HubError
from hub.runtime.offsets import watermarks
from hub.runtime.record import UNREADABLE_HEADERS, Record

_TIMEOUT_S = 30.0
_CONNECT_S = 10.0
_AT_ONCE = 10_000
_POLL_S = 0.2
_SILENCE_S = 60.0
_FETCH_WAIT_MS = 50
_ENOUGH_BYTES = 1_048_576


def fetch_settings(patience_ms: int) -> dict[str, int]:
    """A consumer's settings that let a record wait so long at the broker for more to come.

    Without patience it comes at once; with it the broker answers seldom, or once it has a megabyte.
    """
    if not patience_ms:
        return {"fetch.wait.max.ms": _FETCH_WAIT_MS, "fetch.min.bytes": 1}
    return {"fetch.wait.max.ms": patience_ms, "fetch.min.bytes": _ENOUGH_BYTES}


def record_of(message: Message, prefix: str = "") -> Record:
    """A client's message as a record, its topic named as the map does."""
    return next(records_of([message], (message.topic() or "").removeprefix(prefix)))


def records_of(messages: Iterable[Message], topic: str) -> Iterator[Record]:
    """Messages of one topic as records, each made as it is asked for, when its bytes are about to be read."""
    for message in messages:
        yield Record(
            topic,
            message.partition() or 0,
            message.offset() or 0,
            message.timestamp()[1],
            message.key(),
            message.value(),
            _headers(message),
        )


# Called through C: for names that are not UTF-8 the client leaves an exception behind and answers all the
# same, which CPython's shortcut for hot calls from Python would let pass until some later line.
_ask_headers = methodcaller("headers")


def _headers(message: Message) -> tuple[tuple[str, bytes | None], ...]:
    try:
        headers: list[tuple[str, bytes | None]] | None = _ask_headers(message)
        return tuple(headers) if headers else ()
    except (SystemError, UnicodeDecodeError):  # what the client raises for names that are not UTF-8
        return UNREADABLE_HEADERS


def read_whole(
    brokers: str, topics: Sequence[str], *, prefix: str = "", partitions: Sequence[int] | None = None
) -> Generator[Record]:
    """All committed records of topics from the beginning to their end as it is now, in order per partition.

    The end is where the oldest open transaction begins. Raises HubError where the cluster does not answer
    or has no such topic.
    """
    with _Assigned(brokers, topics, prefix, partitions) as reader:
        ends = reader.ends()
        open_ends = {at for at, (low, high) in ends.items() if high > low}
        reader.start({at: low for at, (low, _) in ends.items()})
        heard = time.monotonic()
        while open_ends:
            messages = reader.messages()
            if messages:
                heard = time.monotonic()
            elif time.monotonic() - heard > _SILENCE_S:
                raise HubError(
                    f"{brokers} stopped answering in the middle of {', '.join(topics)}",
                    fix="check that the brokers run, then try again",
                )
            for message in messages:
                at = (message.topic() or "", message.partition() or 0)
                if message.error() is not None:
                    open_ends.discard(at)
                    continue
                if (message.offset() or 0) < ends[at][1]:
                    yield record_of(message, prefix)
                if (message.offset() or 0) + 1 >= ends[at][1]:
                    open_ends.discard(at)


class Follower:
    """Reads topics from the beginning, or from their end at the moment it is made, as long as wanted.

    ``patience_ms`` is how long a record may wait at the broker for more to come: it answers less often then.
    """

    def __init__(
        self,
        brokers: str,
        topics: Sequence[str],
        *,
        prefix: str = "",
        from_beginning: bool = False,
        patience_ms: int = 0,
    ) -> None:
        self._prefix = prefix
        self._reader = _Assigned(brokers, topics, prefix, None, patience_ms)
        try:
            ends = self._reader.ends()
            self._reader.start({at: low if from_beginning else high for at, (low, high) in ends.items()})
        except BaseException:
            self._reader.close()
            raise
        self._behind = set(ends)

    @property
    def caught_up(self) -> bool:
        """Whether the end of every partition has been reached once."""
        return not self._behind

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.close()

    def read(self, wait_s: float = _POLL_S) -> list[Record]:
        """What has come, after waiting for it so long at most; empty if nothing. Raises HubError."""
        records = []
        for message in self._reader.messages(wait_s):
            if message.error() is None:
                records.append(record_of(message, self._prefix))
            else:
                self._behind.discard((message.topic() or "", message.partition() or 0))
        return records


class _Assigned:
    """A consumer with partitions of its own choice, no group and no commits."""

    def __init__(
        self,
        brokers: str,
        topics: Sequence[str],
        prefix: str,
        partitions: Sequence[int] | None,
        patience_ms: int = 0,
    ) -> None:
        self._brokers = brokers
        self._consumer = Consumer(
            {
                "bootstrap.servers": brokers,
                # The client wants a group's name even where there is none.
                "group.id": f"{prefix}hub-reader",
                "isolation.level": "read_committed",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                "auto.offset.reset": "earliest",
                "fetch.queue.backoff.ms": 5,
                **fetch_settings(patience_ms),
                "log_level": 0,
            }
        )
        try:
            self._partitions = self._find(brokers, [prefix + topic for topic in topics], partitions)
        except BaseException:
            self._consumer.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._consumer.close()

    def ends(self) -> dict[tuple[str, int], tuple[int, int]]:
        """First offset and one past the last of every partition."""
        try:
            return {at: watermarks(self._consumer, TopicPartition(*at)) for at in self._partitions}
        except KafkaException as trouble:
            raise _no_answer(self._brokers, trouble) from None

    def start(self, offsets: dict[tuple[str, int], int]) -> None:
        self._consumer.assign([TopicPartition(topic, at, offset) for (topic, at), offset in offsets.items()])

    def messages(self, wait_s: float = _POLL_S) -> list[Message]:
        """What is there: records, and a message whose error says that a partition's end was reached."""
        first = self._consumer.poll(wait_s)
        if first is None:
            return []
        found = [first, *self._consumer.consume(_AT_ONCE - 1, 0)]
        for message in found:
            error = message.error()
            if error is not None and not _is_end(message) and not error.retriable():
                raise _no_answer(self._brokers, KafkaException(error))
        return [message for message in found if message.error() is None or _is_end(message)]

    def _find(
        self, brokers: str, names: Sequence[str], partitions: Sequence[int] | None
    ) -> list[tuple[str, int]]:
        try:
            there = self._consumer.list_topics(timeout=_CONNECT_S).topics
        except KafkaException as trouble:
            raise _no_answer(brokers, trouble) from None
        for name in names:
            if name not in there:
                raise HubError(
                    f"There is no topic {name} at {brokers}", fix="make it with `hub topics apply`"
                )
        return [
            (name, at)
            for name in names
            for at in sorted(there[name].partitions)
            if partitions is None or at in partitions
        ]


def _is_end(message: Message) -> bool:
    error = message.error()
    return error is not None and error.code() == KafkaError._PARTITION_EOF


def _no_answer(brokers: str, trouble: KafkaException) -> HubError:
    return HubError(
        f"No Kafka answers at {brokers}: {trouble.args[0].str()}",
        fix="check HUB_BROKERS, or start the embedded broker with `hub broker up`",
    )
