"""The warnings step: events of cases make surges, surges and other evidence make warnings. One town's log."""

from datetime import datetime, timedelta

from hub import topics
from hub.contracts.cases import ENDED, CaseEvent
from hub.contracts.fields import Contract, Feed
from hub.contracts.reasons import Reason
from hub.contracts.surges import GroupTrace, OpenWarning, RecentKind
from hub.contracts.trusted import altered
from hub.contracts.warnings import Warning
from hub.domain.surges.judging import UNUSUAL
from hub.domain.surges.rates import faded, tests_per_day
from hub.domain.warnings import verdicts
from hub.domain.warnings.raising import heightened, raised, rank
from hub.domain.warnings.reports import report_of
from hub.domain.warnings.tables import (
    NORMS,
    PARTITION,
    SOURCE,
    TRACES,
    WARNINGS,
    WARNINGS_BY_PROACTIVE,
    WHOLE,
    Watch,
    case_group,
    report_group,
    trace_key,
)
from hub.domain.warnings.watching import KINDS, Norms, Seen, changes_of, teach, watch_signal
from hub.flow import Arrival, Change, Delete, Emit, Origin, Outcome, State, Table, put

_FORGOTTEN_LEVEL = 0.2
"""A group with less than this in a town is as one that was never heard of."""


def time_shown(body: Contract, _: Arrival) -> datetime | None:
    """The log time of an event."""
    return body.at if isinstance(body, CaseEvent) else None


def origin_of(_: Contract, arrival: Arrival) -> Origin:
    """Events are the hub's own: the ledger counts none of them again."""
    return Origin(arrival.topic, arrival.source, arrival.arrived, counted=False)


def handle(watch: Watch, state: State, body: Contract, arrival: Arrival, now: datetime) -> Outcome:
    """One event of a case: a signal counts, an end of a proactive case is a verdict, others are nothing."""
    if not isinstance(body, CaseEvent):
        return Outcome(Reason.WRONG_CONTRACT, detail=f"warnings take no {type(body).__name__}")
    if body.feed is Feed.PROACTIVE:
        return _proactive(watch, state, body)
    if body.feed in KINDS and body.happened is not None:
        return _signal(watch, state, body, now)
    if body.stage in ENDED:
        return _ended_case(watch, state, body)
    return Outcome(Reason.NOTHING_TO_WARN_OF)


def _signal(watch: Watch, state: State, event: CaseEvent, now: datetime) -> Outcome:
    group = watch.group_of(event.signal_category or event.category)
    if group is None:
        return Outcome(Reason.NOTHING_TO_WARN_OF)
    seen = watch_signal(watch, state, event, group, now)
    limit = _limit(watch, state, seen, now)
    row = state.get(WARNINGS, seen.trace.warning) if seen.trace.warning else None
    surge = seen.judged.surge if seen.judged and seen.judged.surge.p_value <= limit else None
    if row is not None:
        if not _belongs(seen):
            return _counted(seen)
        after = heightened(watch, row, seen.signal, surge, limit, now)
        after = altered(after, warning=verdicts.by_complaints(watch.rules, after.warning, now))
    elif now - seen.signal.at > timedelta(hours=watch.rules.surges.stale_hours):
        return _counted(seen)
    else:
        began = seen.judged.began if seen.judged and surge else None
        found = raised(watch, event, group, seen.trace.recent, surge, began, limit, now)
        if found is None:
            return _counted(seen)
        after = found
    return _told(watch, row, after, seen, now)


def _belongs(seen: Seen) -> bool:
    """Whether a signal belongs to a warning that goes on: alarms, hazards, and complaints beyond usual."""
    if seen.signal.kind is not RecentKind.COMPLAINT:
        return True
    return seen.judged is not None and seen.judged.surge.p_value <= UNUSUAL


def _limit(watch: Watch, state: State, seen: Seen, now: datetime) -> float:
    """The p-value below which a count is a surge: by chance as often as the pack allows in a city's day."""
    rules = watch.rules.surges
    every = state.get(NORMS, WHOLE)
    return rules.false_alarms_per_day / tests_per_day(rules, seen.norm, every, len(watch.city.towns), now)


def _counted(seen: Seen) -> Outcome:
    key = trace_key(seen.trace.town, seen.trace.group)
    return Outcome(Reason.SIGNAL_COUNTED, changes=(put(TRACES, key, seen.trace), *seen.changes))


def _told(watch: Watch, before: OpenWarning | None, after: OpenWarning, seen: Seen, now: datetime) -> Outcome:
    """The warning as it is now, its row, and its proactive report once it has the colour for one."""
    warning = after.warning if before is None else _next(after.warning)
    emits: list[Emit] = []
    least = watch.rules.proactive_from
    if warning.report is None and least is not None and rank(warning.colour) >= rank(least):
        emits.append(report_of(watch.city, warning, now))
        warning = altered(warning, report=warning.warning_id)
    trace = altered(seen.trace, warning=warning.warning_id)
    key = trace_key(trace.town, trace.group)
    row = _row(watch, altered(after, warning=warning))
    reason = Reason.WARNING_RAISED if before is None else Reason.WARNING_HEIGHTENED
    changes: tuple[Change, ...] = (put(TRACES, key, trace), *seen.changes, row)
    return Outcome(reason, (_emit(warning), *emits), changes)


def _next(warning: Warning) -> Warning:
    """The warning as its next version."""
    return altered(warning, seq=warning.seq + 1)


def _emit(warning: Warning) -> Emit:
    record = f"{warning.warning_id}/{warning.seq}"
    return Emit(topics.WARNINGS, warning.warning_id, record, warning.changed, warning, warning.proactive_case)


def _row(watch: Watch, row: OpenWarning) -> Change:
    """The row to keep, or its end where nothing more is expected of it."""
    due = verdicts.next_due(watch.rules, row)
    if due is None:
        return Delete(WARNINGS, row.warning.warning_id)
    return put(WARNINGS, row.warning.warning_id, altered(row, due=due))


def _proactive(watch: Watch, state: State, event: CaseEvent) -> Outcome:
    """A proactive signal counts nowhere; a warning's own tells which case it opened or joined."""
    if event.source != SOURCE:
        return Outcome(Reason.NOTHING_TO_WARN_OF)
    for _, row in state.scan(WARNINGS_BY_PROACTIVE, report_group(event.source_id)):
        was = row.warning
        warning = _next(altered(was, changed=event.at, proactive_case=event.case_id))
        changes = (_row(watch, altered(row, warning=warning)),)
        return Outcome(Reason.WARNING_HEIGHTENED, (_emit(warning),), changes)
    return Outcome(Reason.NOTHING_TO_WARN_OF)


def _ended_case(watch: Watch, state: State, event: CaseEvent) -> Outcome:
    for _, row in state.scan(WARNINGS_BY_PROACTIVE, case_group(event.case_id)):
        warning = verdicts.by_case(row.warning, event)
        if warning is not row.warning:
            warning = _next(warning)
            changes = (_row(watch, altered(row, warning=warning)),)
            return Outcome(Reason.WARNING_JUDGED, (_emit(warning),), changes)
    return Outcome(Reason.NOTHING_TO_WARN_OF)


def fire(watch: Watch, state: State, table: Table[Contract], key: str, due: datetime) -> Outcome:
    """A warning is quiet, or judged by time; a group's signals are old enough to teach."""
    if table.name == WARNINGS.name:
        row = state.get(WARNINGS, key)
        assert row is not None, "a due warning is in its table"
        return _ring(watch, state, row, due)
    trace = state.get(TRACES, key)
    assert trace is not None, "a due trace is in its table"
    return _age(watch, state, trace, key, due)


def _ring(watch: Watch, state: State, row: OpenWarning, due: datetime) -> Outcome:
    was = row.warning
    quiet = timedelta(hours=watch.rules.quiet_hours)
    warning = verdicts.ended(was, due) if due - max(row.newest, was.raised) >= quiet else was
    warning = verdicts.by_time(watch.rules, warning, due)
    changes: list[Change] = []
    key = trace_key(was.town, was.group)
    trace = state.get(TRACES, key)
    if warning.ended is not None and trace is not None and trace.warning == was.warning_id:
        changes.append(put(TRACES, key, altered(trace, warning=None)))
    if warning is not was:
        warning = _next(warning)
    after = altered(row, warning=warning)
    next_due = verdicts.next_due(watch.rules, after)
    over = next_due is None or next_due <= due
    changes.append(Delete(WARNINGS, was.warning_id) if over else _row(watch, after))
    emits = (_emit(warning),) if warning is not was else ()
    return Outcome(Reason.WARNING_JUDGED, emits, tuple(changes))


def _age(watch: Watch, state: State, trace: GroupTrace, key: str, due: datetime) -> Outcome:
    """Nothing was said for days: what was teaches, and what is hardly anything is forgotten."""
    partition = state.get(PARTITION, WHOLE)
    assert partition is not None, "who has traces has heard signals"
    norms = Norms(partition, state.get(NORMS, WHOLE), state.get(NORMS, trace.group))
    aged, norms = teach(watch, norms, trace, due)
    rules = watch.rules.surges
    level = faded(aged.level, aged.updated, due, rules.half_life_days)
    if not aged.recent and level < _FORGOTTEN_LEVEL:
        return Outcome(Reason.FORGOTTEN, changes=(Delete(TRACES, key), *changes_of(norms, trace.group)))
    later = altered(aged, due=due + timedelta(days=rules.half_life_days)) if not aged.recent else aged
    return Outcome(Reason.SIGNAL_COUNTED, changes=(put(TRACES, key, later), *changes_of(norms, trace.group)))
