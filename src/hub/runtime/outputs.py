"""What a step says, as it goes to a topic: an encoded record."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from hub import topics
from hub.contracts.fields import Contract
from hub.contracts.operations import Tally
from hub.contracts.reasons import Reason, tally_of
from hub.flow import Emit, Origin, Outcome
from hub.runtime.at_once import Readable
from hub.runtime.codec import Encode, encode, writer_of
from hub.runtime.headers import constants_of, write_headers
from hub.runtime.record import Record

try:
    from hub.runtime import outputs_native as native

    NATIVE = True
except ImportError:  # no C compiler was at hand: Python does the same work
    NATIVE = False

_ANSWERED = frozenset(reason for reason in Reason if tally_of(reason) not in (Tally.REJECTED, Tally.DEAD))
"""Reasons that need no dead letter where nothing else is said."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


Plan = tuple[bool, tuple[tuple[str, bytes], ...], Encode]
"""How a contract is written to a topic: whether with the short set of headers, the last ones, the codec."""


class Output(NamedTuple):
    """One encoded record for a topic of the map."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes | None], ...]
    timestamp_ms: int

    def record(self, partition: int, offset: int) -> Record:
        """The record that it becomes at a place on its topic."""
        return Record(self.topic, partition, offset, self.timestamp_ms, self.key, self.value, self.headers)


class Writer:
    """Makes records of what a step says; ``source`` is whom they name as their publisher."""

    def __init__(self, source: str) -> None:
        self._any = partial(_any_output, source)
        self._native = native.Writer(Output, source, plan_of, self._any) if NATIVE else None

    def output(self, emit: Emit, causation: str | None) -> Output:
        """The record of an emit; ``causation`` names the record that caused it."""
        return self._any(emit, causation) if self._native is None else self._native.output(emit, causation)

    def settle(
        self,
        outputs: list[Output],
        records: Sequence[Readable],
        outcomes: Sequence[Outcome],
        count: Callable[[Outcome, Origin, int], object],
        settle: Callable[[Record, Outcome, Origin], None],
    ) -> None:
        """Have everything settled that was decided of so many records, in order.

        What only says something is written to ``outputs`` at once, and ``count`` hears for how many records
        in a row it counts. All else is left to ``settle``.
        """
        if self._native is None:
            for one, outcome in zip(records, outcomes, strict=False):
                settle(one.record, outcome, one.origin)
        else:
            self._native.settle(outputs, records, outcomes, _ANSWERED, count, settle)


def _any_output(source: str, emit: Emit, causation: str | None) -> Output:
    headers = write_headers(topics.TOPICS[emit.topic], emit, source=source, causation=causation)
    stamp = (emit.time - _EPOCH) // _MILLISECOND
    return Output(emit.topic, emit.key.encode(), encode(emit.value), tuple(headers), stamp)


def plan_of(topic: str, model: type[Contract]) -> Plan:
    """How a contract is written to a topic."""
    about = topics.TOPICS[topic]
    return about.envelope is topics.Envelope.INTERNAL, tuple(constants_of(about, model)), writer_of(model)
