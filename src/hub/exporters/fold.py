"""Folds what the hub says into figures of the city: same records in the same order, same figures. Pure."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TypeVar

from hub.contracts.cases import ENDED, CaseEvent, ClockKind, EventKind, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.orders import OrderKind, UnitOrder
from hub.contracts.sensing import Alarm, AlarmKind, AlarmState
from hub.contracts.signals import ClockTick
from hub.exporters.disputes import Disputes
from hub.exporters.totals import CityTotals, Decision, SourceHour
from hub.topics import ALARMS, EVENTS, LEDGER, ORDERS, TOPICS

FOLDED_TOPICS = (EVENTS, ALARMS, LEDGER, ORDERS)
"""The topics whose records the fold takes. Cases come from their events alone, so that stage, clocks and
accountable unit of a case are always of the same moment."""

HOURS_KEPT = timedelta(hours=48)
"""How far back the ledger's single hours are kept, from the newest one; sums are kept whole."""

_FEEDS_IN_STEPS = frozenset(
    topic.name for topic in TOPICS.values() if topic.feed and ClockTick not in topic.contracts
)
_RUNS_IN: Mapping[str, frozenset[Stage]] = MappingProxyType(
    {
        ClockKind.SIGN_FOR: frozenset({Stage.DISPATCHED}),
        ClockKind.REVIEW: frozenset({Stage.OBJECTED}),
        ClockKind.CONSULT: frozenset({Stage.CONSULTING}),
        ClockKind.ARRIVE: frozenset({Stage.WHISTLED}),
        ClockKind.COSIGN: frozenset({Stage.COSIGNING}),
        ClockKind.CALLBACK: frozenset({Stage.RESOLVED}),
        ClockKind.RESOLVE: frozenset(Stage) - ENDED - {Stage.COSIGNING, Stage.RESOLVED},
        ClockKind.EXTENSION: frozenset(Stage) - ENDED - {Stage.COSIGNING, Stage.RESOLVED},
    }
)
"""In which stages a limit that warned or passed still matters; others do as long as a case is open."""

Key = TypeVar("Key")


@dataclass(slots=True)
class _OpenCase:
    district: str
    stage: Stage
    accountable: bool
    warned: set[str] = field(default_factory=set)
    breached: set[str] = field(default_factory=set)


class CityFold:
    """Takes records one by one; ``totals`` gives the figures so far.

    Memory grows with open cases, sensors and the ledger's newest hours, not with the length of the topics.
    """

    def __init__(self, decisions: int = 50) -> None:
        self._open: dict[str, _OpenCase] = {}
        self._cases: Counter[tuple[str, Stage]] = Counter()
        self._warned: Counter[str] = Counter()
        self._breached: Counter[str] = Counter()
        self._unaccountable: Counter[str] = Counter()
        self._alarms: dict[tuple[str, str, AlarmKind], AlarmState] = {}
        self._disputes = Disputes()
        self._orders: Counter[OrderKind] = Counter()
        self._ledger: Counter[tuple[str, Tally]] = Counter()
        self._hours: defaultdict[SourceHour, Counter[Tally]] = defaultdict(Counter)
        self._newest_hour: datetime | None = None
        self._taken: Counter[str] = Counter()
        self._newest: dict[str, datetime] = {}
        self._decisions: deque[Decision] = deque(maxlen=decisions)

    def add(self, value: Contract, written: datetime) -> None:
        """Take in one record and when it was written; other contracts than these four change nothing."""
        match value:
            case CaseEvent():
                self._add_event(value)
            case Alarm():
                self._alarms[value.gateway, value.sensor, value.kind] = value.state
            case LedgerEntry():
                self._add_entry(value, written)
            case UnitOrder():
                self._orders[value.kind] += 1

    def totals(self) -> CityTotals:
        """The figures so far, unchanged by what comes later."""
        return CityTotals(
            cases=_frozen(self._cases),
            warned=_frozen(self._warned),
            breached=_frozen(self._breached),
            unaccountable=_frozen(self._unaccountable),
            disputes=_frozen(self._disputes.counts),
            alarms=_frozen(Counter((state, key[2]) for key, state in self._alarms.items())),
            orders=_frozen(self._orders),
            ledger=_frozen(self._ledger),
            hours=MappingProxyType({hour: _frozen(counts) for hour, counts in self._hours.items()}),
            taken=_frozen(self._taken),
            newest=MappingProxyType(dict(self._newest)),
            decisions=tuple(self._decisions),
        )

    def _add_event(self, event: CaseEvent) -> None:
        before = self._open.pop(event.case_id, None)
        if before is not None:
            self._count(before, -1)
        elif event.seq > 0:
            self._cases[event.district, _was_over(event)] -= 1  # all is read from the beginning
        if event.stage in ENDED:
            self._cases[event.district, event.stage] += 1
        else:
            after = self._open[event.case_id] = _changed(before, event)
            self._count(after, 1)
        self._disputes.take(event)
        self._decisions.extend(_decisions(event))

    def _count(self, case: _OpenCase, sign: int) -> None:
        self._cases[case.district, case.stage] += sign
        self._breached[case.district] += sign * bool(case.breached)
        self._warned[case.district] += sign * bool(case.warned and not case.breached)
        self._unaccountable[case.district] += sign * (not case.accountable)

    def _add_entry(self, entry: LedgerEntry, written: datetime) -> None:
        if entry.topic in _FEEDS_IN_STEPS:
            self._taken[entry.topic] += entry.records
            self._see(entry.topic, written)
        for count in entry.counts:
            self._ledger[count.feed, count.tally] += count.count
            self._hours[SourceHour(count.feed, count.source, count.hour)][count.tally] += count.count
            if count.feed == entry.topic:
                self._see(count.feed, written)
            self._forget_hours(count.hour)

    def _see(self, feed: str, written: datetime) -> None:
        self._newest[feed] = max(written, self._newest.get(feed, written))

    def _forget_hours(self, hour: datetime) -> None:
        if self._newest_hour is not None and hour <= self._newest_hour:
            return
        self._newest_hour = hour
        for line in [line for line in self._hours if line.hour <= hour - HOURS_KEPT]:
            del self._hours[line]


def _changed(before: _OpenCase | None, event: CaseEvent) -> _OpenCase:
    """An open case after an event: which of its limits have warned or are breached, who answers for it."""
    warned = set(before.warned) if before else set()
    breached = set(before.breached) if before else set()
    # The id of a clock's event is the clock's kind and what it did.
    clock = event.source_id.split("/", 1)[0]
    for move in event.moves:
        if move.kind is EventKind.WARNED:
            warned.add(clock)
        elif move.kind is EventKind.BREACHED:
            warned.discard(clock)
            breached.add(clock)
    over = {kind for kind, stages in _RUNS_IN.items() if event.stage not in stages}
    lead = event.lead_unit
    accountable = bool(lead) and lead not in event.assist_units
    return _OpenCase(event.district, event.stage, accountable, warned - over, breached - over)


def _was_over(event: CaseEvent) -> Stage:
    """How a case was over that goes on, or is told of again."""
    if any(move.kind is EventKind.RESTORED for move in event.moves):
        return Stage.JOINED
    return event.stage if event.stage in ENDED else Stage.CLOSED


def _decisions(event: CaseEvent) -> Iterator[Decision]:
    for move in event.moves:
        yield Decision(
            at=event.at,
            case_id=event.case_id,
            kind=move.kind,
            reason=move.reason,
            detail=move.detail,
            district=event.district,
            category=event.category,
            lead_unit=event.lead_unit,
        )


def _frozen(counts: Mapping[Key, int]) -> Mapping[Key, int]:
    return MappingProxyType({key: count for key, count in counts.items() if count})
