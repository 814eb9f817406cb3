"""How a case ends: closed, and kept for a while in case it comes back or is looked at again."""

from datetime import datetime

from hub.contracts.case_parts import Exclusion
from hub.contracts.cases import Case, ClockKind, Stage
from hub.contracts.trusted import altered
from hub.domain.arrivals import called_off
from hub.domain.members import with_all_closed


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


def is_left_out(case: Case) -> bool:
    """Whether a case does not count in its unit's score 剔除."""
    return case.exclusion is Exclusion.GRANTED
