"""Folds what the hub says into figures of the city: same records in the same order, same figures. Pure."""

from collections import Counter, defaultdict, deque
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import MappingProxyType

from hub.contracts.cases import ENDED, CaseEvent, EventKind, Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import LedgerEntry, Tally
from hub.contracts.orders import OrderKind, UnitOrder
from hub.contracts.scores import ScoreCell
from hub.contracts.sensing import Alarm
from hub.contracts.signals import ClockTick
from hub.contracts.warnings import Warning
from hub.exporters.disputes import Disputes
from hub.exporters.open_cases import OpenCase, OpenCounts, changed, frozen_counts
from hub.exporters.score_windows import ScoreWindows
from hub.exporters.sensors import AlarmFold
from hub.exporters.totals import CityTotals, Decision, SourceHour
from hub.exporters.watched_warnings import WarningFold
from hub.topics import ALARMS, EVENTS, LEDGER, ORDERS, SCORES_DAILY, TOPICS, WARNINGS

FOLDED_TOPICS = (EVENTS, ALARMS, WARNINGS, SCORES_DAILY, LEDGER, ORDERS)
"""The topics whose records the fold takes. Cases come from their events alone, so that stage, clocks and
accountable unit of a case are always of the same moment."""

HOURS_KEPT = timedelta(hours=48)
"""How far back the ledger's single hours are kept, from the newest one; sums are kept whole."""

_FEEDS_IN_STEPS = frozenset(
    topic.name for topic in TOPICS.values() if topic.feed and ClockTick not in topic.contracts
)


class CityFold:
    """Takes records one by one; ``totals`` gives the figures so far.

    Memory grows with open cases, sensors, a month's scores and warnings, and the ledger's newest hours, not
    with the length of the topics.
    """

    def __init__(self, decisions: int = 50) -> None:
        self._open: dict[str, OpenCase] = {}
        self._open_counts = OpenCounts()
        self._cases: Counter[tuple[str, Stage]] = Counter()
        self._warned: Counter[str] = Counter()
        self._breached: Counter[str] = Counter()
        self._unaccountable: Counter[str] = Counter()
        self._moves: Counter[tuple[EventKind, str]] = Counter()
        self._opened: Counter[tuple[str, str]] = Counter()
        self._alarms = AlarmFold()
        self._warnings = WarningFold()
        self._scores = ScoreWindows()
        self._disputes = Disputes()
        self._orders: Counter[OrderKind] = Counter()
        self._ledger: Counter[tuple[str, Tally]] = Counter()
        self._hours: defaultdict[SourceHour, Counter[Tally]] = defaultdict(Counter)
        self._newest_hour: datetime | None = None
        self._taken: Counter[str] = Counter()
        self._newest: dict[str, datetime] = {}
        self._decisions: deque[Decision] = deque(maxlen=decisions)

    def add(self, value: Contract, written: datetime) -> None:
        """Take in one record and when it was written; other contracts than these change nothing."""
        match value:
            case CaseEvent():
                self._add_event(value)
            case Alarm():
                self._alarms.take(value)
            case Warning():
                self._warnings.take(value)
            case ScoreCell():
                self._scores.take(value)
            case LedgerEntry():
                self._add_entry(value, written)
            case UnitOrder():
                self._orders[value.kind] += 1

    def totals(self) -> CityTotals:
        """The figures so far, unchanged by what comes later."""
        return CityTotals(
            cases=frozen_counts(self._cases),
            warned=frozen_counts(self._warned),
            breached=frozen_counts(self._breached),
            unaccountable=frozen_counts(self._unaccountable),
            disputes=frozen_counts(self._disputes.counts),
            open=self._open_counts.figures(),
            moves=frozen_counts(self._moves),
            opened=frozen_counts(self._opened),
            alarms=self._alarms.figures(),
            warnings=self._warnings.figures(),
            scores=self._scores.figures(),
            orders=frozen_counts(self._orders),
            ledger=frozen_counts(self._ledger),
            hours=MappingProxyType({hour: frozen_counts(counts) for hour, counts in self._hours.items()}),
            taken=frozen_counts(self._taken),
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
            after = self._open[event.case_id] = changed(before, event)
            self._count(after, 1)
        for move in event.moves:
            self._moves[move.kind, event.district] += 1
            if move.kind is EventKind.OPENED:
                self._opened[event.category, event.district] += 1
        self._disputes.take(event)
        self._decisions.extend(_decisions(event))

    def _count(self, case: OpenCase, sign: int) -> None:
        self._cases[case.district, case.stage] += sign
        self._open_counts.count(case, sign)
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
