"""The plan of a case: its limits, frozen when it is dispatched, so that no edit of the pack moves a clock."""

from datetime import datetime, timedelta
from functools import lru_cache

from hub.citypack.city import City
from hub.citypack.limits import DEFAULT_HOURS, WARN_SHARE, LimitInForce
from hub.citypack.worktime import millis_of
from hub.contracts.cases import Case, ClockKind, Planned
from hub.contracts.fields import LimitLayer, Urgency
from hub.contracts.trusted import altered, trusted

_make_planned = trusted(Planned)

_DEFAULTS = {
    kind: LimitInForce(millis_of(hours), False, WARN_SHARE, LimitLayer.DEFAULT)
    for kind, hours in DEFAULT_HOURS.items()
}


@lru_cache(maxsize=16_384)
def plan_of(city: City, category: str, urgency: Urgency, unit: str) -> tuple[Planned, ...]:
    """The limits of a case that a unit is asked to answer for; those that are built in are left out."""
    holder = city.units.get(unit)
    level = None if holder is None else holder.level
    found = ((kind, city.limit_of(kind, category, urgency, level)) for kind in ClockKind)
    return tuple(
        _make_planned(
            kind=kind,
            millis=limit.millis,
            working=limit.working,
            warn_share=limit.warn_share,
            layer=limit.layer,
        )
        for kind, limit in found
        if limit is not None and limit.layer is not LimitLayer.DEFAULT
    )


def at_urgency(city: City, case: Case, urgency: Urgency) -> Case:
    """The case at an urgency: another one than it has brings the limits in force for it now."""
    if urgency is case.urgency:
        return case
    return altered(case, urgency=urgency, plan=plan_of(city, case.category, urgency, case.lead_unit or ""))


def limit_of(case: Case, kind: ClockKind) -> LimitInForce | None:
    """The limit that the case's plan gives, else the built-in one; None if no such limit runs."""
    for one in case.plan:
        if one.kind is kind:
            return LimitInForce(one.millis, one.working, one.warn_share, one.layer)
    return _DEFAULTS.get(kind)


def end_of(city: City, case: Case, kind: ClockKind, start: datetime) -> datetime | None:
    """When a limit of the case is over that begins at ``start``; None if no such limit runs."""
    limit = limit_of(case, kind)
    return None if limit is None else city.due_after(start, limit)


def later_by(city: City, case: Case, due: datetime, start: datetime, end: datetime) -> datetime:
    """A limit of the case put off by the time from ``start`` to ``end``: working time where it is in that."""
    limit = limit_of(case, ClockKind.RESOLVE)
    if limit is None or not limit.working:
        return due + (end - start)
    return city.worktime.add_millis(due, _millis(city.worktime.between(start, end)))


def _millis(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
