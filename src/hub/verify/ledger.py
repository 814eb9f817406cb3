"""The ledger of loss, recomputed: what feeds received against how it ended, by source and hour."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from hub.contracts.fields import EARLIEST, LATEST
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.signals import CaseAction, Signal
from hub.runtime.codec import decode, decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import READINGS
from hub.verify.coverage import Coverage
from hub.verify.violations import Violation, ViolationKind

COLUMNS = (Tally.ACCEPTED, Tally.REJECTED, Tally.DUPLICATE, Tally.LATE, Tally.DEAD)
"""How a record can end, in the order of the table."""

UNKNOWN_SOURCE = "unknown"
LONGEST_SOURCE = 200

_FIRST_MS = int(EARLIEST.timestamp() * 1000)
_LAST_MS = int(LATEST.timestamp() * 1000) - 1
_TICK = b"hub.ClockTick"
_MADE_BY_HUB = frozenset({b"hub.AlarmAck", _TICK})
_NO_FEEDS = frozenset({b"hub.TownStatus", _TICK})
"""What comes to the towns' log from no feed."""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    """Records of a publisher that arrived on a feed within an hour; a sum has no hour, a replay no feed."""

    feed: str
    source: str
    hour: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One line with its figures; ``waiting`` records are still on their way through the hub."""

    line: Line
    received: int
    ends: Mapping[Tally, int]
    waiting: int = 0

    @property
    def ended(self) -> int:
        """Records that ended, one way or another."""
        return sum(self.ends.values())

    @property
    def imbalance(self) -> int:
        """Records lost (above 0) or counted more often than received (below 0)."""
        return self.received - self.ended - self.waiting


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """The ledger by line, and what is wrong with it.

    ``unchecked`` names feeds that do not keep their oldest records any more, and until when that is so.
    """

    rows: tuple[LedgerRow, ...]
    violations: tuple[Violation, ...]
    unchecked: Mapping[str, datetime]

    @property
    def balanced(self) -> bool:
        """Whether every record received is accounted for."""
        return not self.violations

    @property
    def waiting(self) -> int:
        """Records still on their way through the hub."""
        return sum(row.waiting for row in self.rows)


class LedgerAudit:
    """Recomputes the ledger of a hub that may be at work.

    Give it all entries first, then the towns' log, then the feeds: what came after the entries were read is
    then known to be on its way, and not called lost.
    """

    def __init__(self) -> None:
        self._coverage: defaultdict[tuple[str, int], dict[str, Coverage]] = defaultdict(dict)
        """By topic and partition, of each step that reads them."""
        self._received: Counter[Line] = Counter()
        self._ends: defaultdict[Line, Counter[Tally]] = defaultdict(Counter)
        self._unsettled: set[datetime] = set()
        self._first_hour: dict[tuple[str, int], datetime] = {}
        self._violations: list[Violation] = []

    def take_entry(self, entry: LedgerEntry) -> None:
        """One transaction's account of its input; the entries of a partition in order."""
        where = f"{entry.topic} partition {entry.partition} by {entry.step}"
        readers = self._coverage[entry.topic, entry.partition]
        self._violations += readers.setdefault(entry.step, Coverage(where)).add(entry)
        for count in entry.counts:
            self._ends[Line(count.feed, count.source, count.hour)][count.tally] += count.count

    def take_log_record(self, record: Record) -> None:
        """A record of the towns' log; the records of a partition in order."""
        if self._waits(record) and _header(record, "ce_type") not in _NO_FEEDS:
            self._unsettled.add(_log_hour(record))

    def take_feed_record(self, record: Record) -> None:
        """A record of a feed; the records of a partition in order."""
        hour = _hour(_instant(record.timestamp_ms))
        self._first_hour.setdefault((record.topic, record.partition), hour)
        waits = self._waits(record)
        if _made_by_hub(record):
            return
        self._received[Line(record.topic, _source(record), hour)] += 1
        if waits:
            self._unsettled.add(hour)

    def report(self) -> LedgerReport:
        """The rows by feed, source and hour, and everything that is wrong."""
        for readers in self._coverage.values():
            for coverage in readers.values():
                self._violations += coverage.finish()
        unchecked = self._unchecked()
        rows = tuple(
            self._row(line)
            for line in sorted({*self._received, *self._ends}, key=_by_line)
            if line.feed not in unchecked or line.hour is None or line.hour > unchecked[line.feed]
        )
        return LedgerReport(rows, (*self._violations, *imbalances(rows)), unchecked)

    def _row(self, line: Line) -> LedgerRow:
        received, ends = self._received[line], dict(self._ends[line])
        waiting = max(0, received - sum(ends.values())) if line.hour in self._unsettled else 0
        return LedgerRow(line, received, ends, waiting)

    def _waits(self, record: Record) -> bool:
        """Whether a step that reads the record has yet to handle it; others' entries are held against it."""
        readers = self._coverage[record.topic, record.partition].values()
        waiting = [coverage.is_waiting(record.offset) for coverage in readers]
        for coverage, waits in zip(readers, waiting, strict=True):
            if not waits:
                self._violations += coverage.see(record.offset)
        return not waiting or any(waiting)

    def _unchecked(self) -> dict[str, datetime]:
        """Feeds whose oldest records are deleted, and the last hour that is not whole any more."""
        until: dict[str, datetime] = {}
        for (topic, partition), readers in self._coverage.items():
            if any(coverage.truncated for coverage in readers.values()):
                hours = [line.hour for line in self._ends if line.feed == topic and line.hour is not None]
                newest = max(hours, default=None)
                hour = self._first_hour.get((topic, partition), newest)
                if hour is not None:
                    until[topic] = max(hour, until.get(topic, hour))
        return until


def imbalances(rows: Iterable[LedgerRow]) -> Iterator[Violation]:
    """The rows that don't balance."""
    for row in rows:
        if row.imbalance:
            kind = ViolationKind.RECORDS_LOST if row.imbalance > 0 else ViolationKind.RECORDS_DOUBLED
            yield Violation(kind, _where(row.line), f"received {row.received:,}, ended {row.ended:,}")


def sums_by_source(rows: Iterable[LedgerRow]) -> tuple[LedgerRow, ...]:
    """The rows of all hours of a feed and source in one."""
    grouped: defaultdict[tuple[str, str], list[LedgerRow]] = defaultdict(list)
    for row in rows:
        grouped[row.line.feed, row.line.source].append(row)
    return tuple(_sum(Line(feed, source, None), group) for (feed, source), group in grouped.items())


def _sum(line: Line, rows: Iterable[LedgerRow]) -> LedgerRow:
    ends: Counter[Tally] = Counter()
    received = waiting = 0
    for row in rows:
        received += row.received
        waiting += row.waiting
        ends.update(row.ends)
    return LedgerRow(line, received, dict(ends), waiting)


def _where(line: Line) -> str:
    parts = [line.feed, f"source {line.source}", f"{line.hour:%Y-%m-%d %H:%M} UTC" if line.hour else ""]
    return " ".join(part for part in parts if part)


def _by_line(line: Line) -> tuple[str, str, str]:
    return line.feed, line.source, line.hour.isoformat() if line.hour else ""


def _source(record: Record) -> str:
    """The publisher as the hub's books name it: by header, cut to what a contract holds."""
    value = _header(record, "ce_source")
    try:
        source = (value or b"").decode()[:LONGEST_SOURCE]
    except UnicodeDecodeError:
        return UNKNOWN_SOURCE
    return UNKNOWN_SOURCE if not source or any(character < " " for character in source) else source


def _made_by_hub(record: Record) -> bool:
    """Whether the hub itself put it among the readings; an unreadable one counts as some publisher's."""
    if record.topic != READINGS or _header(record, "ce_type") not in _MADE_BY_HUB:
        return False
    try:
        attributes = read_headers(record.headers)
        decode(attributes.type, attributes.version, record.value or b"")
    except Refused:
        return False
    return True


def _header(record: Record, name: str) -> bytes | None:
    return next((value for key, value in record.headers if key == name), None)


def _log_hour(record: Record) -> datetime:
    """When the record that is waiting on the towns' log arrived on its feed."""
    try:
        attributes = read_headers(record.headers)
        body = decode_trusted(attributes.type, attributes.version, record.value or b"")
    except Refused:
        body = None
    arrived = body.arrived if isinstance(body, Signal | CaseAction) else _instant(record.timestamp_ms)
    return _hour(arrived)


def _instant(millis: int) -> datetime:
    """A record's time; one outside what a contract holds counts as the nearest that it does hold."""
    return datetime.fromtimestamp(min(max(millis, _FIRST_MS), _LAST_MS) / 1000, UTC)


def _hour(time: datetime) -> datetime:
    return time.replace(minute=0, second=0, microsecond=0)
