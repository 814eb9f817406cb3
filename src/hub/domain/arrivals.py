"""Who was whistled for, came, is still awaited, must co-sign: what other rules ask about a whistle 吹哨."""

from datetime import datetime

from hub.contracts.case_parts import Summoned, Whistle
from hub.contracts.cases import Case
from hub.contracts.trusted import altered


def called(case: Case) -> tuple[Summoned, ...]:
    """The departments of the newest whistle; one that has come to lead the case is none of them any more."""
    if case.whistle is None:
        return ()
    return tuple(one for one in case.whistle.summoned if one.unit != case.lead_unit)


def is_gathering(case: Case) -> bool:
    """Whether departments are still awaited, be the quorum there or not."""
    return case.whistle is not None and case.whistle.ended is None


def came(case: Case) -> tuple[Summoned, ...]:
    """Those that reported in, in time or not."""
    return tuple(one for one in called(case) if one.arrived is not None)


def not_come(case: Case) -> tuple[Summoned, ...]:
    """Those that have not reported in."""
    return tuple(one for one in called(case) if one.arrived is None)


def unsigned(case: Case) -> tuple[Summoned, ...]:
    """Those that came and have not co-signed."""
    return tuple(one for one in came(case) if one.cosigned is None)


def must_cosign(case: Case) -> bool:
    """Whether somebody came who has not agreed yet that the matter is done."""
    return case.whistle is not None and case.whistle.agreed is None and bool(came(case))


def quorum_of(case: Case, among: tuple[Summoned, ...]) -> int:
    """How many of these are enough: the whistle's quorum, or all of them if they are fewer."""
    return 0 if case.whistle is None else min(case.whistle.quorum, len(among))


def called_off(whistle: Whistle | None, at: datetime) -> Whistle | None:
    """The whistle, if there is one, with nobody awaited any more."""
    if whistle is None or whistle.ended is not None:
        return whistle
    return altered(whistle, ended=at)
