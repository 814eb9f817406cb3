"""Sets the metrics of the city from the records of its topics."""

import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial

from prometheus_client import Gauge

from hub.contracts.cases import Stage
from hub.contracts.fields import Contract
from hub.contracts.operations import Tally
from hub.contracts.orders import OrderKind, OrderRole, UnitOrder
from hub.contracts.sensing import AlarmKind, AlarmState
from hub.exporters.disputes import Dispute
from hub.exporters.fold import CityFold
from hub.exporters.known import OTHER, KnownNames
from hub.exporters.mission_gauges import MissionGauges
from hub.exporters.score_gauges import ScoreGauges
from hub.exporters.totals import CityTotals
from hub.metrics import HubMetrics
from hub.runtime.codec import decode_trusted
from hub.runtime.headers import read_headers
from hub.runtime.record import Record
from hub.runtime.refused import Refused
from hub.topics import TOPICS

_TIMED_ORDERS = frozenset({OrderKind.NEW, OrderKind.SIGNAL_JOINED})
_STAGES = tuple(stage for stage in Stage if stage is not Stage.UNKNOWN)


class CityGauges:
    """The metrics of one city: ``take`` records in order, then ``publish`` what they come to.

    Nothing shows before the first ``publish``: figures of half a log would be wrong.
    """

    def __init__(
        self, metrics: HubMetrics, known: KnownNames, clock: Callable[[], float] = time.time
    ) -> None:
        self._metrics = metrics
        self._known = known
        self._districts = (*sorted(known.districts), OTHER)
        self._clock = clock
        self._mission = MissionGauges(metrics, known)
        self._scores = ScoreGauges(metrics, known)
        self._fold = CityFold()
        self._published = self._fold.totals()

    @property
    def totals(self) -> CityTotals:
        """The figures as they were last published."""
        return self._published

    def take(self, record: Record, *, live: bool) -> None:
        """Fold one record in; ``live``: it was written just now, so its delay is the hub's own."""
        try:
            value = _value_of(record)
        except Refused:
            self._metrics.unreadable.labels(_topic_label(record.topic)).inc()
            return
        self._fold.add(value, datetime.fromtimestamp(record.timestamp_ms / 1000, UTC))
        if live and isinstance(value, UnitOrder):
            self._time_order(value, record.timestamp_ms)

    def publish(self) -> None:
        """Set every gauge to the figures so far; what is not there is 0."""
        before, self._published = self._published, self._fold.totals()
        now, metrics = self._published, self._metrics
        self._set_cases(now.cases)
        self._set_by_district(metrics.open_cases_warned, now.warned)
        self._set_by_district(metrics.open_cases_breached, now.breached)
        self._set_by_district(metrics.open_cases_unaccountable, now.unaccountable)
        for state in (state for state in AlarmState if state is not AlarmState.UNKNOWN):
            for kind in (kind for kind in AlarmKind if kind is not AlarmKind.UNKNOWN):
                metrics.alarms.labels(state, kind).set(now.alarms.by_state.get((state, kind), 0))
        self._mission.show(now)
        self._scores.show(now.scores)
        self._count_ledger(before.ledger, now.ledger)
        self._count_disputes(before.disputes, now.disputes)
        for feed, difference in now.imbalance().items():
            metrics.ledger_imbalance.labels(_topic_label(feed)).set(difference)
        for feed in now.newest.keys() - before.newest.keys():
            metrics.feed_age_seconds.labels(_topic_label(feed)).set_function(partial(self._age, feed))

    def _set_cases(self, cases: Mapping[tuple[str, Stage], int]) -> None:
        for stage in _STAGES:
            in_stage = {district: count for (district, at), count in cases.items() if at is stage}
            for district, count in self._by_district(in_stage).items():
                self._metrics.cases.labels(stage, district).set(count)

    def _set_by_district(self, gauge: Gauge, counts: Mapping[str, int]) -> None:
        for district, count in self._by_district(counts).items():
            gauge.labels(district).set(count)

    def _by_district(self, counts: Mapping[str, int]) -> dict[str, int]:
        known = dict.fromkeys(self._districts, 0)
        for district, count in counts.items():
            known[district if district in known else OTHER] += count
        return known

    def _count_ledger(
        self, before: Mapping[tuple[str, Tally], int], now: Mapping[tuple[str, Tally], int]
    ) -> None:
        new = Counter(now)
        new.subtract(before)
        for (feed, tally), count in new.items():
            self._metrics.ledger_records.labels(_topic_label(feed), tally).inc(count)

    def _count_disputes(self, before: Mapping[Dispute, int], now: Mapping[Dispute, int]) -> None:
        for one, count in (Counter(now) - Counter(before)).items():
            self._metrics.objections.labels(self._known.unit(one.unit), one.outcome).inc(count)
            self._metrics.objections_by_category.labels(self._known.top(one.category), one.outcome).inc(count)

    def _age(self, feed: str) -> float:
        return max(0.0, self._clock() - self._published.newest[feed].timestamp())

    def _time_order(self, order: UnitOrder, written_ms: int) -> None:
        if order.role is OrderRole.LEAD and order.kind in _TIMED_ORDERS and order.signal_time is not None:
            seconds = max(0.0, written_ms / 1000 - order.signal_time.timestamp())
            self._metrics.ticket_to_order_seconds.labels(order.urgency).observe(seconds)


def _value_of(record: Record) -> Contract:
    attributes = read_headers(record.headers)
    return decode_trusted(attributes.type, attributes.version, record.value or b"")


def _topic_label(topic: str) -> str:
    return topic if topic in TOPICS else OTHER
