"""One step on one partition: records in, one batch of outputs, changed rows and ledger counts out.

Both runners drive this same code, so a record means the same in memory and on Kafka.
"""

import time
import traceback
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import islice

from hub import topics
from hub.contracts.case_memory import PartitionClock
from hub.contracts.fields import EARLIEST, Contract
from hub.contracts.operations import DeadLetter, Header, LedgerCount, LedgerEntry, Tally
from hub.contracts.reasons import Reason, tally_of
from hub.flow import Arrival, Emit, Origin, Outcome, Step, Table, put
from hub.runtime.at_once import next_stretch, told_at_once
from hub.runtime.door import Door, origin_of
from hub.runtime.outputs import Output, Writer
from hub.runtime.record import Record, instant_of
from hub.runtime.refused import Refused
from hub.runtime.state import PartitionState, RowKey

CLOCK = Table("clock", PartitionClock)
"""How late it is on the partition's log: a row of every step with clocks."""

_HOUR = timedelta(hours=1)


@dataclass(slots=True)
class Batch:
    """What one run of records came to; committed whole, or not at all."""

    outputs: list[Output] = field(default_factory=list)
    changes: list[tuple[RowKey, bytes | None]] = field(default_factory=list)
    reasons: Counter[Reason] = field(default_factory=Counter)
    records: int = 0
    seconds: float = 0.0


class PartitionTask:
    """A step at work on one partition of its source topic."""

    def __init__(self, step: Step, topic: str, partition: int, partitions: int) -> None:
        self.step = step
        self.topic = topic
        self.partition = partition
        self.door = Door(step, topic, partitions)
        self.writer = Writer(f"hub:{step.name}")
        self.state = PartitionState(replace(step, tables=(*step.tables, CLOCK)) if step.stateful else step)

    def now(self) -> datetime:
        """How late it is on this partition's log."""
        clock = self.state.get(CLOCK, "now") if self.step.stateful else None
        return EARLIEST if clock is None else clock.now

    def process(self, records: Iterable[Record]) -> Batch:
        """Handle records in order. Never raises for what a record holds: it becomes a dead letter."""
        started = time.perf_counter()
        run = _Run(self, self.now())
        if self.step.handle_many is not None:
            waiting = iter(records)
            while few := tuple(islice(waiting, self.step.at_once)):
                run.take_all(few)
        else:
            for record in records:
                run.take(record)
        batch = run.finish()
        batch.seconds = time.perf_counter() - started
        return batch


class _Run:
    """One call of ``process``: what it has gathered so far."""

    def __init__(self, task: PartitionTask, now: datetime) -> None:
        self._task = task
        self._step = task.step
        self._now = now
        self._was = now
        self._batch = Batch()
        self._counts: Counter[tuple[str, str, datetime, Tally]] = Counter()
        self._hour = EARLIEST
        self._first: int | None = None
        self._last = 0

    def take(self, record: Record) -> None:
        self._count(record, record, 1)
        origin: Origin | None = None
        try:
            body, arrival = self._task.door.read(record)
            origin = origin_of(self._step, body, arrival)
            outcome = self._decide(body, arrival)
        except Refused as refused:
            outcome = Outcome(refused.reason, detail=refused.detail)
        except Exception as fault:
            outcome = Outcome(Reason.FAULT_IN_HANDLER, detail=_where(fault))
        if origin is None:
            origin = Origin(record.topic, _source_of(record), instant_of(record.timestamp_ms))
        self._settle(record, outcome, origin)

    def take_all(self, records: Sequence[Record]) -> None:
        """As ``take`` of each in order, but as many at once as the step can tell of."""
        read = self._task.door.readable(records)
        start, most = 0, len(records)
        while start < len(records):
            first = self._task.state.first_due()
            stretch = next_stretch(read, start, most, self._now, None if first is None else first[0])
            outcomes = told_at_once(self._step, self._task.state, stretch)
            if outcomes:
                done = len(outcomes)
                self._count(stretch.records[0].record, stretch.records[done - 1].record, done)
                self._now = stretch.nows[done - 1]
                self._task.writer.settle(
                    self._batch.outputs, stretch.records, outcomes, self._tally, self._settle
                )
                start, most = start + done, min(most * 2, len(records))
            elif len(stretch.records) > 1:
                most = len(stretch.records) // 2
            else:
                self.take(records[start])
                start += 1

    def _count(self, first: Record, last: Record, records: int) -> None:
        self._batch.records += records
        self._first = first.offset if self._first is None else self._first
        self._last = last.offset

    def finish(self) -> Batch:
        batch = self._batch
        if self._step.stateful and self._now > self._was:
            self._task.state.apply((put(CLOCK, "now", PartitionClock(now=self._now)),))
        batch.changes = self._task.state.flush()
        if batch.records:
            self._emit(self._ledger_entry(), causation=None)
        return batch

    def _decide(self, body: Contract, arrival: Arrival) -> Outcome:
        """Everything due by the record's time fires first, in due order; then the record is handled."""
        if self._step.clock is not None:
            time_shown = self._step.clock(body, arrival)
            if time_shown is not None and time_shown > self._now:
                self._fire_until(time_shown)
                self._now = time_shown
        return self._step.handle(self._task.state, body, arrival, self._now)

    def _fire_until(self, until: datetime) -> None:
        state = self._task.state
        while (first := state.first_due()) is not None and first[0] <= until:
            due, table, key = first
            assert self._step.fire is not None, "a step with due rows has a fire rule"
            try:
                outcome = self._step.fire(state, table, key, due)
            except Exception as fault:
                state.silence(table, key)
                self._batch.reasons[Reason.FAULT_IN_HANDLER] += 1
                self._emit(self._letter_for_clock(table, key, due, fault), causation=None)
                continue
            before = state.get(table, key)
            state.apply(outcome.changes)
            if state.first_due() == first and state.get(table, key) == before:
                state.silence(table, key)  # a rule that changes nothing would fire for ever
            self._batch.reasons[outcome.reason] += 1
            for emit in outcome.emits:
                self._emit(emit, causation=None)

    def _settle(self, record: Record, outcome: Outcome, origin: Origin) -> None:
        """Apply what was decided; a refusal without an answer of its own becomes a dead letter."""
        if outcome.changes:
            self._task.state.apply(outcome.changes)
        tally = self._tally(outcome, origin, 1)
        emits = outcome.emits
        if not emits and tally in (Tally.REJECTED, Tally.DEAD):
            emits = (dead_letter(self._step.name, record, outcome),)
        if emits:
            causation = f"{record.topic}:{record.partition}:{record.offset}"
            for emit in emits:
                self._emit(emit, causation=causation)

    def _tally(self, outcome: Outcome, origin: Origin, records: int) -> Tally:
        """Count so many records with an outcome's reason, and in the ledger if they are done with."""
        tally = tally_of(outcome.reason)
        self._batch.reasons[outcome.reason] += records
        if outcome.terminal and origin.counted:
            self._counts[origin.feed, origin.source, self._hour_of(origin.arrived), tally] += records
        return tally

    def _hour_of(self, time: datetime) -> datetime:
        """The hour that a time lies in: the same object for times of one hour, which is hashed but once."""
        if not self._hour <= time < self._hour + _HOUR:
            self._hour = time.replace(minute=0, second=0, microsecond=0)
        return self._hour

    def _emit(self, emit: Emit, *, causation: str | None) -> None:
        self._batch.outputs.append(self._task.writer.output(emit, causation))

    def _ledger_entry(self) -> Emit:
        task = self._task
        counts = tuple(
            LedgerCount(feed=feed, source=source, hour=hour, tally=tally, count=count)
            for (feed, source, hour, tally), count in sorted(self._counts.items())
        )
        entry = LedgerEntry(
            step=self._step.name,
            topic=task.topic,
            partition=task.partition,
            first_offset=self._first or 0,
            last_offset=self._last,
            records=self._batch.records,
            counts=counts,
        )
        where = f"{self._step.name}:{task.topic}:{task.partition}"
        # keyed by step: a transaction then writes one partition of the ledger for each step
        return Emit(topics.LEDGER, self._step.name, f"{where}:{self._last}", max(self._now, EARLIEST), entry)

    def _letter_for_clock(self, table: Table[Contract], key: str, due: datetime, fault: Exception) -> Emit:
        letter_id = f"clock:{self._step.name}:{self._task.partition}:{table.name}:{key}:{due.isoformat()}"[
            :200
        ]
        letter = DeadLetter(
            letter_id=letter_id,
            step=self._step.name,
            reason=Reason.FAULT_IN_HANDLER,
            detail=_where(fault),
            topic=self._task.topic,
            partition=self._task.partition,
            offset=self._last,
            arrived=due,
            source="clock",
            source_id=None,
            trace_id=letter_id,
            key=key.encode(),
            value=None,
            headers=(),
        )
        return Emit(topics.DEAD_LETTERS, "clock", letter_id, due, letter)


def dead_letter(step: str, record: Record, outcome: Outcome) -> Emit:
    """The whole record with the reason."""
    letter_id = f"{record.topic}:{record.partition}:{record.offset}"
    arrived = instant_of(record.timestamp_ms)
    source = _source_of(record)
    letter = DeadLetter(
        letter_id=letter_id,
        step=step,
        reason=outcome.reason,
        detail=outcome.detail[:2000],
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        arrived=arrived,
        source=source,
        source_id=_header(record, "ce_id"),
        trace_id=_header(record, "traceparent") or letter_id,
        key=record.key,
        value=record.value,
        headers=tuple(Header(name=name, value=value) for name, value in record.headers),
    )
    return Emit(topics.DEAD_LETTERS, source, letter_id, arrived, letter)


def _source_of(record: Record) -> str:
    return _header(record, "ce_source") or "unknown"


def _header(record: Record, name: str) -> str | None:
    """A header's text, cut to 200 characters; None if absent, not UTF-8 or with control characters."""
    value = next((value for key, value in record.headers if key == name), None)
    if not value:
        return None
    try:
        text = value.decode()[:200]
    except UnicodeDecodeError:
        return None
    # The ledger and dead letters hold it as an Id: what is none must not stop them.
    return None if any(character < " " for character in text) else text


def _where(fault: Exception) -> str:
    """Where a fault happened, without its message: that may quote personal data."""
    frames = traceback.extract_tb(fault.__traceback__)[-3:]
    places = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    return f"{type(fault).__name__} in {places}"
