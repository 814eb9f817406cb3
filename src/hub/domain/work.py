"""The plain work on a case: sign for it, start, report, resolve, close; signals closed by their source."""

from hub.contracts.cases import Case, ClockKind, EventKind, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered
from hub.domain.arrivals import came, is_gathering, must_cosign, quorum_of
from hub.domain.clocks import without
from hub.domain.endings import closing
from hub.domain.entitlement import centre_of
from hub.domain.members import close_member, wants_callback, with_all_closed
from hub.domain.moves import HELD, OPEN, Acting, Actor, Change, Move, Refusal, told
from hub.domain.seen import DIGEST_BYTES


def sign_for(acting: Acting, case: Case) -> Change:
    """The unit takes the case on 签收; one that it was sent on to answers for it from now on."""
    signed = told(EventKind.SIGNED_FOR)
    if case.proposed_unit is None:
        return Change(altered(case, stage=Stage.SIGNED_FOR), (signed,))
    new, former = case.proposed_unit, case.lead_unit
    helpers = (*case.assist_units, former) if case.lead_assists and former else case.assist_units
    taken = altered(
        case,
        stage=Stage.SIGNED_FOR,
        lead_unit=new,
        former_lead=former,
        lead_assists=False,
        proposed_unit=None,
        supervisor=None if case.supervisor == new else case.supervisor,
        assist_units=tuple(unit for unit in helpers if unit != new),
    )
    moves = (signed, told(EventKind.ACCOUNTABLE, Reason.SIGNED_BY_NEXT, f"{former} > {new}", former))
    return Change(taken, moves)


def start(acting: Acting, case: Case) -> Change:
    """The lead begins to work on it."""
    return Change(altered(case, stage=Stage.IN_WORK), (told(EventKind.STARTED),))


MOST_NOTES = 400
"""Notes are the only actions without an end of their own, and a case remembers each that it took."""


def progress(acting: Acting, case: Case) -> Change | Refusal:
    """A note that the work goes on; a sign of life puts off the reminder."""
    if len(case.acted) >= MOST_NOTES * DIGEST_BYTES:
        return Refusal(Reason.OVER_CAP, f"progress: a case with {MOST_NOTES} actions takes no more notes")
    return Change(without(case, ClockKind.REMIND), (told(EventKind.PROGRESSED, unit=acting.action.unit),))


def resolve(acting: Acting, case: Case) -> Change:
    """The matter is done 办结, says the lead; departments that came must co-sign it first."""
    resolved = told(EventKind.RESOLVED)
    done = altered(with_all_closed(case, acting.at), stage=Stage.RESOLVED, attempts=0, extension=None)
    if case.whistle is None:
        return Change(done, (resolved,))
    moves = (told(EventKind.WHISTLE_ENDED, Reason.NOT_NEEDED),) if is_gathering(case) else ()
    ended = altered(case.whistle, ended=case.whistle.ended or acting.now)
    if not must_cosign(case):
        agreed = altered(ended, agreed=ended.agreed or acting.now)
        return Change(altered(done, whistle=agreed), (*moves, resolved))
    units = ", ".join(one.unit for one in came(case))
    resolved = told(EventKind.RESOLVED, detail=f"{quorum_of(case, came(case))} of {units} must co-sign")
    waits = altered(done, stage=Stage.COSIGNING, whistle=altered(ended, done=acting.at))
    return Change(waits, (*moves, resolved))


def close(acting: Acting, case: Case) -> Change | Refusal:
    """The case is over; where a citizen wants to be called back only the centre may say so."""
    if wants_callback(case) and acting.action.unit != centre_of(acting.city):
        return Refusal(Reason.CALLBACK_FIRST, "close: a citizen waits for a callback; the centre closes")
    return closing(acting.city, case, acting.at, acting.now)


def close_signal(acting: Acting, case: Case) -> Change | Refusal:
    """The publisher closes its own signal; with the last open one the case is over."""
    signal = acting.action.signal
    assert signal is not None, "only the publisher of a signal is entitled"
    members = tuple(
        close_member(m, acting.at)
        if m.closed is None and (m.source, m.source_id) == (signal.source, signal.id)
        else m
        for m in case.members
    )
    if members == case.members:
        return Refusal(Reason.ALREADY_CLOSED, "signal: it is closed")
    after = altered(case, members=members)
    moves = (told(EventKind.SIGNAL_CLOSED, Reason.CLOSED_BY_SOURCE),)
    if all(m.closed for m in members):
        ended = closing(acting.city, after, acting.at, acting.now, Reason.LAST_SIGNAL_CLOSED)
        return ended._replace(moves=(*moves, *ended.moves))
    return Change(after, moves)


MOVES = (
    Move(
        ActionKind.SIGN_FOR,
        frozenset({Stage.DISPATCHED}),
        (Stage.SIGNED_FOR,),
        EventKind.SIGNED_FOR,
        Actor.ASKED,
        sign_for,
    ),
    Move(
        ActionKind.START,
        frozenset({Stage.SIGNED_FOR}),
        (Stage.IN_WORK,),
        EventKind.STARTED,
        Actor.LEAD,
        start,
    ),
    Move(
        ActionKind.PROGRESS,
        HELD | {Stage.WHISTLED},
        (),
        EventKind.PROGRESSED,
        Actor.LEAD_OR_ASSIST,
        progress,
    ),
    Move(
        ActionKind.RESOLVE,
        HELD,
        (Stage.RESOLVED, Stage.COSIGNING),
        EventKind.RESOLVED,
        Actor.LEAD,
        resolve,
    ),
    Move(
        ActionKind.CLOSE,
        frozenset({Stage.RESOLVED}),
        (Stage.CLOSED,),
        EventKind.CLOSED,
        Actor.LEAD_OR_CENTRE,
        close,
    ),
    Move(ActionKind.CLOSE_SIGNAL, OPEN, (Stage.CLOSED,), EventKind.SIGNAL_CLOSED, Actor.SOURCE, close_signal),
)
