"""One signal of a town: it is counted, it may make or raise a warning, and older ones teach what is usual."""

from bisect import bisect_right, insort
from datetime import datetime, timedelta
from typing import NamedTuple

from hub.contracts.case_parts import CaseTag
from hub.contracts.cases import CaseEvent
from hub.contracts.fields import Feed
from hub.contracts.surges import GroupNorm, GroupTrace, PartitionNorm, Recent, RecentKind
from hub.contracts.trusted import altered, trusted
from hub.domain.surges.counting import LONGEST
from hub.domain.surges.judging import UNUSUAL, Judged, Usual, judge, near_share, spread
from hub.domain.surges.learning import heard, taught_norm, with_pair, with_spread
from hub.domain.surges.rates import faded, rate_of
from hub.domain.surges.season import Season
from hub.domain.warnings.tables import NORMS, PARTITION, TRACES, WHOLE, Watch, trace_key
from hub.flow import Change, State, put

_make_recent = trusted(Recent)
_make_trace = trusted(GroupTrace)

KINDS = {
    Feed.HOTLINE: RecentKind.COMPLAINT,
    Feed.GRID: RecentKind.COMPLAINT,
    Feed.SENSOR: RecentKind.ALARM,
    Feed.INSPECTION: RecentKind.HAZARD,
}
"""What a signal of each feed is; those of others count nowhere."""


class Seen(NamedTuple):
    """A group's trace with the newest signal in it, what it makes, and the rows that have changed."""

    trace: GroupTrace
    signal: Recent
    judged: Judged | None
    norm: PartitionNorm
    changes: tuple[Change, ...]


def watch_signal(watch: Watch, state: State, event: CaseEvent, group: str, now: datetime) -> Seen:
    """Count a signal in its group; ``event.happened`` is its event time."""
    signal = _recent(event)
    norm = state.get(PARTITION, WHOLE)
    every, own = state.get(NORMS, WHOLE), state.get(NORMS, group)
    if signal.kind is RecentKind.COMPLAINT or norm is None:
        of_all = Season(every, every)
        norm = heard(watch.rules.surges, norm, of_all, event.town, event.feed, signal.at, watch.zone)
    trace = _with(state.get(TRACES, trace_key(event.town, group)), event.town, group, signal)
    taught = teach(watch, Norms(norm, every, own), trace, now)
    trace, norms = taught
    judged = None
    stale = timedelta(hours=watch.rules.surges.stale_hours)
    if signal.kind is RecentKind.COMPLAINT and now - signal.at <= stale:
        share = watch.share_of(event.town, norms.partition.towns)
        rate = rate_of(watch.rules.surges, norms.partition, norms.own, trace, share, signal.at)
        season, near = Season(norms.own, norms.every), near_share(norms.partition)
        usual = Usual(rate, season, near, norms.partition, watch.zone)
        end = bisect_right(trace.recent, signal.at, key=lambda one: one.at) - 1
        judged = judge(watch.rules.surges, usual, trace.recent, end)
        warm = signal.at - norms.partition.started >= timedelta(hours=watch.rules.surges.warm_up_hours)
        judged = judged if warm else None
        if judged is not None and judged.surge.p_value <= UNUSUAL:
            trace = _marked(trace, judged, timedelta(hours=watch.rules.surges.guard_hours))
        elif norms.own is not None:
            others, expected = spread(watch.rules.surges, usual, trace.recent, end)
            norms = norms._replace(own=with_spread(norms.own, others, expected))
    return Seen(trace, signal, judged, norms.partition, changes_of(norms, group))


class Norms(NamedTuple):
    """What is usual in a partition: as a whole, of all groups, of one group."""

    partition: PartitionNorm
    every: GroupNorm | None
    own: GroupNorm | None


def changes_of(norms: Norms, group: str) -> tuple[Change, ...]:
    """The rows of what is usual, to be written."""
    changes: list[Change] = [put(PARTITION, WHOLE, norms.partition)]
    if norms.every is not None:
        changes.append(put(NORMS, WHOLE, norms.every))
    if norms.own is not None:
        changes.append(put(NORMS, group, norms.own))
    return tuple(changes)


def _recent(event: CaseEvent) -> Recent:
    return _make_recent(
        at=event.happened or event.at,
        kind=KINDS[event.feed],
        cell=event.cell,
        category=event.signal_category or event.category,
        case_id=event.case_id,
        repeat=CaseTag.REPEAT in event.tags,
    )


def _with(trace: GroupTrace | None, town: str, group: str, signal: Recent) -> GroupTrace:
    """The trace with a signal in its place by event time; of too many the oldest are forgotten."""
    if trace is None:
        return _make_trace(
            town=town, group=group, recent=(signal,), updated=signal.at, restless=None, due=signal.at
        )
    recent = list(trace.recent)
    insort(recent, signal, key=lambda one: one.at)
    over = max(0, len(recent) - LONGEST)
    return altered(trace, recent=tuple(recent[over:]), taught=max(0, trace.taught - over))


def teach(watch: Watch, norms: Norms, trace: GroupTrace, now: datetime) -> tuple[GroupTrace, Norms]:
    """Let signals that are past the guard teach, and forget those that no window reaches any more."""
    rules = watch.rules.surges
    guard = timedelta(hours=rules.guard_hours)
    horizon = timedelta(minutes=max((*rules.quick_min, *rules.slow_min)))
    at, partition, every, own = trace.taught, norms.partition, norms.every, norms.own
    level, updated = trace.level, trace.updated
    while at < len(trace.recent) and trace.recent[at].at <= now - guard:
        signal = trace.recent[at]
        if signal.kind is RecentKind.COMPLAINT and (not signal.unusual or _lasts(watch, trace, signal)):
            newest = max(updated, signal.at)
            level, updated = faded(level, updated, newest, rules.half_life_days) + 1.0, newest
            every = taught_norm(every, signal, watch.zone, rules.half_life_days)
            own = taught_norm(own, signal, watch.zone, rules.half_life_days)
            partition = with_pair(partition, signal, trace.recent[0], rules.near_cells)
        at += 1
    old = sum(1 for signal in trace.recent[:at] if signal.at < now - max(horizon, guard))
    last = trace.recent[-1].at if trace.recent else now
    taught = altered(
        trace,
        recent=trace.recent[old:],
        taught=at - old,
        level=level,
        updated=updated,
        due=max(last, now) + max(horizon, guard),
    )
    return taught, Norms(partition, every, own)


def _lasts(watch: Watch, trace: GroupTrace, signal: Recent) -> bool:
    """Whether a signal is unusual as those before it have been for so long that they are the new usual."""
    lasting = timedelta(hours=watch.rules.surges.lasting_hours)
    return trace.restless is not None and signal.at - trace.restless >= lasting


def _marked(trace: GroupTrace, judged: Judged, guard: timedelta) -> GroupTrace:
    """The signals of an unlikely count teach nothing later, unless such counts last."""
    before = [one.at for one in trace.recent if one.unusual and one.at < judged.surge.at]
    goes_on = trace.restless is not None and before and judged.surge.at - before[-1] <= guard
    recent = tuple(
        altered(one, unusual=True) if judged.began <= one.at <= judged.surge.at and not one.unusual else one
        for one in trace.recent
    )
    return altered(trace, recent=recent, restless=trace.restless if goes_on else judged.surge.at)
