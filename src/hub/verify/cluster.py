"""Verifies a hub on Kafka from its topics alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hub.contracts.cases import CaseEvent, CaseState
from hub.contracts.fields import Contract
from hub.contracts.operations import DeadLetter, LedgerEntry
from hub.contracts.orders import UnitOrder
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.reader import read_whole
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import DEAD_LETTERS, EVENTS, LEDGER, ORDERS, SIGNALS, STATE, TOPICS, unit_orders
from hub.verify.accountability import CaseLives
from hub.verify.checks import Check, Verification
from hub.verify.ledger import LedgerAudit, LedgerReport
from hub.verify.letters import LetterAudit
from hub.verify.orders import OrderAudit
from hub.verify.privacy import NAMELESS, OPEN, PseudonymAudit, personal_data
from hub.verify.timing import PartitionTimes
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
    letters = _check_letters(cluster, ledger)
    orders, wrong_orders = _take_orders(cluster)
    cases = _CaseChecks()
    cases.read(cluster)
    wrong_orders += orders.finish(cases.last_seq)
    told = f"{len(orders):,} orders, {orders.waiting:,} on their way"
    checks = (
        Check("ledger", found, ledger.violations),
        *cases.checks(),
        Check("orders", told, tuple(wrong_orders)),
        letters,
        _check_privacy(cluster),
    )
    return Verification(checks, ledger)


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


class _CaseChecks:
    """Lives, states and clocks; states are read first, so that each must have its event."""

    def __init__(self) -> None:
        self.last_seq: dict[str, int] = {}
        self._lives = CaseLives()
        self._times = PartitionTimes()
        self._events = 0
        self._newest: dict[str, CaseState] = {}
        self._wrong_states: list[Violation] = []
        self._wrong_events: list[Violation] = []
        self._wrong_times: list[Violation] = []

    def read(self, cluster: Cluster) -> None:
        for record in cluster.read([STATE]):
            state = _value(record, self._wrong_states)
            if isinstance(state, CaseState):
                self._newest[state.case_id] = state
        for record in cluster.read([EVENTS]):
            event = _value(record, self._wrong_events)
            if isinstance(event, CaseEvent):
                self._take(record.partition, event)
        self._wrong_states += self._lives.compare(self._newest.values(), complete=False)

    def _take(self, partition: int, event: CaseEvent) -> None:
        self._events += 1
        self._wrong_events += self._lives.take(event)
        self._wrong_times += self._times.take(partition, event)
        self.last_seq[event.case_id] = max(event.seq, self.last_seq.get(event.case_id, 0))

    def checks(self) -> tuple[Check, Check, Check]:
        lives = f"{self._events:,} events of {len(self._lives):,} cases"
        return (
            Check("accountability", lives, tuple(self._wrong_events)),
            Check("states", f"{len(self._newest):,} states", tuple(self._wrong_states)),
            Check("clocks", f"{len(self._times):,} that rang", tuple(self._wrong_times)),
        )


def _take_orders(cluster: Cluster) -> tuple[OrderAudit, list[Violation]]:
    """Orders and deliveries; deliveries are read first, so that each must have its order."""
    audit = OrderAudit()
    wrong: list[Violation] = []
    units = {(record.key or b"").decode("utf-8", "replace") for record in cluster.read([ORDERS])}
    delivered = [unit_orders(unit).name for unit in sorted(units)]
    for topics, take in ((delivered, audit.take_delivered), ([ORDERS], audit.take_made)):
        for record in cluster.read(topics) if topics else ():
            order = _value(record, wrong)
            if isinstance(order, UnitOrder):
                wrong += take(read_headers(record.headers).id, order)
    return audit, wrong


def _check_letters(cluster: Cluster, ledger: LedgerReport) -> Check:
    """Dead letters against the ledger, which was read before, and the records that they bury."""
    audit = LetterAudit()
    wrong: list[Violation] = []
    for record in cluster.read([DEAD_LETTERS]):
        letter = _value(record, wrong)
        if isinstance(letter, DeadLetter):
            wrong += audit.take_letter(letter)
    sources = sorted(audit.topics & TOPICS.keys())
    for record in cluster.read(sources) if sources else ():
        wrong += audit.take_record(record)
    wrong += audit.compare(ledger.rows)
    return Check("dead letters", f"{len(audit):,} letters", tuple(wrong))


def _check_privacy(cluster: Cluster) -> Check:
    wrong: list[Violation] = []
    unreadable: list[Violation] = []
    count = 0
    pseudonyms = PseudonymAudit()
    for record in cluster.read(OPEN):
        body = _value(record, unreadable)  # other checks tell of those that can't be read
        if body is not None:
            count += 1
            where = f"{record.topic} partition {record.partition} offset {record.offset}"
            wrong += personal_data(where, body)
            if record.topic in NAMELESS:
                pseudonyms.take(where, body, record.value)
    wrong += pseudonyms.finish()
    return Check("privacy", f"{count:,} records of {len(OPEN)} topics", tuple(wrong))


def _value(record: Record, unreadable: list[Violation]) -> Contract | None:
    try:
        attributes = read_headers(record.headers)
        return decode_trusted(attributes.type, attributes.version, record.value or b"")
    except Refused as refused:
        where = f"{record.topic} partition {record.partition} offset {record.offset}"
        unreadable.append(Violation(ViolationKind.LINE_UNREADABLE, where, str(refused)))
        return None
