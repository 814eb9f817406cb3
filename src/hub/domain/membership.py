"""Joining and splitting by hand 人工并案: what was joined or kept apart wrongly is put right, and undone."""

from datetime import datetime

from hub.citypack.city import City, Located
from hub.contracts.case_parts import Absorbed
from hub.contracts.cases import Case, CaseMove, ClockKind, EventKind, Joined, Member, Stage
from hub.contracts.feeds import ActionKind
from hub.contracts.reasons import Reason
from hub.contracts.trusted import altered, trusted
from hub.domain.case_ids import case_id_of, town_of_case
from hub.domain.clocks import STANDS_STILL, put_off, started
from hub.domain.dispatch import units_by_catalogue
from hub.domain.endings import closed, closing
from hub.domain.members import highest
from hub.domain.moves import OPEN, Acting, Actor, Change, Move, Refusal, told
from hub.domain.opening import new_case
from hub.domain.plans import at_urgency
from hub.domain.remediation import with_standing
from hub.domain.seen import acted_in_either
from hub.domain.tables import ARCHIVED, CASES
from hub.domain.tags import with_tags

_make_absorbed = trusted(Absorbed)
_make_joined = trusted(Joined)

UNDER_WAY = OPEN - {Stage.RESOLVED, Stage.COSIGNING}
"""Stages in which signals may come and go: before the work on them is said to be done."""


def join(acting: Acting, case: Case) -> Change | Refusal:
    """Another open case of the town becomes part of this one: its signals lie among this one's."""
    other = _under_way(acting, case)
    if isinstance(other, Refusal):
        return other
    ids = (other.case_id, *(one.case_id for one in other.absorbed))
    after = altered(
        with_tags(_taking(acting, case, _running(acting.city, other, acting.now), other.acted), other.tags),
        absorbed=(*case.absorbed, *(_make_absorbed(case_id=one, at=acting.now) for one in ids)),
    )
    joined = _make_joined(
        stage=other.stage,
        since=other.since,
        clocks=other.clocks,
        taker_seq=case.seq + 1,
        taker_urgency=case.urgency,
        taker_plan=case.plan,
        taker_clocks=case.clocks,
        taker_tags=case.tags,
    )
    away = altered(other, stage=Stage.JOINED, into=case.case_id, joined=joined, clocks=())
    took = told(EventKind.CASE_JOINED, detail=f"case {other.case_id}: {_count(other.members)}")
    gone = told(EventKind.JOINED_TO, detail=f"case {case.case_id}; was {other.stage}")
    there = Change(away, (gone,), other_case=case.case_id)
    return Change(after, (took,), ((other, there),), other_case=other.case_id)


def split(acting: Acting, case: Case) -> Change | Refusal:
    """A case that was joined to this one goes its own way again; or one signal gets a case of its own."""
    if acting.terms.other_case is not None:
        return _give_back(acting, case)
    if acting.action.signal is not None:
        return _split_off(acting, case)
    return Refusal(Reason.MISSING_TERMS, "terms.other_case, or signal: needed for split")


def _give_back(acting: Acting, case: Case) -> Change | Refusal:
    """The other case as it was before the join, with its signals as they are now."""
    other = _other(acting, case)
    if isinstance(other, Refusal):
        return other
    if other.joined is None or other.into != case.case_id:
        where = f"; it is joined to {other.into}" if other.into else ""
        return Refusal(Reason.NOT_JOINED, f"terms.other_case: is not joined to this case{where}")
    unchanged = case.seq == other.joined.taker_seq
    leaving = other.members if unchanged else _leaving_again(acting, case, other, other.joined)
    if len(leaving) in (0, len(case.members)):
        left = "none of its signals is left here" if not leaving else "no signal would be left here"
        return Refusal(Reason.LAST_SIGNAL, f"terms.other_case: {left}")
    off = told(EventKind.SPLIT_OFF, detail=f"case {other.case_id}: {_count(leaving)}")
    there = _restored(acting, case, other, other.joined, leaving)
    after = _without_case(_without(acting, case, leaving), other)
    if unchanged:
        # nothing has happened since the join: not even a limit that is reckoned anew may differ
        after = altered(
            after,
            urgency=other.joined.taker_urgency,
            plan=other.joined.taker_plan,
            clocks=other.joined.taker_clocks,
            tags=other.joined.taker_tags,
        )
    return _change(acting, case, after, off, (other, there))


def _running(city: City, case: Case, now: datetime, stage: Stage | None = None) -> tuple[Member, ...]:
    """The signals of a case whose limits stand still, put off until now: elsewhere they run on from here."""
    if (stage or case.stage) not in STANDS_STILL:
        return case.members
    return put_off(city, case, case.objection.at if case.objection else case.since, now).members


def _leaving_again(acting: Acting, case: Case, other: Case, joined: Joined) -> tuple[Member, ...]:
    """The signals of a joined case as they are now; limits that the join put off stand still as before."""
    here = {_key(member): member for member in case.members}
    ran = _running(acting.city, altered(other, since=joined.since), other.since, joined.stage)
    return tuple(
        altered(here[_key(was)], due=was.due) if here[_key(was)].due == put.due else here[_key(was)]
        for was, put in zip(other.members, ran, strict=True)
        if _key(was) in here
    )


def _restored(acting: Acting, case: Case, other: Case, joined: Joined, members: tuple[Member, ...]) -> Change:
    """The case that was joined, where it was; over, where its last open signal was closed meanwhile."""
    again = altered(
        other,
        stage=joined.stage,
        since=joined.since,
        clocks=joined.clocks,
        into=None,
        joined=None,
        members=members,
        acted=acted_in_either(other.acted, case.acted),
    )
    if len(members) < len(other.members):
        again = at_urgency(acting.city, again, highest(member.urgency for member in members))
    restored = told(EventKind.RESTORED, detail=f"from case {case.case_id}; {joined.stage} again")
    change = _change(acting, other, again, restored)
    if change.case.stage is Stage.CLOSED:
        change = change._replace(case=altered(change.case, since=acting.now))
    return change._replace(other_case=case.case_id)


def _split_off(acting: Acting, case: Case) -> Change | Refusal:
    """One signal gets a case of its own, routed by the catalogue as if it had come alone."""
    signal = _leaving(acting, case)
    if isinstance(signal, Refusal):
        return signal
    if signal.closed is not None:
        return Refusal(Reason.ALREADY_CLOSED, "signal: is closed; a case of its own would have nothing to do")
    city, town = acting.city, acting.action.key_town
    # its own id may be that of the case that it opened: the number of this change makes another one
    new_id = case_id_of(
        town, signal.time, f"{case.case_id}/{case.seq + 1}", f"{signal.source}/{signal.source_id}"
    )
    place = Located(signal.town, signal.cell, town)
    units = units_by_catalogue(city, signal.category, place, signal.feed, "")
    fresh = altered(new_case(city, new_id, signal, units, "", acting.now), acted=case.acted)
    # the unit hears of it now, however long ago the citizen spoke
    sign_for = started(city, fresh, ClockKind.SIGN_FOR, acting.now, acting.now)
    moves = (
        told(EventKind.OPENED, Reason.SPLIT_FROM_CASE, f"{_name(signal)} was of case {case.case_id}"),
        told(EventKind.DISPATCHED, units.reason, units.detail),
    )
    own = altered(fresh, clocks=() if sign_for is None else (sign_for,))
    off = told(EventKind.SPLIT_OFF, detail=f"case {new_id}: {_name(signal)}")
    there = with_standing(city, acting.state, town, Change(own, moves, other_case=case.case_id))
    return _change(acting, case, _without(acting, case, (signal,)), off, (None, there))


def move_signal(acting: Acting, case: Case) -> Change | Refusal:
    """One signal goes to another open case of the town."""
    signal = _leaving(acting, case)
    if isinstance(signal, Refusal):
        return signal
    other = _under_way(acting, case)
    if isinstance(other, Refusal):
        return other
    came = told(EventKind.SIGNAL_MOVED, detail=f"{_name(signal)} from case {case.case_id}")
    went = told(EventKind.SIGNAL_MOVED, detail=f"{_name(signal)} to case {other.case_id}")
    taking = _taking(acting, other, (signal,), case.acted)
    there = Change(taking, (came,), other_case=case.case_id)
    return _change(acting, case, _without(acting, case, (signal,)), went, (other, there))


def invalidate(acting: Acting, case: Case) -> Change:
    """It is nothing for a city to do: the case is over, and no open signal met its limit or missed it."""
    assert acting.terms.grounds is not None, "the table asks for grounds"
    members = tuple(m if m.closed else altered(m, closed=acting.at) for m in case.members)
    over = altered(closed(altered(case, members=members), acting.at), stage=Stage.INVALID)
    return Change(over, (told(EventKind.INVALIDATED, detail=acting.terms.grounds.value),))


def _other(acting: Acting, case: Case) -> Case | Refusal:
    """The other case that the action names: one of the same town's log."""
    other_id, town = acting.terms.other_case, town_of_case(case.case_id)
    assert other_id is not None, "asked for before"
    if other_id == case.case_id:
        return Refusal(Reason.SAME_CASE, "terms.other_case: is this case itself")
    if town_of_case(other_id) != town:
        return Refusal(Reason.OTHER_TOWN, f"terms.other_case: must be a case of {town}, as this one is")
    other = acting.state.get(CASES, other_id)
    if other is not None:
        return other
    if acting.state.get(ARCHIVED, other_id) is not None:
        return Refusal(Reason.ALREADY_CLOSED, "terms.other_case: this case is closed")
    return Refusal(Reason.UNKNOWN_CASE, "terms.other_case: no case has this id, or it was closed long ago")


def _under_way(acting: Acting, case: Case) -> Case | Refusal:
    """The other case that the action names, where signals may still come and go."""
    other = _other(acting, case)
    if isinstance(other, Refusal) or other.stage in UNDER_WAY:
        return other
    if other.stage in OPEN:
        return Refusal(Reason.STAGE_FORBIDS, f"terms.other_case: the work on it is done; it is {other.stage}")
    where = f" to {other.into}" if other.into else ""
    return Refusal(Reason.ALREADY_CLOSED, f"terms.other_case: this case is {other.stage}{where}")


def _leaving(acting: Acting, case: Case) -> Member | Refusal:
    """The signal that the action names, if it may leave its case, with its limit running."""
    named = acting.action.signal
    if named is None:
        return Refusal(Reason.MISSING_TERMS, f"signal: needed for {acting.action.kind}")
    running = _running(acting.city, case, acting.now)
    found = next((m for m in running if _key(m) == (named.source, named.id)), None)
    if found is None:
        return Refusal(Reason.UNKNOWN_SIGNAL, "signal: is not one of this case's")
    if len(case.members) == 1:
        return Refusal(Reason.LAST_SIGNAL, "signal: is the only one of its case; join the case instead")
    return found


def _taking(acting: Acting, case: Case, members: tuple[Member, ...], acted: bytes) -> Case:
    """The case with signals of another one, and what was done about them there."""
    urgency = highest((case.urgency, *(member.urgency for member in members)))
    return altered(
        at_urgency(acting.city, case, urgency),
        members=(*case.members, *members),
        acted=acted_in_either(case.acted, acted),
    )


def _without(acting: Acting, case: Case, leaving: tuple[Member, ...]) -> Case:
    """The case without some of its signals, as urgent as those that remain."""
    gone = {_key(member) for member in leaving}
    rest = tuple(member for member in case.members if _key(member) not in gone)
    return altered(at_urgency(acting.city, case, highest(m.urgency for m in rest)), members=rest)


def _without_case(case: Case, other: Case) -> Case:
    """The case without another one among those that it took, and without what that one had taken."""
    gone = {other.case_id, *(one.case_id for one in other.absorbed)}
    return altered(case, absorbed=tuple(one for one in case.absorbed if one.case_id not in gone))


def _change(
    acting: Acting, before: Case, after: Case, move: CaseMove, *others: tuple[Case | None, Change]
) -> Change:
    """A case whose signals changed: it is over where it had an open one and has none any more."""
    other_case = others[0][1].case.case_id if others else None
    change = Change(after, (move,))
    ends = [member.closed for member in after.members if member.closed is not None]
    if len(ends) == len(after.members) and any(member.closed is None for member in before.members):
        change = closing(acting.city, after, max(ends), acting.now, Reason.LAST_SIGNAL_CLOSED)
        change = change._replace(moves=(move, *change.moves))
    return change._replace(others=others, other_case=other_case)


def _key(member: Member) -> tuple[str, str]:
    return member.source, member.source_id


def _name(signal: Member) -> str:
    return f"signal {signal.source_id}"


def _count(members: tuple[Member, ...]) -> str:
    return f"{len(members)} signal{'s' if len(members) > 1 else ''}"


MOVES = (
    Move(
        ActionKind.JOIN,
        UNDER_WAY,
        (),
        EventKind.CASE_JOINED,
        Actor.LEAD_REVIEWER_OR_CENTRE,
        join,
        ("other_case",),
    ),
    Move(ActionKind.SPLIT, UNDER_WAY, (), EventKind.SPLIT_OFF, Actor.LEAD_REVIEWER_OR_CENTRE, split),
    Move(
        ActionKind.MOVE_SIGNAL,
        UNDER_WAY,
        (),
        EventKind.SIGNAL_MOVED,
        Actor.REVIEWER_OR_CENTRE,
        move_signal,
        ("other_case",),
    ),
    Move(
        ActionKind.INVALIDATE,
        OPEN,
        (Stage.INVALID,),
        EventKind.INVALIDATED,
        Actor.REVIEWER_OR_CENTRE,
        invalidate,
        ("grounds",),
    ),
)
