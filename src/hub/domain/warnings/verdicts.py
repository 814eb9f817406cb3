"""Whether a warning came true: complaints that follow it, or how its proactive case ends."""

from datetime import datetime, timedelta

from hub.citypack.warning_rules import WarningRules
from hub.contracts.cases import CaseEvent, EventKind, Stage
from hub.contracts.reasons import Reason
from hub.contracts.surges import OpenWarning
from hub.contracts.trusted import altered
from hub.contracts.warnings import Verdict, Warning, WarningState


def judged(warning: Warning, verdict: Verdict, why: Reason, now: datetime) -> Warning:
    """The warning with its verdict; the first one holds."""
    if warning.verdict is not Verdict.UNKNOWN:
        return warning
    return altered(warning, changed=now, verdict=verdict, verdict_why=why)


def by_complaints(rules: WarningRules, warning: Warning, at: datetime) -> Warning:
    """Right once enough complaints have followed in time; ``at`` is the newest one's time."""
    judges = rules.verdict
    in_time = at - warning.raised <= timedelta(hours=judges.within_hours)
    if warning.further >= judges.further and in_time:
        return judged(warning, Verdict.RIGHT, Reason.CAME_TRUE, warning.changed)
    return warning


def by_case(warning: Warning, event: CaseEvent) -> Warning:
    """Wrong if its proactive case is no matter for a city; right if that was resolved and closed."""
    if event.stage is Stage.INVALID:
        return judged(warning, Verdict.WRONG, Reason.CASE_INVALID, event.at)
    if event.stage is Stage.CLOSED and any(move.kind is EventKind.CLOSED for move in event.moves):
        return judged(warning, Verdict.RIGHT, Reason.CASE_RESOLVED, event.at)
    return warning


def ended(warning: Warning, at: datetime) -> Warning:
    """The warning once it has been quiet for long enough."""
    if warning.state is WarningState.ENDED:
        return warning
    return altered(warning, changed=at, ended=at, state=WarningState.ENDED)


def by_time(rules: WarningRules, warning: Warning, at: datetime) -> Warning:
    """Wrong where nothing followed in time and no case may still tell otherwise."""
    over = at - warning.raised >= timedelta(hours=rules.verdict.within_hours)
    if over and not warning.further:
        return judged(warning, Verdict.WRONG, Reason.CAME_TO_NOTHING, at)
    return warning


def next_due(rules: WarningRules, row: OpenWarning) -> datetime | None:
    """When time itself changes a warning next: it ends, it is judged, it is forgotten; None: it is over."""
    warning = row.warning
    quiet = max(row.newest, warning.raised) + timedelta(hours=rules.quiet_hours)
    told_by = warning.raised + timedelta(hours=rules.verdict.within_hours)
    forgotten = warning.raised + timedelta(days=rules.verdict.keep_days)
    active = warning.state is WarningState.ACTIVE
    if warning.verdict is not Verdict.UNKNOWN:
        return quiet if active else None
    times = [quiet] if active else []
    times += [told_by] if told_by > warning.changed else [forgotten]
    return min(times)
