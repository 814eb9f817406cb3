"""What a step takes of a topic: records whose headers, contract, body and partition are right."""

from collections.abc import Callable, Iterable

from hub import topics
from hub.contracts.fields import LONGEST_ID, Contract
from hub.contracts.reasons import Reason
from hub.contracts.registry import CONTRACTS, VERSIONS
from hub.contracts.signals import ClockTick
from hub.flow import Arrival, Origin, Step
from hub.runtime.at_once import Readable
from hub.runtime.codec import decode, decode_trusted, reader_of
from hub.runtime.headers import kinds, read_headers
from hub.runtime.keys import partition_of
from hub.runtime.record import Record, instant_of
from hub.runtime.refused import Refused

try:
    from hub.runtime import door_native as native

    NATIVE = True
except ImportError:  # no C compiler was at hand: Python does the same work
    NATIVE = False

MAX_VALUE_BYTES = 1_000_000
"""A larger record is refused: packs and tickets are far smaller, and one record must not hold up a batch."""


class Door:
    """Lets the records of a topic in, for one step."""

    def __init__(self, step: Step, topic: str, partitions: int) -> None:
        about = topics.TOPICS[topic]
        # what our own steps have validated and written need not be validated again
        self._trusted = about.envelope is topics.Envelope.INTERNAL
        self._decode = decode_trusted if self._trusted else decode
        self._contracts = tuple(contract.__name__ for contract in about.contracts)
        self._step = step
        self._partitions = partitions
        self._native = self._made_native() if NATIVE else None

    def read(self, record: Record) -> tuple[Contract, Arrival]:
        """The record's contract and how it came. Raises Refused: why it can't be read."""
        if self._native is not None:
            known = self._native.read(record)
            if known is not None:
                return known
        return self._read_any(record)

    def readable(self, records: Iterable[Record]) -> list[Readable | None]:
        """The records, read; None where that does not go well, which reading it alone shows once more."""
        if self._native is None:
            return [self._readable(record) for record in records]
        known = self._native.readable
        return [known(record) or self._readable(record) for record in records]

    def _read_any(self, record: Record) -> tuple[Contract, Arrival]:
        """A record in whatever form, and what is wrong with it."""
        if record.value is None:
            raise Refused(Reason.NO_VALUE, "the record has no value; a feed takes no tombstones")
        if len(record.value) > MAX_VALUE_BYTES:
            raise Refused(Reason.TOO_LARGE, f"the value is larger than {MAX_VALUE_BYTES:,} bytes; split it")
        attributes = read_headers(record.headers)
        if attributes.type not in self._contracts:
            names = ", ".join(f"hub.{name}" for name in self._contracts)
            raise Refused(Reason.WRONG_CONTRACT, f"ce_type: {record.topic} takes {names}")
        body = self._decode(attributes.type, attributes.version, record.value)
        key = record.key or b""
        if self._is_keyed(type(body)) and partition_of(key, self._partitions) != record.partition:
            raise Refused(
                Reason.WRONG_PARTITION, "the key belongs to another partition; use the murmur2 partitioner"
            )
        arrived = instant_of(record.timestamp_ms)
        source = attributes.source or "unknown"
        text = key.decode("utf-8", "replace")
        return body, Arrival(record.topic, source, attributes.id, text, attributes.time or arrived, arrived)

    def _readable(self, record: Record) -> Readable | None:
        try:
            body, arrival = self._read_any(record)
            clock = self._step.clock
            shown = None if clock is None else clock(body, arrival)
            return Readable(record, body, arrival, origin_of(self._step, body, arrival), shown)
        except Exception:
            return None

    def _is_keyed(self, contract: type[Contract]) -> bool:
        """Whether the rows that a record is about lie on the partition that its key hashes to."""
        return self._step.stateful and contract is not ClockTick

    def _made_native(self) -> "native.Door":
        found: dict[tuple[bytes | None, ...], tuple[Callable[[bytes], Contract], bool, bool]] = {}
        for said, (name, version, public) in kinds().items():
            if name in self._contracts and version == VERSIONS[name]:
                read = reader_of(name, trusted=self._trusted)
                if read is not None:
                    found[said] = (read, self._is_keyed(CONTRACTS[name]), public)
        return native.Door(found, self._partitions, MAX_VALUE_BYTES, self._step.clock, self._step.origin)


def origin_of(step: Step, body: Contract, arrival: Arrival) -> Origin:
    """Where the ledger counts a record of a step."""
    if step.origin is not None:
        return step.origin(body, arrival)
    return Origin(arrival.topic, arrival.source[:LONGEST_ID], arrival.arrived)
