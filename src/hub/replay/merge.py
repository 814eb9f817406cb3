"""Files of several publishers as one stream of records, in order of arrival: what a replay feeds on."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from hub import topics
from hub.edges.identity import event_time, feed_record
from hub.edges.profiles import Made, Profile, RowRefused, read_rows
from hub.flow import Emit
from hub.runtime.codec import encode
from hub.runtime.headers import write_headers
from hub.runtime.record import Record

Progress = Callable[[int], None]
"""Hears how many more rows were read."""


@dataclass(frozen=True, slots=True)
class Input:
    """One file and the profile that reads it."""

    path: Path
    profile: Profile


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row of a file that gave no record, and why."""

    file: str
    line: int
    reason: str


@dataclass(slots=True)
class Merged:
    """All records of the inputs in order of arrival, ties by feed and id; and what was counted on the way."""

    records: list[Record] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    rows: int = 0
    received: Counter[str] = field(default_factory=Counter)
    """Records by publisher: what the ledger must account for."""


def merge(inputs: list[Input], until: datetime | None = None, progress: Progress | None = None) -> Merged:
    """Read and order the inputs; records that arrive after ``until`` are left out."""
    merged = Merged()
    entries: list[tuple[int, str, str, Record]] = []
    for source in inputs:
        for made in _rows(source, merged, progress):
            if until is not None and made.arrival > until:
                continue
            record = _record(made)
            identity = feed_record(made.value)
            entries.append((record.timestamp_ms, made.topic, identity.id, record))
            merged.received[identity.source] += 1
    entries.sort(key=lambda entry: entry[:3])
    merged.records = [
        Record(r.topic, 0, offset, r.timestamp_ms, r.key, r.value, r.headers)
        for offset, (_, _, _, r) in enumerate(entries)
    ]
    return merged


def _rows(source: Input, merged: Merged, progress: Progress | None) -> Iterator[Made]:
    for line, row in read_rows(source.path):
        merged.rows += 1
        if progress is not None:
            progress(1)
        try:
            yield from source.profile.records(row)
        except RowRefused as refused:
            merged.bad_rows.append(BadRow(source.path.name, line, str(refused)))


def _record(made: Made) -> Record:
    """The record as a publisher would send it, encoded."""
    value = feed_record(made.value)
    emit = Emit(made.topic, made.key, value.id, event_time(value), made.value)
    headers = write_headers(topics.TOPICS[made.topic], emit, source=value.source, causation=None)
    stamp = round(made.arrival.astimezone(UTC).timestamp() * 1000)
    return Record(made.topic, 0, 0, stamp, made.key.encode(), encode(made.value), tuple(headers))
