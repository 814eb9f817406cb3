"""What is remembered of refused actions: bounded per town and unit, so that a flood of them stays small.

A repeated action never moves a case, though it may be allowed by then. So each refused one leaves eight
bytes; of the last ``GENERATION`` to twice as many they are exact. What goes before is known by its claimed
time: a repetition has the same, and up to the newest forgotten one ``at`` proves nothing, so all are refused.
Whoever floods makes its own late actions doubtful, nobody else's and none that it does now.
"""

import hashlib
from datetime import datetime, timedelta

from hub.contracts.case_memory import RefusedActions
from hub.contracts.signals import CaseAction
from hub.contracts.trusted import altered, trusted
from hub.domain.seen import DIGEST_BYTES, action_digest, has_acted
from hub.domain.tables import MEMORY, REFUSED
from hub.flow import Change, State, put

GENERATION = 256
"""So many refused actions fill a generation; the one before the last is forgotten then."""

SHARES = 64
"""Publishers who act without a unit share so many memories of a town: nobody can make up endless ones."""

_DAY = timedelta(days=1)
_FULL = GENERATION * DIGEST_BYTES

_make_row = trusted(RefusedActions)


def memory_key(action: CaseAction) -> str:
    """Whose memory it is: the unit's in the town, or that of the publisher's share."""
    if action.unit is not None:
        return f"{action.key_town}\x1f{action.unit}"
    share = hashlib.blake2b(action.source.encode(), digest_size=1).digest()[0] % SHARES
    return f"{action.key_town}\x1f\x1f{share}"


def was_refused(memory: RefusedActions | None, action: CaseAction) -> bool:
    """Whether the action is among those remembered."""
    if memory is None:
        return False
    return has_acted(memory.newer, action.source, action.id) or has_acted(
        memory.older, action.source, action.id
    )


def is_doubtful(memory: RefusedActions | None, action: CaseAction) -> bool:
    """Whether the action may be one that was refused and forgotten."""
    return memory is not None and memory.floor is not None and action.at <= memory.floor


def remember_refused(state: State, action: CaseAction, now: datetime) -> Change:
    """The row with one more refused action; kept for 30 days of log time after the newest."""
    key = memory_key(action)
    memory = state.get(REFUSED, key)
    digest = action_digest(action.source, action.id)
    # whole days: the time to forget moves once a day, not with every action
    forget_at = _whole_days(max(now, action.at) + MEMORY + _DAY)
    if memory is None:
        return put(REFUSED, key, _make_row(newer=digest, newer_at=action.at, forget_at=forget_at))
    if len(memory.newer) < _FULL:
        grown = altered(
            memory,
            newer=memory.newer + digest,
            newer_at=max(memory.newer_at, action.at),
            forget_at=max(memory.forget_at, forget_at),
        )
        return put(REFUSED, key, grown)
    return put(REFUSED, key, _next_generation(memory, digest, action.at, max(memory.forget_at, forget_at)))


def _next_generation(
    memory: RefusedActions, digest: bytes, at: datetime, forget_at: datetime
) -> RefusedActions:
    forgotten = [time for time in (memory.floor, memory.older_at) if time is not None]
    return _make_row(
        newer=digest,
        newer_at=at,
        older=memory.newer,
        older_at=memory.newer_at,
        floor=max(forgotten, default=None),
        forget_at=forget_at,
    )


def _whole_days(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)
