"""Verifies a hub on Kafka from its topics alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.fields import Contract
from hub.contracts.operations import LedgerEntry
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import EVENTS, LEDGER, SIGNALS, STATE, TOPICS
from hub.verify.accountability import CaseLives
from hub.verify.checks import Check, Verification
from hub.verify.ledger import LedgerAudit, LedgerReport
from hub.verify.violations import Violation, ViolationKind

FEEDS = tuple(sorted(topic.name for topic in TOPICS.values() if topic.feed))


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the topics of a hub are."""

    brokers: str
    prefix: str = ""

    def read(self, topics: Sequence[str]) -> Iterator[Record]:
        """All records of topics as of now. Raises HubError where the cluster does not answer."""
        return read_whole(self.brokers, topics, prefix=self.prefix)


def verify_cluster(cluster: Cluster) -> Verification:
    """Every check, on a hub that may be at work meanwhile."""
    ledger = audit_ledger(cluster)
    found = f"{sum(row.received for row in ledger.rows):,} records, {ledger.waiting:,} on their way"
    return Verification((Check("ledger", found, ledger.violations), *_check_cases(cluster)), ledger)


def audit_ledger(cluster: Cluster) -> LedgerReport:
    """The ledger, recomputed from feeds, towns' log and entries; what seems wrong is looked at twice.

    A transaction becomes visible on one topic a moment before it does on another.
    """
    report = _audit(cluster)
    return report if report.balanced else _audit(cluster)


def _audit(cluster: Cluster) -> LedgerReport:
    audit = LedgerAudit()
    unreadable: list[Violation] = []
    for record in cluster.read([LEDGER]):
        entry = _value(record, unreadable)
        if isinstance(entry, LedgerEntry):
            audit.take_entry(entry)
    for record in cluster.read([SIGNALS]):
        audit.take_log_record(record)
    for record in cluster.read(FEEDS):
        audit.take_feed_record(record)
    report = audit.report()
    return LedgerReport(report.rows, (*unreadable, *report.violations), report.unchecked)


def _check_cases(cluster: Cluster) -> tuple[Check, Check]:
    """Lives and states; states are read first, so that each must have its event."""
    wrong_states: list[Violation] = []
    wrong_events: list[Violation] = []
    newest: dict[str, CaseState] = {}
    for record in cluster.read([STATE]):
        state = _value(record, wrong_states)
        if isinstance(state, CaseState):
            newest[state.case_id] = state
    lives = CaseLives()
    events = 0
    for record in cluster.read([EVENTS]):
        event = _value(record, wrong_events)
        if isinstance(event, CaseEvent):
            events += 1
            wrong_events += lives.take(event)
    wrong_states += lives.compare(newest.values(), complete=False)
    return (
        Check("accountability", f"{events:,} events of {len(lives):,} cases", tuple(wrong_events)),
        Check("states", f"{len(newest):,} states", tuple(wrong_states)),
    )


def _value(record: Record, unreadable: list[Violation]) -> Contract | None:
    try:
        attributes = read_headers(record.headers)
        return decode_trusted(attributes.type, attributes.version, record.value or b"")
    except Refused as refused:
        where = f"{record.topic} partition {record.partition} offset {record.offset}"
        unreadable.append(Violation(ViolationKind.LINE_UNREADABLE, where, str(refused)))
        return None
