"""Whistle 吹哨报到: a town calls departments to the spot; they report in, co-sign the end, and are graded.

It is nested in its case: the lead stays the lead, whoever comes.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from hub.citypack.worktime import millis_of
from hub.contracts.case_parts import Summoned, Whistle
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.arrivals import called, called_off, came, is_gathering, not_come, quorum_of, unsigned
from hub.domain.clocks import ending, without
from hub.domain.escalation import Consequence, Ringing, raised
from hub.domain.members import with_reopened
from hub.domain.moves import HELD, OPEN, Acting, Actor, Change, Move, Refusal, told
from hub.domain.plans import end_of

_make_whistle = trusted(Whistle)
_make_summoned = trusted(Summoned)


def whistle(acting: Acting, case: Case) -> Change | Refusal:
    """Departments are called to the spot, each to be there by the limit that was given, or the plan's."""
    refusal = _unfit(acting, case)
    if refusal is not None:
        return refusal
    terms, by = acting.terms, acting.action.unit or ""
    due = _due(acting, case)
    quorum = terms.quorum or len(terms.units)
    blown = _make_whistle(
        by=by,
        at=acting.now,
        quorum=quorum,
        summoned=tuple(_make_summoned(unit=unit, due=due) for unit in terms.units),
        plan=terms.evidence,
    )
    clock = ending(acting.city, case, ClockKind.ARRIVE, acting.now, due, acting.now)
    fresh = without(case, ClockKind.ARRIVE)
    after = altered(fresh, stage=Stage.WHISTLED, whistle=blown, clocks=(*fresh.clocks, clock))
    where = f"{case.town}, cell {case.cell}" if case.cell else case.town
    plan = "" if terms.evidence is None else f"; joint plan {terms.evidence}"
    detail = (
        f"{by} calls {', '.join(terms.units)} to {where}, by {due:%Y-%m-%d %H:%M} UTC; "
        f"quorum {quorum}; lead {case.lead_unit}{plan}"
    )
    return Change(after, (told(EventKind.WHISTLED, detail=detail[:_LONGEST], unit=by),))


_LONGEST = 500
"""Characters of a detail."""


def _unfit(acting: Acting, case: Case) -> Refusal | None:
    """Why departments can't be called like this, or None."""
    terms = acting.terms
    unknown = [unit for unit in terms.units if unit not in acting.city.units]
    not_called = sorted({case.lead_unit, acting.action.unit} & set(terms.units), key=str)
    if is_gathering(case):
        return Refusal(Reason.STILL_PENDING, "whistle: the last one has not ended, departments are awaited")
    if unknown:
        return Refusal(Reason.UNKNOWN_UNIT, f"terms.units: the city has no unit {', '.join(unknown)}")
    if not_called:
        return Refusal(
            Reason.UNFIT_TERMS, f"terms.units: {not_called[0]} leads the case or whistles; name others"
        )
    if len(set(terms.units)) < len(terms.units):
        return Refusal(Reason.UNFIT_TERMS, "terms.units: name each unit once")
    if terms.quorum is not None and terms.quorum > len(terms.units):
        return Refusal(
            Reason.UNFIT_TERMS,
            f"terms.quorum: {terms.quorum} is more than the {len(terms.units)} units named",
        )
    return None


def _due(acting: Acting, case: Case) -> datetime:
    hours = acting.terms.hours
    if hours is not None:
        return acting.now + timedelta(milliseconds=millis_of(hours))
    due = end_of(acting.city, case, ClockKind.ARRIVE, acting.now)
    assert due is not None, "the limit to arrive has a default"
    return due


def report_in(acting: Acting, case: Case) -> Change | Refusal:
    """A department is on the spot 报到; with enough of them there, work goes on."""
    one = _summoned_by(case, acting.action.unit)
    if case.whistle is None or one is None or case.whistle.agreed is not None:
        return Refusal(Reason.NOTHING_PENDING, "report_in: the whistle is over")
    if one.arrived is not None:
        return Refusal(Reason.DONE_BEFORE, f"report_in: {one.unit} reported in at {one.arrived:%H:%M} UTC")
    if acting.action.at < case.whistle.at:
        return Refusal(Reason.OVERTAKEN, "at: lies before the whistle")
    after = _with(case, altered(one, arrived=acting.at))
    late = acting.at - one.due
    if late > timedelta(0):
        move = told(
            EventKind.REPORTED_IN,
            Reason.ARRIVED_LATE,
            f"{one.unit}, {late // timedelta(minutes=1)} min late",
            one.unit,
        )
    else:
        move = told(EventKind.REPORTED_IN, Reason.ARRIVED_IN_TIME, f"{one.unit}, in time", one.unit)
    return Change(*_gathered(after, (move,), acting.now))


def _gathered(case: Case, moves: tuple[CaseMove, ...], now: datetime) -> tuple[Case, tuple[CaseMove, ...]]:
    """The case back in work once the quorum is there; nobody is awaited once all are."""
    assert case.whistle is not None, "somebody has reported in"
    everybody = called(case)
    number = len(came(case))
    after = case if not_come(case) else altered(case, whistle=called_off(case.whistle, now))
    if number == quorum_of(case, everybody):
        detail = f"{number} of {len(everybody)} came, {case.whistle.quorum} are enough"
        moves = (*moves, told(EventKind.QUORUM_REACHED, Reason.QUORUM_CAME, detail))
        if case.stage is Stage.WHISTLED:
            after = altered(after, stage=Stage.IN_WORK)
    return after, moves


def leave(acting: Acting, case: Case) -> Change | Refusal:
    """A department that came goes; it stays among those that must co-sign."""
    one = _summoned_by(case, acting.action.unit)
    if one is None or one.arrived is None:
        return Refusal(Reason.NOTHING_PENDING, "leave: the unit has not reported in")
    if one.left is not None:
        return Refusal(Reason.DONE_BEFORE, f"leave: {one.unit} left at {one.left:%H:%M} UTC")
    left = told(EventKind.LEFT, detail=one.unit, unit=one.unit)
    return Change(_with(case, altered(one, left=acting.at)), (left,))


def cosign(acting: Acting, case: Case) -> Change | Refusal:
    """A department that came agrees that the matter is done, or says that it is not."""
    one = _summoned_by(case, acting.action.unit)
    if one is None or one.arrived is None:
        return Refusal(Reason.NOTHING_PENDING, "cosign: only departments that reported in co-sign")
    if one.cosigned is not None:
        return Refusal(Reason.DONE_BEFORE, f"cosign: {one.unit} co-signed at {one.cosigned:%H:%M} UTC")
    if acting.action.at < case.since:
        return Refusal(Reason.OVERTAKEN, "at: lies before the lead said that it is done")
    if acting.terms.passed is False:
        return _not_done(case, one.unit)
    after = _with(case, altered(one, cosigned=acting.at))
    there = came(after)
    number, enough = len(there) - len(unsigned(after)), quorum_of(after, there)
    move = told(EventKind.COSIGNED, detail=f"{one.unit}: {number} of {enough} needed", unit=one.unit)
    return Change(_agreed(after, acting.now) if number >= enough else after, (move,))


def _not_done(case: Case, unit: str) -> Change:
    """Back to work: what the lead closed is open again, and the wait counts against its limit."""
    assert case.whistle is not None, "a department that came co-signs"
    assert case.whistle.done is not None, "the lead said that it is done"
    asked_anew = altered(
        case.whistle, done=None, summoned=tuple(altered(one, cosigned=None) for one in case.whistle.summoned)
    )
    after = altered(with_reopened(case, case.whistle.done), stage=Stage.IN_WORK, whistle=asked_anew)
    return Change(after, (told(EventKind.COSIGN_REFUSED, Reason.NOT_DONE, f"{unit}: not done", unit),))


def _agreed(case: Case, now: datetime) -> Case:
    assert case.whistle is not None, "it was co-signed"
    return altered(case, stage=Stage.RESOLVED, whistle=altered(case.whistle, agreed=now))


def grade(acting: Acting, case: Case) -> Change | Refusal:
    """Whoever whistled grades a department that was called, whether it came or not."""
    one = _summoned_by(case, acting.terms.to_unit)
    if one is None:
        return Refusal(Reason.UNFIT_TERMS, f"terms.to_unit: {acting.terms.to_unit} was not whistled for")
    if one.grade is not None:
        return Refusal(Reason.DONE_BEFORE, f"terms.to_unit: {one.unit} was graded {one.grade} before")
    move = told(EventKind.GRADED, detail=f"{one.unit}: {acting.terms.grade} of 5", unit=one.unit)
    return Change(_with(case, altered(one, grade=acting.terms.grade)), (move,))


def _summoned_by(case: Case, unit: str | None) -> Summoned | None:
    summoned = () if case.whistle is None else case.whistle.summoned
    return next((one for one in summoned if one.unit == unit), None)


def _with(case: Case, changed: Summoned) -> Case:
    """The case with what one department did."""
    assert case.whistle is not None, "only the summoned are changed"
    summoned = tuple(changed if one.unit == changed.unit else one for one in case.whistle.summoned)
    return altered(case, whistle=altered(case.whistle, summoned=summoned))


def arrivals_over(ringing: Ringing, case: Case) -> Change:
    """The limit to arrive is over: work goes on with who came; without the quorum one level up."""
    absent = tuple(
        told(EventKind.ABSENT, Reason.NOT_COME, f"{one.unit} has not reported in", one.unit)
        for one in not_come(case)
    )
    number, wanted = len(came(case)), quorum_of(case, called(case))
    reason = Reason.QUORUM_MISSED if number < wanted else Reason.LIMIT_PASSED
    ended = told(EventKind.WHISTLE_ENDED, reason, f"{number} of {len(called(case))} came, quorum {wanted}")
    after = altered(
        case,
        stage=Stage.IN_WORK if case.stage is Stage.WHISTLED else case.stage,
        whistle=called_off(case.whistle, ringing.at),
    )
    up: tuple[CaseMove, ...] = ()
    if number < wanted:
        after, up = raised(ringing.city, after, Reason.QUORUM_MISSED)
    return Change(after, (*absent, ended, *up))


def cosigning_over(ringing: Ringing, case: Case) -> Change:
    """The limit to co-sign is over: who said nothing is held to have agreed."""
    moves = tuple(
        told(EventKind.COSIGNED, Reason.SILENCE_CONSENTS, f"{one.unit} said nothing", one.unit)
        for one in unsigned(case)
    )
    return Change(_agreed(case, ringing.at), moves)


CONSEQUENCES: Mapping[ClockKind, Consequence] = MappingProxyType(
    {ClockKind.ARRIVE: arrivals_over, ClockKind.COSIGN: cosigning_over}
)

_WHILE_IT_STANDS = OPEN - {Stage.RECEIVED, Stage.COSIGNING, Stage.RESOLVED}

MOVES = (
    Move(
        ActionKind.WHISTLE,
        HELD,
        (Stage.WHISTLED,),
        EventKind.WHISTLED,
        Actor.TOWN,
        whistle,
        needs=("units",),
    ),
    Move(
        ActionKind.REPORT_IN,
        _WHILE_IT_STANDS,
        (Stage.IN_WORK,),
        EventKind.REPORTED_IN,
        Actor.SUMMONED,
        report_in,
    ),
    Move(ActionKind.LEAVE, OPEN, (), EventKind.LEFT, Actor.SUMMONED, leave),
    Move(
        ActionKind.COSIGN,
        frozenset({Stage.COSIGNING}),
        (Stage.RESOLVED, Stage.IN_WORK),
        EventKind.COSIGNED,
        Actor.SUMMONED,
        cosign,
    ),
    Move(
        ActionKind.GRADE,
        OPEN | {Stage.CLOSED},
        (),
        EventKind.GRADED,
        Actor.WHISTLER,
        grade,
        needs=("to_unit", "grade"),
    ),
)
