"""How a case ends: closed, and kept for a while in case it comes back or is looked at again 回头看."""

import hashlib
from datetime import datetime

from hub.citypack.city import City
from hub.contracts.cases import Case, CaseMove, Clock, ClockKind, EventKind, Stage
from hub.contracts.feeds import HazardGrade
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.arrivals import called_off
from hub.domain.clocks import started
from hub.domain.members import with_all_closed
from hub.domain.moves import Change, told


def closed(case: Case, at: datetime) -> Case:
    """The case closed at a time, with all its signals; requests but that for exclusion lapse."""
    return altered(
        with_all_closed(case, at),
        stage=Stage.CLOSED,
        closed=at,
        clocks=tuple(clock for clock in case.clocks if clock.kind is ClockKind.EXCLUSION),
        back_to=None,
        proposed_unit=None,
        lead_assists=False,
        objection=None,
        consultation=None,
        whistle=called_off(case.whistle, at),
        extension=None,
    )


def closing(
    city: City,
    case: Case,
    at: datetime,
    now: datetime,
    reason: Reason = Reason.ALLOWED_MOVE,
    detail: str = "",
) -> Change:
    """A case closes at a time; at log time ``now`` its look-back begins, if there is to be one."""
    ended = closed(case, at)
    moves: tuple[CaseMove, ...] = (told(EventKind.CLOSED, reason, detail),)
    why = look_back_reason(city, case)
    clock = started(city, ended, ClockKind.LOOK_BACK, now, now) if why else None
    if why is None or clock is None:
        return Change(ended, moves)
    return Change(altered(ended, clocks=(*ended.clocks, clock)), (*moves, _due(why, clock)))


def _due(why: Reason, clock: Clock) -> CaseMove:
    return told(EventKind.LOOK_BACK_DUE, why, f"to be looked at again by {clock.due:%Y-%m-%d %H:%M} UTC")


def look_back_reason(city: City, case: Case) -> Reason | None:
    """Why a case is looked at again after it is closed; None if it is not."""
    if case.reopened or any(member.hazard is HazardGrade.MAJOR for member in case.members):
        return Reason.LOOK_BACK_ALWAYS
    sampled = drawn(case.case_id) < city.settings.cases.look_back_share
    return Reason.LOOK_BACK_SAMPLED if sampled else None


def drawn(case_id: str) -> float:
    """The lot of a case, from 0 up to below 1: always the same, and no unit can choose it."""
    digest = hashlib.blake2s(case_id.encode(), digest_size=6, person=b"lookback").digest()
    return int.from_bytes(digest) / 2**48
