"""Clocks of a case: which run in which stage, and when they warn and ring. Time itself is on the log."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType

from hub.citypack.city import City
from hub.contracts.case_parts import Exclusion
from hub.contracts.cases import ENDED, Case, Clock, ClockKind, Member, Stage
from hub.contracts.trusted import altered, trusted
from hub.domain.arrivals import is_gathering
from hub.domain.members import is_waiting, wants_callback
from hub.domain.plans import end_of, later_by, limit_of

make_clock = trusted(Clock)

STAGE_CLOCK: Mapping[Stage, ClockKind] = MappingProxyType(
    {
        Stage.DISPATCHED: ClockKind.SIGN_FOR,
        Stage.OBJECTED: ClockKind.REVIEW,
        Stage.CONSULTING: ClockKind.CONSULT,
        Stage.WHISTLED: ClockKind.ARRIVE,
        Stage.SUSPENDED: ClockKind.SUSPEND,
        Stage.COSIGNING: ClockKind.COSIGN,
        Stage.RESOLVED: ClockKind.CALLBACK,
    }
)
"""The clock of each stage. Work has the limit to resolve; where nothing else runs, a reminder does."""

STANDS_STILL = frozenset(
    {Stage.OBJECTED, Stage.CONSULTING, Stage.SUSPENDED, Stage.COSIGNING, Stage.RESOLVED} | ENDED
)
"""Stages in which the limit to resolve does not run."""

_NOBODY_MISSES = frozenset({ClockKind.REMIND, ClockKind.ARCHIVE, ClockKind.SUSPEND})


def is_missed(case: Case, kind: ClockKind) -> bool:
    """Whether somebody misses a limit when such a clock is over: if not, it neither warns nor is breached."""
    return kind not in _NOBODY_MISSES and (kind is not ClockKind.CALLBACK or wants_callback(case))


def settled(city: City, before: Case | None, after: Case, now: datetime) -> Case:
    """The case as a change leaves it: numbered, dated, with the clocks that its stage wants.

    A clock of a wanted kind that the case has is kept, whether it runs or is over; a missing one starts.
    """
    # a case that is split off again has been in its stage since before it was joined
    stays = before is not None and before.stage in (after.stage, Stage.JOINED)
    since = after.since if stays else now
    return altered(
        after,
        seq=0 if before is None else before.seq + 1,
        changed=now,
        since=since,
        clocks=tuple(_wanted(city, before, after, since, now)),
    )


def _wanted(city: City, before: Case | None, case: Case, since: datetime, now: datetime) -> Iterator[Clock]:
    have = {clock.kind: clock for clock in case.clocks}
    if case.stage in ENDED:
        yield from _afterwards(city, case, have, since, now)
        return
    kinds = [STAGE_CLOCK[case.stage]] if case.stage in STAGE_CLOCK else []
    if is_gathering(case) and case.stage is not Stage.WHISTLED:
        kinds += [ClockKind.ARRIVE]  # the quorum is there, others are under way
    kinds += [ClockKind.EXTENSION] if case.extension is not None else []
    kinds += [ClockKind.EXCLUSION] if case.exclusion is Exclusion.ASKED else []
    runs = False
    for kind in kinds:
        # the first limit of all counts from when the citizen spoke, not from when the hub heard
        clock = have.get(kind) or started(city, case, kind, case.opened if before is None else now, now)
        if clock is not None:
            runs = runs or clock.due is not None
            yield clock
    resolve = _resolve_clock(city, case, have.get(ClockKind.RESOLVE), now)
    if resolve is not None:
        yield resolve
    elif not runs:
        reminder = have.get(ClockKind.REMIND) or _reminder(city, case, since, now)
        if reminder is not None:
            yield reminder


def _afterwards(
    city: City, case: Case, have: Mapping[ClockKind, Clock], since: datetime, now: datetime
) -> Iterator[Clock]:
    """What still runs of a case that is over: it is archived once nobody shall look at it or rule on it.

    One that was joined lives on in the other case.
    """
    if case.stage is Stage.JOINED:
        return
    waits = [have[ClockKind.LOOK_BACK]] if ClockKind.LOOK_BACK in have else []
    if case.exclusion is Exclusion.ASKED:
        asked = have.get(ClockKind.EXCLUSION) or started(city, case, ClockKind.EXCLUSION, now, now)
        waits += [asked] if asked is not None else []
    yield from waits
    if all(clock.due is None for clock in waits):
        kept = max(now, since + timedelta(days=city.settings.cases.return_days))
        yield have.get(ClockKind.ARCHIVE) or make_clock(kind=ClockKind.ARCHIVE, warn_at=None, due=kept)


def _reminder(city: City, case: Case, since: datetime, now: datetime) -> Clock | None:
    """Comes again only once the wait is twice as long, so that long waits do not fill the log."""
    reminder = started(city, case, ClockKind.REMIND, now, now)
    if reminder is None or reminder.due is None:
        return reminder
    return altered(reminder, due=max(reminder.due, now + (now - since)))


def started(city: City, case: Case, kind: ClockKind, start: datetime, now: datetime) -> Clock | None:
    """A clock of the case's plan that begins at ``start``; None where no such limit runs."""
    due = end_of(city, case, kind, start)
    return None if due is None else ending(city, case, kind, start, due, now)


def ending(city: City, case: Case, kind: ClockKind, start: datetime, due: datetime, now: datetime) -> Clock:
    """A clock that begins at ``start`` and is over at a time of its own."""
    return make_clock(kind=kind, warn_at=warn_at(city, case, kind, start, due, now), due=due)


def warn_at(
    city: City, case: Case, kind: ClockKind, start: datetime, due: datetime, now: datetime
) -> datetime | None:
    """After which share of a limit it warns, to the millisecond; None where it is too late to warn."""
    limit = limit_of(case, kind)
    if limit is None or not is_missed(case, kind) or due <= start:
        return None
    if limit.working and city.due_after(start, limit) == due:
        warns = city.worktime.add_millis(start, int(limit.millis * limit.warn_share))
    else:
        warns = start + timedelta(milliseconds=int((due - start) // _ONE_MS * limit.warn_share))
    return warns if warns > now else None


_ONE_MS = timedelta(milliseconds=1)


def _resolve_clock(city: City, case: Case, old: Clock | None, now: datetime) -> Clock | None:
    """The earliest limit that the open signals have yet to meet, where it does not stand still."""
    first = _next_to_meet(case)
    if first is None or case.stage in STANDS_STILL:
        return None
    if old is not None and old.due == first.due:
        return old
    assert first.due is not None, "members without a limit do not wait"
    return ending(city, case, ClockKind.RESOLVE, first.time, first.due, now)


def _next_to_meet(case: Case) -> Member | None:
    waiting = [m for m in case.members if is_waiting(m)]
    return min(waiting, key=lambda member: (member.due, member.time), default=None)


def without(case: Case, *kinds: ClockKind) -> Case:
    """The case without some of its clocks: those that its stage wants start anew."""
    return altered(case, clocks=tuple(clock for clock in case.clocks if clock.kind not in kinds))


def put_off(city: City, case: Case, start: datetime, end: datetime) -> Case:
    """The case with the limits of its open signals put off by the time from ``start`` to ``end``.

    A signal that came meanwhile is put off by what is left of it; a warning not given yet moves as its limit.
    """

    def later(member: Member, limit: datetime) -> datetime:
        return later_by(city, case, limit, min(max(start, member.time), end), end)

    members = tuple(
        altered(m, due=later(m, m.due)) if m.due is not None and is_waiting(m) else m for m in case.members
    )
    after = altered(without(case, ClockKind.RESOLVE), members=members)
    first = _next_to_meet(after)
    if first is None or first.due is None:
        return after
    before = case.members[members.index(first)]
    assert before.due is not None, "what has a limit had one before"
    warns = warn_at(city, case, ClockKind.RESOLVE, before.time, before.due, start)
    moved = None if warns is None else later(before, warns)
    clock = make_clock(kind=ClockKind.RESOLVE, warn_at=moved, due=first.due)
    return altered(after, clocks=(*after.clocks, clock))


def due_clock(case: Case, now: datetime) -> tuple[Clock, bool]:
    """The clock that fires now, and whether it is over (what is over goes before what warns)."""
    for clock in case.clocks:
        if clock.due is not None and clock.due + _ONE_MS <= now:
            return clock, True
    return next((clock, False) for clock in case.clocks if clock.warn_at is not None and clock.warn_at <= now)


def next_deadline(case: Case) -> datetime | None:
    """When the next limit of a case is over; None only for one that is over itself and kept for nothing."""
    return min((clock.due for clock in case.clocks if clock.due is not None), default=None)
